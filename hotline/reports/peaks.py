"""How loud a message is, from its beginning to its end: what a page draws as its wave. Sealed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault, place
from hotline.reports import audio
from hotline.reports.model import Message, Report


@dataclass(frozen=True)
class Peaks:
    """values: loudness of equally long pieces, 0 to 100. duration_s: of the sound they are of."""

    duration_s: float
    values: tuple[int, ...]


def write(session: Session, vault: Vault, message: Message, peaks: Peaks, parts: int) -> None:
    """Seal the peaks. parts: how many parts of the message's audio they were made of."""
    key_id = session.get_one(Report, message.report_id).data_key_id
    value = {"parts": parts, "duration_s": peaks.duration_s, "peaks": list(peaks.values)}
    message.peaks = vault.seal_json(session, key_id, _place(message), value)


def read(session: Session, vault: Vault, message: Message) -> Peaks | None:
    """The peaks; None while there are none, or more parts have come since. Raises CannotOpen."""
    if message.peaks is None:
        return None
    key_id = session.get_one(Report, message.report_id).data_key_id
    value = vault.open_json(session, key_id, _place(message), message.peaks)
    if value["parts"] != audio.parts(session, message):
        return None
    values: Sequence[int] = value["peaks"]
    return Peaks(value["duration_s"], tuple(values))


def _place(message: Message) -> str:
    return place("message", message.id, "peaks")
