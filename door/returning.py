"""Coming back with number and PIN: how the report stands, and what was left for whoever wrote it.

There is no session: number and PIN come with every form, and are looked up each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from door import taking
from door.entrance import Entrance
from door.fields import Filled
from hotline.dispatch import standing
from hotline.dispatch.sql import SqlBooks
from hotline.reports import guesses, timeline
from hotline.reports.casework import replies
from hotline.reports.casework.model import ReplyKind
from hotline.reports.model import Door, Report


@dataclass(frozen=True)
class Answer:
    """A reply as the page shows it. spoken: it was recorded, and is heard by telephone."""

    text: str
    language: str
    spoken: bool


@dataclass(frozen=True)
class Opened:
    """What the page of a report shows. added: what was written was added to it now."""

    standing: standing.Standing
    answers: Sequence[Answer]
    added: bool


@dataclass(frozen=True)
class Refused:
    """Number or PIN is wrong, and nobody says which; locked: no more guesses are answered now."""

    locked: bool


def come_back(
    entrance: Entrance, language: str, filled: Filled, address: str, token: str | None = None
) -> Opened | Refused:
    """Look the pair up; with a token, add the text to the report. address: of the visitor, to be
    counted by. Raises CannotOpen."""
    now = entrance.runtime.clock()
    if entrance.wrong_pairs.is_dense(address, now):
        return Refused(locked=True)
    found = _look_up(entrance, language, filled, token)
    if isinstance(found, Refused) and not found.locked:
        entrance.wrong_pairs.count(address, now)
    return found


def _look_up(
    entrance: Entrance, language: str, filled: Filled, token: str | None
) -> Opened | Refused:
    runtime = entrance.runtime
    with entrance.turn, runtime.database.transaction() as session:
        found = guesses.look_up(session, filled.number, filled.pin, runtime.clock())
        if found.report is None:
            return Refused(found.locked)
        if token is not None:
            taking.add(entrance, session, found.report, language, filled.text, token)
        else:
            now = runtime.clock()
            timeline.add(session, found.report.id, now, "returned", door=Door.WEB.value)
        return _opened(entrance, session, found.report, added=token is not None)


def _opened(entrance: Entrance, session: Session, report: Report, *, added: bool) -> Opened:
    vault, now = entrance.runtime.vault, entrance.runtime.clock()
    rows = replies.of(session, report)
    answers = [
        Answer(
            replies.opened_text(session, vault, report, row),
            row.language,
            row.kind is ReplyKind.VOICE,
        )
        for row in rows
    ]
    for row in rows:
        if row.kind is ReplyKind.TEXT:
            replies.heard(session, row, now)
    return Opened(standing.of(SqlBooks(session, vault), report), answers, added)
