"""What it is about, how urgent it is, and the facts that the deployment asks for."""

from werkzeug.wrappers import Response

from console import guard
from console.casework import asked, facts_form
from console.casework.forms import SortForm
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.forms import filled
from console.reports import page
from console.routes import Route
from hotline.dispatch import desk
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.reports.casework import facts, sorting, versions
from hotline.reports.casework.sorting import Lowering, ReasonNeeded
from hotline.reports.casework.versions import ChangedMeanwhile
from hotline.reports.triage import Category, Urgency


@guard.allows(Action.REVIEW)
def do_sort(report_id: str) -> Response:
    """Set category and urgency. 422 when it is lowered without a reason, 409 when the report has
    changed meanwhile. Raised while somebody is looked for, a stricter policy takes over."""
    form = filled(SortForm)
    if not form.validate():
        return page.show(report_id, asked.wrong("sort", form))
    try:
        _sort(report_id, form)
    except ReasonNeeded:
        form.needs_reason()
        return page.show(report_id, asked.wrong("sort", form))
    except ChangedMeanwhile as changed:
        return page.show(report_id, asked.changed("sort", form, changed.seen))
    return back(report_id, "facts")


def _sort(report_id: str, form: SortForm) -> None:
    category, urgency = Category(form.category.data), Urgency(form.urgency.data)
    reason = Lowering(form.lowering.data) if form.lowering.data else None
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        versions.check(report, asked.version())
        rose = sorting.sort(session, report, category, urgency, by=me, now=now, reason=reason)
        if rose:
            desk.reconsider(SqlBooks(session, runtime().vault), report, now)
        guard.audited(session, "report.sorted", f"report:{report_id}")


@guard.allows(Action.REVIEW)
def do_facts(report_id: str) -> Response:
    """Fill in facts and school. 422 for what cannot be chosen, 409 when it changed meanwhile."""
    me, now, vault = signed_in().account.id, runtime().clock(), runtime().vault
    with writing(report_id) as (session, report):
        form = filled(facts_form.make(session, report, facts.read(session, vault, report)))
        refused = None if form.validate() else asked.wrong("facts", form)
        if refused is None and asked.version() != report.version:
            refused = asked.changed("facts", form, asked.seen())
        if refused is None:
            facts.note(session, vault, report, facts_form.told(form), by=me, now=now)
            facts.set_school(session, report, form.data["school"] or None, by=me, now=now)
            guard.audited(session, "report.facts", f"report:{report_id}")
    return page.show(report_id, refused) if refused else back(report_id, "facts")


ROUTES = (
    Route("/reports/<report_id>/sorted", "do_sort", do_sort, "POST"),
    Route("/reports/<report_id>/facts", "do_facts", do_facts, "POST"),
)
