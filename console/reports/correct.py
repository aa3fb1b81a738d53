"""What a person heard, laid over what the machine wrote; and the machine's words back again."""

from flask import abort, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired

from console import guard, scope
from console.context import masker, runtime, signed_in
from console.forms import HotlineForm, filled
from console.reports.cases import Names, load
from console.reports.messages import Teller
from console.routes import Route
from console.text import gettext, marked
from hotline.dispatch import desk
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.privacy.cipher import KeyGone
from hotline.reports.casework import corrections
from hotline.reports.casework.corrections import Draft, Overtaken, WrongCorrection
from hotline.reports.casework.heard_as import Corrected
from hotline.reports.model import Message, Report
from hotline.reports.triage import Rules

WRONG = {
    "no_such_words": marked("Choose words of this message, the first before the last."),
    "too_long": marked("Write at most 6,000 letters at a time."),
    "written": marked("Whoever reported it wrote these words; they stay as they are."),
    "same": marked("That is what stands there already. Write what you hear instead."),
}


class Heard(HotlineForm):
    """From which word to which, and what was heard; what of it all the person had seen."""

    first = IntegerField(validators=[InputRequired()])
    last = IntegerField(validators=[InputRequired()])
    text = StringField()
    known = HiddenField()
    over = HiddenField()

    def draft(self) -> Draft:
        """What was sent, once it is valid."""
        return Draft(
            first_word=self.first.data or 0,
            last_word=self.last.data if self.last.data is not None else -1,
            text=self.text.data or "",
            known=self.known.data or "",
            over=self.over.data or "",
        )


@guard.allows(Action.REVIEW)
def do_correct(message_id: str) -> Response:
    """Keep it. 422 when it is no correction; 409 when others have changed those words meanwhile:
    nothing is overwritten, and both are shown."""
    now, form = runtime().clock(), filled(Heard)
    with runtime().database.transaction() as session:
        message = scope.message_or_404(session, message_id)
        report = scope.report_or_404(session, message.report_id, lock=True)
        if not form.validate():
            return _again(session, report, message, form, "no_such_words")
        by = signed_in().account.id
        try:
            raised = corrections.correct(
                session, runtime().vault, message, form.draft(), by, _rules, now
            )
        except WrongCorrection as wrong:
            return _again(session, report, message, form, wrong.code)
        except Overtaken as overtaken:
            return _page(session, report, message, form, 409, newer=overtaken.newer)
        except KeyGone:
            abort(404)
        if raised:
            desk.reconsider(SqlBooks(session, runtime().vault), report, now)
        guard.audited(session, "message.corrected", f"message:{message.id}")
    return _back(message)


@guard.allows(Action.REVIEW)
def do_undo_correction(correction_id: str) -> Response:
    """Let the machine's words stand again; what no longer stands changes nothing."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        row = scope.correction_or_404(session, correction_id)
        message = session.get_one(Message, row.message_id)
        scope.report_or_404(session, message.report_id, lock=True)
        session.refresh(row)  # somebody may have held the lock before
        by = signed_in().account.id
        try:
            undone = corrections.undo(session, runtime().vault, row, by, _rules, now)
        except KeyGone:
            abort(404)
        if undone:
            guard.audited(session, "message.correction_undone", f"message:{message.id}")
    return _back(message)


def _rules(language: str) -> Rules:
    return masker(language).triage


def _back(message: Message) -> Response:
    page = url_for("console.report", report_id=message.report_id, _anchor=f"words-{message.id}")
    return redirect(page, 303)


def _again(session: Session, report: Report, message: Message, form: Heard, code: str) -> Response:
    return _page(session, report, message, form, 422, wrong=gettext(WRONG[code]))


def _page(
    session: Session,
    report: Report,
    message: Message,
    form: Heard,
    status: int,
    *,
    wrong: str = "",
    newer: Corrected | None = None,
) -> Response:
    """The form by itself, with what was typed, what is wrong, and what stands there now."""
    people = Names(session, runtime().vault)
    case = load(session, runtime().vault, people, [report])[0]
    teller, heard = Teller(case, people.of), case.words_of(message.id)
    draft = form.draft()
    stale = draft.over != heard.transcript_id
    inside = 0 <= draft.first_word <= draft.last_word < len(heard.machine) and not stale
    page = render_template(
        "reports/correction.html",
        report=report,
        message=teller.message(message),
        form=form,
        wrong=wrong,
        stale=stale,
        newer=teller.change(heard, newer) if newer else None,
        machine=teller.said_by_machine(heard, draft.first_word, draft.last_word) if inside else "",
        retry=bool(wrong or newer) and (inside or not heard.machine),
    )
    return make_response(page, status)


ROUTES = (
    Route("/messages/<message_id>/words", "do_correct", do_correct, "POST"),
    Route("/corrections/<correction_id>/undone", "do_undo_correction", do_undo_correction, "POST"),
)
