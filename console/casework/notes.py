"""Writing notes, and keeping what is being written."""

from flask import request
from werkzeug.wrappers import Response

from console import guard
from console.casework import asked
from console.casework.forms import NoteForm
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.forms import filled
from console.reports import page
from console.routes import Route
from hotline.people.permissions import Action
from hotline.reports.casework import drafts, notes


@guard.allows(Action.NOTE)
def do_note(report_id: str) -> Response:
    """Keep a note. 422 with the page when there is none, or too much."""
    form = filled(NoteForm)
    if not form.validate():
        return page.show(report_id, asked.wrong("note", form))
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        notes.add(session, runtime().vault, report, form.note.data or "", by=me, now=now)
        drafts.drop(session, report, drafts.Field.NOTE, by=me)
        guard.audited(session, "report.noted", f"report:{report_id}")
    return back(report_id, "notes")


@guard.allows(Action.NOTE)
def do_draft_note(report_id: str) -> Response:
    """Keep a note that is not finished."""
    return _keep(report_id, drafts.Field.NOTE)


@guard.allows(Action.REPLY)
def do_draft_reply(report_id: str) -> Response:
    """Keep a reply that is not finished."""
    return _keep(report_id, drafts.Field.REPLY)


def _keep(report_id: str, field: drafts.Field) -> Response:
    """204 for the page's script, back to the page for a button."""
    text = request.form.get(field.value, "")
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        drafts.keep(session, runtime().vault, report, field, text, by=me, now=now)
    if request.headers.get("HX-Request"):
        return Response(status=204)
    return back(report_id, field.value)


ROUTES = (
    Route("/reports/<report_id>/notes", "do_note", do_note, "POST"),
    Route("/reports/<report_id>/drafts/note", "do_draft_note", do_draft_note, "POST"),
    Route("/reports/<report_id>/drafts/reply", "do_draft_reply", do_draft_reply, "POST"),
)
