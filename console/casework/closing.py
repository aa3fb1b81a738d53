"""How it ended: closing a report, opening it again, linking it to one that tells of the same."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, scope
from console.casework import asked, wording
from console.casework.asked import Asked
from console.casework.forms import CloseForm, DuplicateForm
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.forms import filled
from console.reports import page
from console.routes import Route
from console.text import gettext
from hotline.dispatch import desk, said_more
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.reports.casework import assigning, closing, duplicates, versions
from hotline.reports.casework.closing import StillSought
from hotline.reports.casework.duplicates import CannotLink
from hotline.reports.casework.versions import ChangedMeanwhile
from hotline.reports.model import Report
from hotline.reports.outcomes import Disposition


@guard.allows(Action.CLOSE)
def do_close(report_id: str) -> Response:
    """Close it. 422 without saying how it ended, while nobody has it unless whoever closes it takes
    it, and while the caller has said what nobody has read; 409 when it has changed meanwhile."""
    form = filled(CloseForm)
    if not form.validate():
        return page.show(report_id, asked.wrong("close", form))
    try:
        _close(report_id, form)
    except ChangedMeanwhile as changed:
        return page.show(report_id, asked.changed("close", form, changed.seen))
    except StillSought:
        return page.show(report_id, asked.wrong("close", form))
    return back(report_id, "end")


def _close(report_id: str, form: CloseForm) -> None:
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        versions.check(report, asked.version())
        books = SqlBooks(session, runtime().vault)
        if desk.is_sought(books, report):
            _take(books, report, form)
            if report.assignee is None:
                assigning.assign(session, report, me, me, now)
        elif said_more.is_unread(books, report):
            form.has_unread()
            raise StillSought
        disposition, sought = Disposition(form.disposition.data), desk.is_sought(books, report)
        closing.close(session, report, disposition, sought=sought, by=me, now=now)
        guard.audited(session, "report.closed", f"report:{report_id}")


def _take(books: SqlBooks, report: Report, form: CloseForm) -> None:
    """Whoever closes what nobody has, takes it. Raises StillSought."""
    if not form.take.data:
        form.nobody_has_it()
        raise StillSought
    if desk.is_on_the_line(books, report):
        form.caller_waits()
        raise StillSought
    desk.take_at_desk(books, report, signed_in().account.id, runtime().clock())


@guard.allows(Action.CLOSE)
def do_reopen(report_id: str) -> Response:
    """Open it again."""
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        if closing.reopen(session, report, by=me, now=now):
            guard.audited(session, "report.reopened", f"report:{report_id}")
    return back(report_id, "end")


@guard.allows(Action.REVIEW)
def do_duplicate(report_id: str) -> Response:
    """Link it to the report of that number. 422 when there is none, or it cannot be linked; 409
    when the report has changed meanwhile."""
    form = filled(DuplicateForm)
    refused = None if form.validate() else asked.wrong("duplicate", form)
    if refused is None:
        refused = _link(report_id, form)
    return page.show(report_id, refused) if refused else back(report_id, "same")


def _link(report_id: str, form: DuplicateForm) -> Asked | None:
    me, now = signed_in().account.id, runtime().clock()
    with runtime().database.transaction() as session:
        other = _numbered(session, (form.number.data or "").strip())
        if other is None:
            scope.report_or_404(session, report_id)
            form.refuse(gettext("You can see no report of that number."))
            return asked.wrong("duplicate", form)
        # The lower id first: two people who link them at once wait for each other in one order.
        both = {i: scope.report_or_404(session, i, lock=True) for i in sorted({report_id, other})}
        if both[report_id].version != asked.version():
            return asked.changed("duplicate", form, asked.seen())
        try:
            duplicates.link(session, both[report_id], both[other], by=me, now=now)
        except CannotLink as mistake:
            form.refuse(str(wording.MISTAKEN[mistake.why]))
            return asked.wrong("duplicate", form)
        guard.audited(session, "report.linked", f"report:{report_id}", to=other)
    return None


def _numbered(session: Session, number: str) -> str | None:
    query = select(Report.id).where(Report.number == number)
    return session.scalar(query.where(scope.visible(signed_in().account)))


@guard.allows(Action.REVIEW)
def do_unlink(report_id: str) -> Response:
    """It is a report of its own after all."""
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        duplicates.unlink(session, report, by=me, now=now)
        guard.audited(session, "report.unlinked", f"report:{report_id}")
    return back(report_id, "same")


ROUTES = (
    Route("/reports/<report_id>/closed", "do_close", do_close, "POST"),
    Route("/reports/<report_id>/reopened", "do_reopen", do_reopen, "POST"),
    Route("/reports/<report_id>/duplicate", "do_duplicate", do_duplicate, "POST"),
    Route("/reports/<report_id>/not-duplicate", "do_unlink", do_unlink, "POST"),
)
