"""Break-glass: an administrator asks for the number of a live call, a second one agrees.

The addresses exist only where the deployment turned it on. The number stands in the one answer that
gives it, which no cache may keep; nobody can ask for that answer again.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, make_response, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, ValidationError, validators

from console import guard, names, scope
from console.casework import wording
from console.context import runtime, signed_in
from console.forms import HotlineForm, choices, filled
from console.routes import Route
from console.text import gettext
from console.text import lazy_gettext as _l
from hotline.dispatch import break_glass as glass
from hotline.dispatch.break_glass import No, NotAllowed, Outcome, Told
from hotline.dispatch.model import BreakGlass
from hotline.people.model import Account
from hotline.people.permissions import Action
from hotline.reports import synthetic
from hotline.reports.model import Call, Report

REFUSED = {
    No.CALL_OVER: _l("The call is over. Only the number of a live call can be asked for."),
    No.NEW_ACCOUNT: _l(
        "Your account was made, changed or given a code less than 7 days ago. Until then it takes "
        "another administrator."
    ),
    No.SAME_PERSON: _l("You asked yourself. A second administrator has to agree."),
    No.ASKED_ALREADY: _l("Somebody has asked already. A second administrator can agree below."),
    No.TOO_LATE: _l("That was asked more than 15 minutes ago. Ask again."),
    No.DONE: _l("The carrier has been asked already. The number is shown only once."),
    No.FIRST_IS_GONE: _l("Whoever asked is no administrator any more. Ask again."),
}
SAID = {
    Outcome.SHOWN: _l("This is the caller’s number. It is shown only now."),
    Outcome.WITHHELD: _l("The carrier has no number: the caller withholds it."),
    Outcome.OVER: _l("The carrier says that the call is over. It gives no number."),
    Outcome.UNANSWERED: _l("The carrier did not answer. Agree again, while there is time."),
}


class SureForm(HotlineForm):
    """The report's number, typed, so that nobody does it by a slip of the hand."""

    sure = StringField(
        _l("Type the number of the report"),
        [validators.InputRequired(_l("Type the number of the report.")), validators.Length(max=20)],
    )

    number = ""
    """What has to be typed; set by the view."""

    def validate_sure(self, field: StringField) -> None:
        """Digits alone count. Raises ValidationError."""
        if "".join(filter(str.isdecimal, field.data or "")) != self.number:
            raise ValidationError(gettext("That is not the number of this report."))


class AskForm(SureForm):
    """Why, and for which report."""

    reason = RadioField(
        _l("Why?"),
        [validators.InputRequired(_l("Choose why; the reason is kept in the audit."))],
        choices=choices(wording.GLASS.items()),
    )


@dataclass(frozen=True)
class LiveCall:
    """A call that is on the line now. `asked`: what waits for a second administrator, and `why`."""

    call: Call
    number: str
    asked: BreakGlass | None
    why: str
    by: str
    mine: bool
    form: SureForm


@guard.allows(Action.BREAK_GLASS)
def break_glass() -> Response:
    """The calls that are live now."""
    return _page()


@guard.allows(Action.BREAK_GLASS)
@guard.fresh
def do_ask_number(call_id: str) -> Response:
    """Ask for the number of a live call. 422 without a reason or with another report's number, 409
    where it cannot be asked for."""
    me, now, form = signed_in().account, runtime().clock(), filled(AskForm)
    try:
        with runtime().database.transaction() as session:
            call, form.number = _call_or_404(session, call_id)
            valid = form.validate()
            if valid:
                glass.ask(session, me, call, str(form.reason.data), now)
    except NotAllowed as refused:
        return _page(409, no=refused.why)
    if not valid:
        return _page(422, wrong={call_id: form})
    return redirect(url_for("console.break_glass"), 303)


@guard.allows(Action.BREAK_GLASS)
@guard.fresh
def do_break_glass(asking_id: str) -> Response:
    """Agree: the carrier is asked, and the answer shown this once. 422 with another report's
    number, 409 where it is refused."""
    with runtime().database.reading() as session:
        asked = session.get(BreakGlass, asking_id) or abort(404)
        _, number = _call_or_404(session, asked.call_id, lock=False)
        call_id = asked.call_id
    form = filled(SureForm)
    form.number = number
    if not form.validate():
        return _page(422, wrong={call_id: form})
    try:
        told = glass.agree(runtime(), asking_id, signed_in().account)
    except NotAllowed as refused:
        return _page(409, no=refused.why)
    return _answer(told, number)


def _answer(told: Told, report_number: str) -> Response:
    caller = names.phone(told.number) if told.number else None
    page = render_template(
        "break_glass/answer.html", said=SAID[told.outcome], caller=caller, number=report_number
    )
    return make_response(page)


def _page(
    status: int = 200, no: No | None = None, wrong: dict[str, SureForm] | None = None
) -> Response:
    with runtime().database.reading() as session:
        calls = _live(session, signed_in().account, runtime().clock(), wrong or {})
    refused = REFUSED[no] if no is not None else None
    page = render_template(
        "break_glass/calls.html", calls=calls, refused=refused, valid=glass.VALID
    )
    return make_response(page, status)


def _live(
    session: Session, me: Account, now: datetime, wrong: dict[str, SureForm]
) -> list[LiveCall]:
    query = select(Call, Report.number).join(Report, Report.id == Call.report_id)
    query = query.where(Call.ended_at.is_(None), synthetic.real_calls(), scope.call_in_district(me))
    found = []
    for call, number in session.execute(query.order_by(Call.started_at.desc())):
        asked = glass.open_for(session, call.id, now)
        first = session.get(Account, asked.asked_by) if asked is not None else None
        form = wrong.get(call.id) or (SureForm() if asked is not None else AskForm())
        found.append(
            LiveCall(
                call,
                number,
                asked,
                str(wording.GLASS[asked.reason]) if asked is not None else "",
                first.display_name if first is not None else "",
                asked is not None and asked.asked_by == me.id,
                _apart(form, call.id),
            )
        )
    return found


def _apart(form: SureForm, call_id: str) -> SureForm:
    """The form with ids of its own: there is one for each call on the page."""
    for field in form:
        field.id = field.label.field_id = f"{field.name}-{call_id}"
    return form


def _call_or_404(session: Session, call_id: str, *, lock: bool = True) -> tuple[Call, str]:
    query = select(Call, Report.number).join(Report, Report.id == Call.report_id)
    query = query.where(Call.id == call_id, scope.call_in_district(signed_in().account))
    if lock:
        query = query.with_for_update(of=Call)
    found = session.execute(query).first() or abort(404)
    return found[0], found[1]


ROUTES = (
    Route("/break-glass", "break_glass", break_glass),
    Route("/break-glass/calls/<call_id>/asked", "do_ask_number", do_ask_number, "POST"),
    Route("/break-glass/<asking_id>/agreed", "do_break_glass", do_break_glass, "POST"),
)
