"""Whose reports an account sees: of its district, or its own. One rule for every page.

A report of no district (its line belongs to none) is seen by supervisors of all districts, so that
nobody's report is seen by no one. What is out of scope does not exist: 404, never 403.
"""

from typing import NoReturn

import structlog
from flask import abort, request
from sqlalchemy import ColumnElement, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased

from console.context import signed_in
from hotline.dispatch.model import Dispatch
from hotline.people.model import Account, Role
from hotline.reports.casework.model import Correction
from hotline.reports.model import UNSENT, Call, Message, Report

log = structlog.get_logger(__name__)


def in_district(account: Account) -> ColumnElement[bool]:
    """The condition under which a report belongs to where the account works."""
    shown = _sent_or_searched() & Report.purged_at.is_(None)
    if account.district is None:
        return shown
    return shown & or_(Report.district == account.district, Report.district.is_(None))


def visible(account: Account) -> ColumnElement[bool]:
    """The condition under which a report is one of the account's."""
    shown = in_district(account)
    return shown & own(account) if account.role is Role.COUNSELOR else shown


def own(account: Account) -> ColumnElement[bool]:
    """The condition under which a report is somebody's own: taken on their phone, or given to them
    here."""
    assigned = Report.assignee == account.id
    if account.responder_id is None:
        return assigned
    took = select(Dispatch.report_id).where(Dispatch.responder_id == account.responder_id)
    # One set of ids, and no question for each report: they are many, and one person's are few.
    other = aliased(Report)
    return Report.id.in_(union_all(took, select(other.id).where(other.assignee == account.id)))


def call_in_district(account: Account) -> ColumnElement[bool]:
    """The condition under which a call came in where the account works."""
    if account.district is None:
        return true()
    return or_(Call.district == account.district, Call.district.is_(None))


def report_or_404(
    session: Session, report_id: str, *, lock: bool = False, of_district: bool = False
) -> Report:
    """The report, if whoever asks may know of it. lock: against others until the end. of_district:
    also one that is nobody's or a colleague's there, to take it."""
    shown = in_district if of_district else visible
    query = select(Report).where(Report.id == report_id, shown(signed_in().account))
    if lock:
        query = query.with_for_update(key_share=True)  # a press of 1 may write its timeline
    return session.scalar(query) or _missing()


def may_see(session: Session, report_id: str) -> bool:
    """Whether whoever asks may know of the report."""
    query = select(Report.id).where(Report.id == report_id, visible(signed_in().account))
    return session.scalar(query) is not None


def message_or_404(session: Session, message_id: str) -> Message:
    """The message, if it belongs to a report that whoever asks may know of."""
    query = select(Message).join(Report, Report.id == Message.report_id)
    query = query.where(Message.id == message_id, visible(signed_in().account))
    return session.scalar(query) or _missing()


def correction_or_404(session: Session, correction_id: str) -> Correction:
    """The correction, if its message belongs to a report that whoever asks may know of."""
    row = session.get(Correction, correction_id)
    if row is None:
        _missing()
    message_or_404(session, row.message_id)
    return row


def _sent_or_searched() -> ColumnElement[bool]:
    """What was sent, and what somebody is being looked for while it is still being spoken."""
    # As one value for each report: as EXISTS, PostgreSQL would collect all searches first.
    searched = select(Dispatch.id).where(Dispatch.report_id == Report.id).correlate(Report)
    return or_(Report.state.not_in(UNSENT), searched.scalar_subquery().is_not(None))


def _missing() -> NoReturn:
    me = signed_in().account.id
    log.warning("access_refused", account=me, endpoint=request.endpoint, code="not_theirs")
    abort(404)
