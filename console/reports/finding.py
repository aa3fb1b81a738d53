"""Which reports are on the list: of the account, of the view, of the filters. Reads only."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import Session

from console import scope
from console.context import runtime, signed_in
from console.reports.filters import ME, NOBODY, Filters
from hotline.dispatch import words
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.people.model import Role
from hotline.people.permissions import Action, may
from hotline.reports import codes, search
from hotline.reports.model import Report, ReportState

COUNTED = 100
"""So far is counted: what is more, is "99+"."""
LATE = timedelta(minutes=1)
"""A report may be sent at a moment and seen by others so much later: its transaction takes time."""

Condition = ColumnElement[bool]
COLUMNS: dict[str, ColumnElement[Any]] = {
    "urgency": Report.urgency.expression,
    "category": Report.category.expression,
    "language": Report.language.expression,
    "door": Report.door.expression,
    "school": Report.school.expression,
    "state": Report.state.expression,
}
"""Filters that ask for one value of a column."""


def page(session: Session, filters: Filters, size: int) -> Sequence[Report]:
    """So many reports of the list, newest first, and one more if there are older ones."""
    query = select(Report).where(*_conditions(session, filters))
    if filters.before:
        query = query.where(Report.id < filters.before)
    return session.scalars(query.order_by(Report.id.desc()).limit(size + 1)).all()


def count(session: Session, view: str) -> int:
    """How many reports the view has, COUNTED at most."""
    found = select(Report.id).where(*_view(view)).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def newer(
    session: Session, filters: Filters, newest: str, seen_at: datetime, known: Sequence[str]
) -> Sequence[Report]:
    """What has come into the list since somebody saw it, newest first, COUNTED at most.

    newest: the id of the newest report they saw. known: ids of those they saw that were sent just
    before. A report is older than the moment it is sent: its caller was still speaking, and others
    were quicker.
    """
    sent = Report.sent_at >= seen_at - LATE
    query = select(Report).where(*_conditions(session, filters), or_(Report.id > newest, sent))
    query = query.where(Report.id.not_in(known)) if known else query
    return session.scalars(query.order_by(Report.id.desc()).limit(COUNTED)).all()


def just_sent(reports: Sequence[Report], now: datetime) -> list[str]:
    """The ids that `newer` is to be told as known: of what was sent a moment ago."""
    return [r.id for r in reports if r.sent_at is not None and r.sent_at >= now - 2 * LATE]


def _conditions(session: Session, filters: Filters) -> list[Condition]:
    conditions = _view(filters.show)
    conditions += [COLUMNS[key] == value for key in COLUMNS if (value := getattr(filters, key))]
    if filters.assignee:
        conditions.append(_looked_after(filters.assignee))
    if filters.first:
        conditions.append(Report.created_at >= datetime.combine(filters.first, time(), UTC))
    if filters.last:
        after = filters.last + timedelta(days=1)
        conditions.append(Report.created_at < datetime.combine(after, time(), UTC))
    if filters.q:
        conditions.append(_asked(session, filters.q))
    return conditions


def _view(view: str) -> list[Condition]:
    account = signed_in().account
    shown = [scope.visible(account)]
    match view:
        case "unreviewed":
            return [*shown, Report.reviewed_at.is_(None)]
        case "open":
            return [*shown, _nobody_has_it()]
        case "mine" if account.role is not Role.COUNSELOR:  # who sees only their own anyway
            return [*shown, scope.own(account)]
        case _:
            return shown


def _nobody_has_it() -> Condition:
    """Sought, or given up without anybody who looks after it; or no search has begun yet."""
    # The value stands in the statement itself: only so the index of those not closed is used.
    closed: BindParameter[ReportState]
    closed = bindparam(None, ReportState.CLOSED, literal_execute=True)
    # One look at the search of each report, and not a set of all searches there ever were.
    found = select(Dispatch.state).where(Dispatch.report_id == Report.id).scalar_subquery()
    state = func.coalesce(found, literal(DispatchState.WAITING, Dispatch.state.type))
    given_up = DispatchState.EXHAUSTED
    return and_(
        Report.state != closed,
        state.in_((*words.SEEKING, given_up)),
        or_(Report.assignee.is_(None), state != given_up),
    )


def _looked_after(by: str) -> Condition:
    if by == NOBODY:
        return Report.assignee.is_(None)
    return Report.assignee == (signed_in().account.id if by == ME else by)


def _asked(session: Session, question: str) -> Condition:
    """Reports with these words; one that has the question as its number. Without the permission
    to read words only that."""
    number = Report.number == question if codes.is_number(question) else None
    if not may(signed_in().account.role, Action.READ_WORDS):
        return number if number is not None else Report.id.is_(None)
    said = search.match(session, runtime().vault, question)
    return said if number is None else or_(number, said)
