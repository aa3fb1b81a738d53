"""Sorting: a person says what a report is about and how urgent it is.

Raising is free. Lowering takes one reason of a closed list: triage lowers nothing, so whoever does
answers for it. What a person has set stands against triage of the words they have seen; new words
may raise it again (docs/adr/0019-what-people-do-with-a-report.md).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.reports.casework import versions
from hotline.reports.model import Report, TimelineEvent
from hotline.reports.triage import Category, Urgency


class Lowering(StrEnum):
    """Why the urgency is lower than it was."""

    SPOKE_WITH_CALLER = "spoke_with_caller"
    SPOKE_WITH_SCHOOL = "spoke_with_school"
    HELP_IS_THERE = "help_is_there"
    HEARD_WRONGLY = "heard_wrongly"
    """The machine wrote down other words than were said."""
    NOT_NOW = "not_now"
    """It tells of something that is over, or not near."""
    TEST = "test"


KINDS = ("category_set", "urgency_raised", "urgency_lowered")
"""What the timeline says when a person has sorted."""


class ReasonNeeded(Exception):
    """The urgency would be lowered without a reason; nothing has been written."""


def by_a_person(session: Session, report: Report) -> bool:
    """Whether a person has sorted the report."""
    query = select(TimelineEvent.id).where(TimelineEvent.report_id == report.id)
    return session.scalar(query.where(TimelineEvent.kind.in_(KINDS)).limit(1)) is not None


def sort(
    session: Session,
    report: Report,
    category: Category,
    urgency: Urgency,
    *,
    by: str,
    now: datetime,
    reason: Lowering | None = None,
) -> bool:
    """Set category and urgency. True if the urgency rose: a stricter policy may take over then
    (`hotline.dispatch.desk.reconsider`). What stays as it is, is not written. Raises ReasonNeeded.
    """
    before = Urgency(report.urgency)
    if urgency < before and reason is None:
        raise ReasonNeeded
    if category != report.category:
        detail = {"category": category.value, "before": report.category}
        report.category = category
        versions.change(session, report, now, "category_set", by=by, **detail)
    if urgency == before:
        return False
    report.urgency = urgency
    if urgency > before:
        versions.change(session, report, now, "urgency_raised", by=by, urgency=urgency.value)
        return True
    why = {"urgency": urgency.value, "reason": str(reason)}
    versions.change(session, report, now, "urgency_lowered", by=by, **why)
    return False
