"""What the palette asks for: a report by its number, a look, single keys on or off."""

from flask import abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from console import guard, locale, scope
from console.context import runtime, signed_in
from console.routes import Route
from hotline.people.model import Account
from hotline.people.permissions import Action
from hotline.reports.model import Report

CHOICES = {"theme": locale.THEMES, "shortcuts": ("on", "off")}


@guard.allows(Action.READ_REPORTS)
def find_report() -> Response:
    """The report of a number; where there is none for whoever asks, a page that says so."""
    number = "".join(c for c in request.args.get("number", "") if c.isdecimal())
    with runtime().database.transaction() as session:
        query = select(Report.id).where(Report.number == number)
        found = session.scalar(query.where(scope.visible(signed_in().account)))
    if found is not None:
        return redirect(url_for("console.report", report_id=found), 303)
    status = 404 if number else 422
    return make_response(render_template("frame/not_found.html", number=number), status)


@guard.allows(Action.OWN_ACCOUNT)
def do_choose() -> Response:
    """Keep one choice for one's own pages and go back to the page. 422: there is no such choice."""
    key, value = request.form.get("key", ""), request.form.get("value", "")
    if value not in CHOICES.get(key, ()):
        abort(422)
    with runtime().database.transaction() as session:
        row = session.get_one(Account, signed_in().account.id)
        row.preferences = {**(row.preferences or {}), key: value}
    there = guard.own_path(request.form.get("next", "")) or url_for("console.account")
    return redirect(there, 303)


ROUTES = (
    Route("/reports/find", "find_report", find_report),
    Route("/account/choice", "do_choose", do_choose, "POST"),
)
