"""How a view writes: one transaction on one locked report, and back to its place on the page."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import scope
from console.context import runtime
from hotline.privacy.cipher import KeyGone
from hotline.reports.model import Report


@contextmanager
def writing(report_id: str, *, of_district: bool = False) -> Iterator[tuple[Session, Report]]:
    """A transaction with the report, locked against others. 404 when whoever asks may not know of
    it, and when its words were deleted: nothing can be sealed for it any more.

    of_district: as in `scope.report_or_404`.
    """
    try:
        with runtime().database.transaction() as session:
            yield (
                session,
                scope.report_or_404(session, report_id, lock=True, of_district=of_district),
            )
    except KeyGone:
        abort(404)


def back(report_id: str, place: str | None = None) -> Response:
    """To the report's page, at the part with that id."""
    return redirect(url_for("console.report", report_id=report_id, _anchor=place), 303)
