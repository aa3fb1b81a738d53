"""How a report stands, as whoever made it is told when they come back, by whichever door."""

from typing import Literal

from hotline.dispatch.books import Books
from hotline.dispatch.words import DispatchState
from hotline.reports.model import Report, ReportState

Standing = Literal["waiting", "taken", "closed"]


def of(books: Books, report: Report) -> Standing:
    """closed: it has a disposition · taken: somebody has it · waiting: somebody is sought."""
    if report.state is ReportState.CLOSED:
        return "closed"
    row = books.dispatch_of(report.id)
    return "taken" if row is not None and row.state is DispatchState.TAKEN else "waiting"
