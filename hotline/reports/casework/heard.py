"""The words of a report's messages as people see them: the machine's, and what stands over them."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.privacy.cipher import CannotOpen, Locked, Vault, place
from hotline.reports import transcripts
from hotline.reports.casework.heard_as import (
    Corrected,
    ShownWord,
    running_text,
    shown_words,
    text_of,
)
from hotline.reports.casework.model import Correction
from hotline.reports.model import Message, MessageState, Report
from hotline.reports.transcripts import Spoken, SpokenWord


@dataclass(frozen=True)
class Heard:
    """The words of one message.

    spoken: its transcript, if there is one. corrections: what stands over it. outdated: what was
    laid over an earlier transcript of the message, which another has replaced; it is laid over
    nothing any more. Both are oldest first.
    """

    message_id: str
    language: str
    spoken: Spoken | None = None
    corrections: tuple[Corrected, ...] = ()
    outdated: tuple[Corrected, ...] = ()

    @property
    def machine(self) -> tuple[SpokenWord, ...]:
        """The machine's own words."""
        return self.spoken.words if self.spoken else ()

    @property
    def transcript_id(self) -> str:
        """The transcript that the corrections stand over; empty while there is none."""
        return self.spoken.id if self.spoken else ""

    @property
    def newest(self) -> str:
        """The id of the newest correction; empty without one."""
        return self.corrections[-1].id if self.corrections else ""

    @cached_property
    def shown(self) -> tuple[ShownWord, ...]:
        """The words with the corrections in their places; of sealed ones, those that are left."""
        if self.spoken is not None and self.spoken.locked:
            return tuple(word for word in shown_words(self.machine, ()) if word.text)
        return shown_words(self.machine, self.corrections)

    @property
    def as_shown(self) -> Spoken | None:
        """The transcript, with the text that people see; the words in it stay the machine's.

        What somebody typed where there is no transcript is one without words and length.
        """
        if not self.corrections:
            return self.spoken
        typed = Spoken(self.message_id, self.language, "", (), None, 0.0)
        return replace(self.spoken or typed, text=running_text(self.shown))

    def by_machine(self, first_word: int, last_word: int) -> str:
        """What the machine wrote there; empty where it wrote nothing."""
        return text_of(self.machine[first_word : last_word + 1])


def read(session: Session, vault: Vault, report: Report) -> dict[str, Heard]:
    """The words of the report's sent messages by message, as far as there are any, oldest first.

    Raises CannotOpen.
    """
    rows = _corrections(session, [report.id])[report.id]
    return _read(session, vault, report, transcripts.read(session, vault, report), rows)


def read_many(
    session: Session, vault: Vault, reports: Sequence[Report]
) -> dict[str, dict[str, Heard] | None]:
    """What `read` gives, for many reports by their ids, with one question for all; None: it cannot
    be opened."""
    spoken = transcripts.read_many(session, vault, reports)
    rows = _corrections(session, [report.id for report in reports])
    return {
        report.id: _read_or_none(session, vault, report, spoken[report.id], rows[report.id])
        for report in reports
    }


def _read_or_none(
    session: Session,
    vault: Vault,
    report: Report,
    spoken: list[Spoken] | None,
    rows: list[Correction],
) -> dict[str, Heard] | None:
    try:
        return None if spoken is None else _read(session, vault, report, spoken, rows)
    except CannotOpen:
        return None


def _read(
    session: Session,
    vault: Vault,
    report: Report,
    transcribed: list[Spoken],
    rows: list[Correction],
) -> dict[str, Heard]:
    spoken = {one.message_id: one for one in transcribed}
    corrected: dict[str, list[Corrected]] = defaultdict(list)
    for row in rows:
        one = spoken.get(row.message_id)
        if one is not None and one.locked:
            continue  # the masked words have the corrections in them
        with suppress(Locked):  # typed where there was no transcript
            corrected[row.message_id].append(_open(session, vault, report.data_key_id, row))
    typed = {message_id: None for message_id in corrected if message_id not in spoken}
    return {
        message_id: _heard(message_id, report, one, corrected[message_id])
        for message_id, one in {**spoken, **typed}.items()
    }


def read_one(session: Session, vault: Vault, report: Report, message_id: str) -> Heard:
    """The words of one message, if there are any. Raises CannotOpen."""
    return read(session, vault, report).get(message_id) or Heard(message_id, report.language)


def read_spoken(session: Session, vault: Vault, report: Report) -> list[Spoken]:
    """`transcripts.read`, with the corrections in the text. Raises CannotOpen."""
    every = (one.as_shown for one in read(session, vault, report).values())
    return [one for one in every if one is not None]


def _heard(
    message_id: str, report: Report, spoken: Spoken | None, corrected: list[Corrected]
) -> Heard:
    if spoken is None or spoken.written_at is None:
        return Heard(message_id, report.language, None, tuple(corrected))
    since = spoken.written_at
    return Heard(
        message_id,
        spoken.language,
        spoken,
        tuple(one for one in corrected if one.at >= since),
        tuple(one for one in corrected if one.at < since),
    )


def _corrections(session: Session, report_ids: Sequence[str]) -> dict[str, list[Correction]]:
    """Those of every sent message that nobody has undone, by report, oldest first."""
    query = (
        select(Correction, Message.report_id)
        .join(Message, Message.id == Correction.message_id)
        .where(Message.report_id.in_(report_ids), Message.state == MessageState.SENT)
        .where(Correction.undone_at.is_(None))
        .order_by(Correction.created_at, Correction.id)
    )
    found: dict[str, list[Correction]] = defaultdict(list)
    for row, report_id in session.execute(query):
        found[report_id].append(row)
    return found


def _open(session: Session, vault: Vault, key_id: str, row: Correction) -> Corrected:
    where = place("correction", row.id, "text")
    text: str = vault.open_json(session, row.data_key_id or key_id, where, row.text)
    return Corrected(row.id, row.first_word, row.last_word, text, row.account_id, row.created_at)
