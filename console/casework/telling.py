"""What goes out: replies that the caller hears, and the record of what was shared with whom."""

from flask import abort, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from console import guard, scope
from console.casework import asked, texting
from console.casework.forms import DiscloseForm, ReplyForm, VoiceForm
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.forms import filled
from console.reports import page
from console.routes import Route
from console.text import gettext
from hotline.people.permissions import Action
from hotline.privacy.cipher import KeyGone
from hotline.reports.casework import disclosing, drafts, replies
from hotline.reports.casework.disclosing import Basis, Part
from hotline.reports.casework.model import Recipient, ReplyKind
from hotline.reports.model import Report
from transcription import plain
from transcription.audio import NARROW, AudioError, TooLong, encode_wav

ROOM_BYTES = 16 * 1024
"""What a form with a recording has besides it."""


@guard.allows(Action.REPLY)
def do_reply(report_id: str) -> Response:
    """Leave a typed reply. 422 when there is none, or too much."""
    form = filled(ReplyForm)
    if not form.validate():
        return page.show(report_id, asked.wrong("reply", form))
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        replies.write(session, runtime().vault, report, form.reply.data or "", by=me, now=now)
        drafts.drop(session, report, drafts.Field.REPLY, by=me)
        guard.audited(session, "report.replied", f"report:{report_id}")
        texting.tell(session, report, form.reply.data or "" if form.by_text.data else None, now)
    return back(report_id, "answer")


@guard.allows(Action.REPLY)
def do_reply_voice(report_id: str) -> Response:
    """Leave a reply by voice. 422 for what is not a short recording."""
    form = VoiceForm(None)
    try:
        samples, duration_s = plain.telephone(_sound(), replies.LONGEST_S)
    except (AudioError, RequestEntityTooLarge) as error:
        form.refuse(_why(error))
        return page.show(report_id, asked.wrong("voice", form))
    sound, me, now = encode_wav(samples, NARROW), signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        replies.record(session, runtime().vault, report, sound, duration_s, by=me, now=now)
        guard.audited(session, "report.replied", f"report:{report_id}")
        texting.tell(session, report, None, now)
    return back(report_id, "answer")


def _sound() -> bytes:
    """The bytes that were sent; only this address takes so many. Raises RequestEntityTooLarge."""
    room = replies.MAX_SOUND_BYTES + ROOM_BYTES
    request.max_content_length = request.max_form_memory_size = room
    file = request.files.get("sound")
    if file is None:
        return b""
    with file.stream:
        return bytes(file.read())


def _why(error: Exception) -> str:
    if isinstance(error, TooLong | RequestEntityTooLarge):
        return gettext("A reply may last two minutes at most. Record a shorter one.")
    return gettext("There is no recording yet that can be played. Record it again.")


@guard.allows(Action.REPLY)
def reply_audio(report_id: str, reply_id: str) -> Response:
    """The sound of a reply by voice. 404 for any other."""
    with runtime().database.transaction() as session:
        sound = _opened(session, scope.report_or_404(session, report_id), reply_id)
    response = Response(sound, mimetype="audio/wav")
    response.headers["Content-Disposition"] = "inline"
    return response.make_conditional(
        request.environ, accept_ranges=True, complete_length=len(sound)
    )


def _opened(session: Session, report: Report, reply_id: str) -> bytes:
    rows = {row.id: row for row in replies.of(session, report)}
    row = rows.get(reply_id)
    if row is None or row.kind is not ReplyKind.VOICE:
        abort(404)
    try:
        return replies.opened_sound(session, runtime().vault, report, row)
    except KeyGone:
        abort(404)


@guard.allows(Action.DISCLOSE)
@guard.fresh
def do_disclose(report_id: str) -> Response:
    """Write down what was given to whom. 422 when it says too little."""
    form = filled(DiscloseForm)
    if not form.validate():
        return page.show(report_id, asked.wrong("disclose", form))
    with writing(report_id) as (session, report):
        disclosing.record(
            session,
            runtime().vault,
            report,
            Recipient(form.recipient.data),
            form.given_to.data or "",
            [Part(part) for part in form.parts.data or ()],
            Basis(form.basis.data),
            by=signed_in().account.id,
            now=runtime().clock(),
        )
        guard.audited(
            session, "report.disclosed", f"report:{report_id}", to=str(form.recipient.data)
        )
    return back(report_id, "shared")


ROUTES = (
    Route("/reports/<report_id>/replies", "do_reply", do_reply, "POST"),
    Route("/reports/<report_id>/replies/voice", "do_reply_voice", do_reply_voice, "POST"),
    Route("/reports/<report_id>/replies/<reply_id>/audio", "reply_audio", reply_audio),
    Route("/reports/<report_id>/disclosures", "do_disclose", do_disclose, "POST"),
)
