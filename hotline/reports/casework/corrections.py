"""Corrections of transcripts: kept and undone. The machine's own words stay where they are."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import Locked, Vault, place
from hotline.reports import assess, audio, search, timeline
from hotline.reports.casework.heard import Heard, read_one
from hotline.reports.casework.heard_as import Corrected, fits
from hotline.reports.casework.model import Correction
from hotline.reports.model import AudioState, Message, Report
from hotline.reports.triage import Rules

MOST_LETTERS = 6000
"""Of one correction. Five minutes of fast speech (200 words a minute), written down whole."""

RulesOf = Callable[[str], Rules]
"""The triage rules of a language, by its code."""


class WrongCorrection(ValueError):
    """It cannot be kept as it is. `code`: no_such_words, too_long, same, written."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Overtaken(Exception):
    """The words have changed since they were read: by `newer`, or by a new transcript (None)."""

    def __init__(self, newer: Corrected | None) -> None:
        super().__init__("the words have changed")
        self.newer = newer


@dataclass(frozen=True)
class Draft:
    """A correction as somebody sends it; offsets of the machine's words, both included.

    text: empty when nothing was said there. known: id of the newest correction of the message that
    they saw; over: id of the transcript that they saw. Both empty where there was none.
    """

    first_word: int
    last_word: int
    text: str
    known: str = ""
    over: str = ""


def correct(
    session: Session,
    vault: Vault,
    message: Message,
    draft: Draft,
    by: str,
    rules_of: RulesOf,
    now: datetime,
) -> bool:
    """Keep what somebody heard; corrections it overlaps are undone. True if it raised the report.

    The caller holds the report's lock. Raises WrongCorrection, Overtaken, CannotOpen.
    """
    if message.audio is AudioState.WRITTEN:
        raise WrongCorrection("written")
    report = session.get_one(Report, message.report_id)
    text = clean(draft.text)
    known = read_one(session, vault, report, message.id)
    if known.spoken is not None and known.spoken.locked:
        raise Locked(f"message {message.id} is sealed to people; unlock before you correct it")
    over = _check(known, draft, text)
    for one in over:
        _undo(session.get_one(Correction, one.id), by, now)
    row = Correction(id=new_id(), message_id=message.id, account_id=by, created_at=now)
    row.first_word, row.last_word = draft.first_word, draft.last_word
    where = place("correction", row.id, "text")
    row.text = vault.seal_json(session, report.data_key_id, where, text)
    session.add(row)
    audio.unsealed(session, message.id)
    timeline.add(session, report.id, now, "words_corrected", message=message.id, by=by)
    return words_changed(session, vault, report, message.id, rules_of, now)


def undo(
    session: Session, vault: Vault, row: Correction, by: str, rules_of: RulesOf, now: datetime
) -> bool:
    """Let the machine's words stand again; what the correction raised stays raised.

    False if it did not stand any more. The caller holds the report's lock. Raises CannotOpen.
    """
    if row.undone_at is not None:
        return False
    message = session.get_one(Message, row.message_id)
    report = session.get_one(Report, message.report_id)
    _undo(row, by, now)
    timeline.add(session, report.id, now, "correction_undone", message=message.id, by=by)
    words_changed(session, vault, report, message.id, rules_of, now)
    return True


def words_changed(
    session: Session,
    vault: Vault,
    report: Report,
    message_id: str,
    rules_of: RulesOf,
    now: datetime,
) -> bool:
    """Whatever is made of a report's words is made anew, here and nowhere else, when people change
    them. True if what they say now has raised the report. Raises CannotOpen."""
    session.flush()
    search.refresh(session, vault, report)
    heard = read_one(session, vault, report, message_id)
    rules = rules_of(heard.language)
    return assess.reassess(session, vault, report, message_id, heard.shown, rules, now)


def clean(text: str) -> str:
    """One line without control characters; the joiners that Arabic script needs stay."""
    visible = (" " if unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join("".join(visible).split())


def _check(heard: Heard, draft: Draft, text: str) -> list[Corrected]:
    """Those that the draft would stand in the place of."""
    if draft.over != heard.transcript_id:
        raise Overtaken(None)
    stretch = (draft.first_word, draft.last_word)
    if not fits(len(heard.machine), *stretch):
        raise WrongCorrection("no_such_words")
    over = [one for one in heard.corrections if one.touches(*stretch)]
    seen = _seen(heard.corrections, draft.known)
    if unseen := [one for one in over if one.id not in seen]:
        raise Overtaken(unseen[-1])
    if len(text) > MOST_LETTERS:
        raise WrongCorrection("too_long")
    if text == _there(heard, over, stretch):
        raise WrongCorrection("same")
    return over


def _seen(corrections: Sequence[Corrected], known: str) -> list[str]:
    """The ids of those that somebody has seen, of whom `known` was the newest; it may be undone."""
    ids = [one.id for one in corrections]
    return ids[: ids.index(known) + 1] if known in ids else [i for i in ids if i < known]


def _there(heard: Heard, over: Sequence[Corrected], stretch: tuple[int, int]) -> str | None:
    """What stands there now, if it is one thing: the machine's words or a single correction."""
    if not over:
        return heard.by_machine(*stretch)
    return over[0].text if [one.span for one in over] == [stretch] else None


def _undo(row: Correction, by: str, now: datetime) -> None:
    row.undone_at, row.undone_by = now, by
