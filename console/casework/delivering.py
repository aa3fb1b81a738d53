"""Delivering a report to recipients of the roster, and saying that it has arrived."""

from flask import abort
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard
from console.casework import asked, delivered
from console.casework.forms import DeliverForm
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.forms import filled
from console.reports import page
from console.routes import Route
from hotline.dispatch import delivering, delivery
from hotline.dispatch.sql import SqlBooks
from hotline.oncall.model import Recipient
from hotline.people.permissions import Action
from hotline.reports import deliveries
from hotline.reports.casework.disclosing import Basis
from hotline.reports.delivery_model import Delivery
from hotline.reports.delivery_words import DeliveryEvent
from hotline.reports.model import Report, ReportState


@guard.allows(Action.DISCLOSE)
@guard.fresh
def do_deliver(report_id: str) -> Response:
    """Deliver it, by every way that those chosen have. 422 when nobody is chosen or no ground is
    given; 409 for a report that is closed. Whom it is being brought to already is left alone."""
    me, now, vault = signed_in().account.id, runtime().clock(), runtime().vault
    form, refused = filled(DeliverForm), None
    with writing(report_id) as (session, report):
        delivered.offer(session, report, form)
        if not form.validate():
            refused = asked.wrong("deliver", form)
        elif report.state is not ReportState.OPEN:
            refused = asked.Asked(409)
        else:
            basis = Basis(form.delivery_basis.data)
            for recipient_id in form.recipients.data or ():
                recipient = session.get_one(Recipient, recipient_id)
                delivering.ask(session, vault, report, recipient, basis, me, now)
            guard.audited(session, "report.delivered", f"report:{report_id}")
    return page.show(report_id, refused) if refused else back(report_id, "deliveries")


@guard.allows(Action.NOTE)
def do_confirm_delivery(report_id: str, delivery_id: str) -> Response:
    """Say that the recipient has it: they are not rung any more, and an alarm about it is
    answered. 404 for a delivery of another report."""
    with writing(report_id) as (session, report):
        _tell(session, report, delivery_id, DeliveryEvent.CONFIRMED)
        guard.audited(session, "report.delivery_confirmed", f"report:{report_id}")
    return back(report_id, "deliveries")


@guard.allows(Action.DISCLOSE)
@guard.fresh
def do_stop_delivery(report_id: str, delivery_id: str) -> Response:
    """Do not bring it to this recipient any more. 404 for a delivery of another report."""
    with writing(report_id) as (session, report):
        _tell(session, report, delivery_id, DeliveryEvent.STOPPED)
        guard.audited(session, "report.delivery_stopped", f"report:{report_id}")
    return back(report_id, "deliveries")


def _tell(session: Session, report: Report, delivery_id: str, event: DeliveryEvent) -> None:
    row: Delivery | None = deliveries.locked(session, delivery_id)
    if row is None or row.report_id != report.id:
        abort(404)
    books, tries = SqlBooks(session, runtime().vault), runtime().settings.delivery_tries
    delivery.tell(books, row, event, tries, runtime().clock(), by=signed_in().account.id)


ROUTES = (
    Route("/reports/<report_id>/deliveries", "do_deliver", do_deliver, "POST"),
    Route(
        "/reports/<report_id>/deliveries/<delivery_id>/confirmed",
        "do_confirm_delivery",
        do_confirm_delivery,
        "POST",
    ),
    Route(
        "/reports/<report_id>/deliveries/<delivery_id>/stopped",
        "do_stop_delivery",
        do_stop_delivery,
        "POST",
    ),
)
