"""Which reports count. The one place that says so."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.reports.model import UNSENT, Message, MessageState, Report
from hotline.reports.outcomes import Disposition
from hotline.statistics.period import Period

NO_DISTRICT = "-"
"""Reports of lines that belong to no district."""


@dataclass(frozen=True)
class Selection:
    """A period and a district; district None: all of them. Reports count by when the call began."""

    period: Period
    district: str | None = None


def counted(selection: Selection) -> ColumnElement[bool]:
    """The reports of the selection: sent or searched for, no test, and something was said or the
    caller stayed until somebody came."""
    return and_(_begun(selection), _real(), Report.id.not_in(_silent_ids()))


def silent(selection: Selection) -> ColumnElement[bool]:
    """Callers who wanted to speak and hung up before a word, so that the search was withdrawn."""
    return and_(_begun(selection), _real(), Report.id.in_(_silent_ids()))


def _begun(selection: Selection) -> ColumnElement[bool]:
    period = selection.period
    return and_(
        Report.created_at >= period.start,
        Report.created_at < period.end,
        Report.state.not_in(UNSENT),
        _of_district(selection.district),
    )


def _of_district(district: str | None) -> ColumnElement[bool]:
    if district is None:
        return true()
    return Report.district.is_(None) if district == NO_DISTRICT else Report.district == district


def _real() -> ColumnElement[bool]:
    """No test that a person has closed as one. (Synthetic calls are in a state of their own.)"""
    return or_(Report.disposition.is_(None), Report.disposition != Disposition.TEST_CALL)


def _silent_ids() -> Select[str]:
    said = select(Message.id).where(
        Message.report_id == Dispatch.report_id, Message.state == MessageState.SENT
    )
    return select(Dispatch.report_id).where(
        Dispatch.state == DispatchState.WITHDRAWN, ~said.exists()
    )
