"""The sound of a message, decrypted as it is sent, in ranges so that a player can seek.

To hear it, to see its wave and to take it along are three things: only the last one leaves the
console, needs a permission of its own, and is on record by its own name.
"""

from flask import abort, jsonify, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, scope
from console.context import runtime
from console.routes import Route
from hotline.people.permissions import Action
from hotline.privacy.cipher import KeyGone
from hotline.reports import audio as store
from hotline.reports import peaks as waves
from hotline.reports.model import AudioState, Message, MessageState, Report
from hotline.reports.peaks import Peaks
from transcription import loudness
from transcription.audio import AudioError, playable

SUFFIXES = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/ogg": "ogg", "audio/flac": "flac"}


@guard.allows(Action.LISTEN)
def audio(message_id: str) -> Response:
    """The message's recording. 404 when there is none, 416 for a range outside of it."""
    with runtime().database.transaction() as session:
        message = _heard_or_404(session, message_id)
        data, media_type = _sound_or_404(session, message)
        guard.audited(session, "message.played", f"message:{message.id}")
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = "inline"
    return response.make_conditional(request.environ, accept_ranges=True, complete_length=len(data))


@guard.allows(Action.DISCLOSE)
@guard.fresh
@guard.gives_file
def download(message_id: str) -> Response:
    """The recording as a file to keep, called by the report's number. 404 when there is none."""
    with runtime().database.transaction() as session:
        message = _heard_or_404(session, message_id)
        data, media_type = _sound_or_404(session, message)
        number = session.get_one(Report, message.report_id).number
        guard.audited(session, "message.downloaded", f"message:{message.id}")
    response = Response(data, mimetype=media_type)
    name = f"{number}.{SUFFIXES.get(media_type, 'wav')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@guard.allows(Action.LISTEN)
def peaks(message_id: str) -> Response:
    """JSON {duration_s, peaks}: how loud it is, in pieces of equal length, 0 to 100.

    `peaks` is empty where nobody knows yet; 404 when there is no recording.
    """
    with runtime().database.transaction() as session:
        found = _peaks(session, _heard_or_404(session, message_id))
    return jsonify(duration_s=found.duration_s, peaks=found.values)


def _peaks(session: Session, message: Message) -> Peaks:
    """Those that are kept; else made here, if no decoder is needed for it, and then kept."""
    try:
        kept = waves.read(session, runtime().vault, message)
        parts = [] if kept else store.load_parts(session, runtime().vault, message)
    except KeyGone:
        abort(404)
    if kept is not None:
        return kept
    made = loudness.of_plain(parts)
    if made is None:
        return Peaks(message.duration_s or 0.0, ())
    found = Peaks(made.duration_s, made.peaks)
    waves.write(session, runtime().vault, message, found, len(parts))
    return found


def _heard_or_404(session: Session, message_id: str) -> Message:
    message = scope.message_or_404(session, message_id)
    if message.state is not MessageState.SENT or message.audio is not AudioState.STORED:
        abort(404)
    return message


def _sound_or_404(session: Session, message: Message) -> tuple[bytes, str]:
    """Bytes and media type, which is always one of sound: the carrier's word never makes a page."""
    try:
        data, media_type = playable(store.load_parts(session, runtime().vault, message))
    except (KeyGone, AudioError):
        abort(404)
    return data, media_type if media_type.startswith("audio/") else "audio/wav"


ROUTES = (
    Route("/messages/<message_id>/audio", "audio", audio),
    Route("/messages/<message_id>/download", "download", download),
    Route("/messages/<message_id>/peaks", "peaks", peaks),
)
