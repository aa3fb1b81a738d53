"""Synthetic calls as a test plays them: the auditor looks, and the other leg arrives."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.dispatch.engine import Engine
from hotline.dispatch.synthetic import (
    LIMIT_S,
    look,
)
from hotline.dispatch.wiring import ports_of
from hotline.reports import intake, transcripts
from hotline.reports import synthetic as rows
from hotline.reports.model import (
    Call,
    Message,
    MessageKind,
    SyntheticCall,
)
from tests.conftest import MakeRuntime
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office

EVERY_S = 300.0
SENTENCE = "This is a test of the line. Nobody is in danger."
HEARD = "this is a test of the line nobody is in danger"


def calling_office(make_runtime: MakeRuntime, url: str) -> Office:
    """A hotline that calls itself every five minutes."""
    made = Office(make_runtime(url, synthetic_call_min=5, languages="en"))
    made.on_duty(["c1"], alarm=["s9"])
    return made


def calls(office: Office) -> list[SyntheticCall]:
    with office.runtime.database.reading() as session:
        found = session.scalars(select(SyntheticCall).order_by(SyntheticCall.placed_at)).all()
        session.expunge_all()
        return list(found)


def outcomes(office: Office) -> list[str | None]:
    return [row.outcome for row in calls(office)]


def count(office: Office, kind: type) -> int:
    with office.runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def arrives(office: Office, clock: VirtualClock, *, words: str | None = HEARD) -> None:
    """The other leg of the call under way is proven, and leaves a message that is written down."""
    runtime = office.runtime
    leg = office.call()
    with runtime.database.transaction() as session:
        row = session.scalars(select(SyntheticCall).where(SyntheticCall.outcome.is_(None))).one()
        code = rows.new_code(row, clock())
        call = session.get_one(Call, leg.id)
        assert rows.prove(session, call, code, clock())
        message = intake.begin_message(session, runtime.vault, call, MessageKind.MESSAGE, clock())
        intake.recording_ended(session, message.id, clock())
        intake.send(session, runtime.vault, call, clock(), 20.0)
        if words is not None:
            write(office, session, message, words)
    clock.advance(5)
    hang_up(office, leg, clock)


def write(office: Office, session: Session, message: Message, words: str) -> None:
    spoken = [(word, float(n), n + 0.5, 0.9) for n, word in enumerate(words.split())]
    transcripts.write(
        session,
        office.runtime.vault,
        message,
        language="en",
        model="a model",
        text=words,
        words=spoken,
        average_confidence=0.9,
        duration_s=5.0,
        now=office.runtime.clock(),
    )


def hang_up(office: Office, leg: Call, clock: VirtualClock) -> None:
    with office.runtime.database.transaction() as session:
        intake.caller_left(session, session.get_one(Call, leg.id), clock(), 0.0)


def dispatcher(office: Office, clock: VirtualClock) -> Engine:
    return Engine(ports_of(office.runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)


def goes_well(office: Office, clock: VirtualClock) -> None:
    """A call that is placed, arrives, and is seen to have done so."""
    look(office.runtime)
    arrives(office, clock)
    clock.advance(30)
    dispatcher(office, clock).tick()
    look(office.runtime)


def fails(office: Office, clock: VirtualClock) -> None:
    """The call of this period rings, and nobody answers."""
    look(office.runtime)
    clock.advance(LIMIT_S + 1)
    look(office.runtime)
    clock.advance(EVERY_S)
