"""Messages that callers have left, as the carrier tells of them."""

from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.reports import intake
from hotline.reports.model import MessageKind


def message_left(
    session: Session,
    runtime: Runtime,
    number: int = 1,
    *,
    duration_s: float = 3.0,
    send: bool = True,
) -> str:
    """A caller has left a message in English in call CA<number>, which the carrier has recorded as
    RE<number>. Gives the message's id."""
    now = runtime.clock()
    call = intake.open_call(session, f"CA{number}", now)
    call.language = "en"
    message = intake.begin_message(session, runtime.vault, call, MessageKind.MESSAGE, now)
    intake.recording_arrived(
        session,
        runtime.vault,
        carrier_call_id=f"CA{number}",
        message_id=message.id,
        recording_id=f"RE{number}",
        duration_s=duration_s,
        now=now,
    )
    if send:
        intake.send(session, runtime.vault, call, now, 20.0)
    return message.id
