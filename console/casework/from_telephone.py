"""What a report's page says of the telephone it came from: its marks, and whether it is blocked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from console import scope
from console.context import runtime, signed_in
from console.reports.cases import Names
from console.text import gettext, ngettext
from hotline.people.permissions import Action, may
from hotline.privacy import pseudonym
from hotline.reports import callers, marks
from hotline.reports.caller_model import MarkKind
from hotline.reports.marks import Mark
from hotline.reports.model import Report


@dataclass(frozen=True)
class Said:
    """One mark in words. report_id: the other report that it names, where whoever asks may see
    it."""

    text: str
    report_id: str | None = None


@dataclass(frozen=True)
class Telephone:
    """may_block: whoever asks may, and the telephone can be told today. until: how long it is
    blocked; None: it is not. ends_at: how long a block of now would last. by: who blocked it."""

    marks: Sequence[Said] = ()
    may_block: bool = False
    until: datetime | None = None
    ends_at: datetime | None = None
    by: str = ""


UNKNOWN = Telephone()


def of(session: Session, report: Report, names_of: Names) -> Telephone:
    """As whoever asks may see it."""
    now, begins_h = runtime().clock(), runtime().settings.repeat_day_begins
    block = callers.standing(session, report, now)
    known = callers.is_known(session, report, pseudonym.day_of(now, begins_h))
    return Telephone(
        marks=[_said(session, mark) for mark in marks.of(session, report)],
        may_block=known and may(signed_in().account.role, Action.BLOCK_CALLER),
        until=block.ends_at if block is not None else None,
        ends_at=pseudonym.ends_at(now, begins_h),
        by=names_of.of(block.by) if block is not None else "",
    )


def _said(session: Session, mark: Mark) -> Said:
    match mark.kind:
        case MarkKind.SAME_TELEPHONE:
            return Said(
                ngettext(
                    "One call came from this telephone that day.",
                    "It was call number %(num)s of that day from the same telephone.",
                    mark.count,
                )
            )
        case MarkKind.NOTHING_SAID:
            return Said(gettext("No word was understood in it."))
    other = session.get(Report, mark.other) if mark.other else None
    if other is None or not scope.may_see(session, other.id):
        return Said(gettext("It has the same words as an earlier report."))
    text = gettext("It has the same words as report %(number)s.", number=other.number)
    return Said(text, other.id)
