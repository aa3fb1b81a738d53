"""What is counted beside the report's own columns: incidents, who took it, answers, calls back."""

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import DispatchState
from hotline.oncall.model import Responder
from hotline.reports.callback_model import CallbackCall
from hotline.reports.casework.model import Reply
from hotline.reports.incident_model import IncidentReport, Membership
from hotline.reports.model import Report
from hotline.statistics.figures import Gathered, Reached
from hotline.statistics.selection import Selection, counted

_SAID = (Membership.FIRST, Membership.CONFIRMED)


def gathered(session: Session, selection: Selection) -> Gathered:
    """Incidents of which several reports tell, as people have said; and what is only suggested."""
    link = IncidentReport
    said = func.sum(case((link.state.in_(_SAID), 1), else_=0))
    open_ = func.sum(case((link.state == Membership.SUGGESTED, 1), else_=0))
    query = (
        select(said, open_)
        .join(Report, Report.id == link.report_id)
        .where(counted(selection))
        .group_by(link.incident_id)
    )
    rows = session.execute(query).all()
    sizes = [n for n, _ in rows if n > 1]
    return Gathered(sum(sizes), len(sizes), max(sizes, default=0), sum(n for _, n in rows))


def takers(session: Session, selection: Selection) -> dict[str | None, int]:
    """Reports by the kind of responder who has taken them on a phone; None: nobody did."""
    taken = (Dispatch.report_id == Report.id) & (Dispatch.state == DispatchState.TAKEN)
    query = (
        select(Responder.kind, func.count())
        .select_from(Report)
        .outerjoin(Dispatch, taken)
        .outerjoin(Attempt, Attempt.id == Dispatch.taken_by)
        .outerjoin(Responder, Responder.id == Attempt.responder_id)
        .where(counted(selection))
        .group_by(Responder.kind)
    )
    return {kind and kind.value: n for kind, n in session.execute(query)}


def reached(session: Session, selection: Selection) -> Reached:
    """Reports whose caller was answered, has heard it, or was called back."""
    return Reached(
        answered=_reports(session, selection, Reply.report_id),
        heard=_reports(session, selection, Reply.report_id, Reply.heard_at.is_not(None)),
        called_back=_reports(
            session, selection, CallbackCall.report_id, CallbackCall.met_at.is_not(None)
        ),
    )


def _reports(
    session: Session,
    selection: Selection,
    of: InstrumentedAttribute[str],
    *where: ColumnElement[bool],
) -> int:
    query = select(func.count(Report.id)).where(counted(selection))
    return session.scalar(query.where(Report.id.in_(select(of).where(*where)))) or 0
