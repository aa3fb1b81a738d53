"""The sound of a message, decrypted as it is sent, in ranges so that a player can seek."""

from flask import abort, request
from werkzeug.wrappers import Response

from console import guard, scope
from console.context import runtime
from console.routes import Route
from hotline.people.permissions import Action
from hotline.privacy.cipher import CannotOpen
from hotline.reports import audio as store
from hotline.reports.model import AudioState, Message, MessageState
from transcription.audio import AudioError, playable


@guard.allows(Action.LISTEN)
def audio(message_id: str) -> Response:
    """The message's recording. 404 when there is none, 416 for a range outside of it."""
    with runtime().database.transaction() as session:
        message = scope.message_or_404(session, message_id)
        if not _may_be_heard(message):
            abort(404)
        try:
            parts = store.load_parts(session, runtime().vault, message)
            data, media_type = playable(parts)
        except (CannotOpen, AudioError):
            abort(404)
        guard.audited(session, "message.played", f"message:{message.id}")
    if not media_type.startswith("audio/"):  # the carrier's word for it; never a page of ours
        media_type = "audio/wav"
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = "inline"
    return response.make_conditional(request.environ, accept_ranges=True, complete_length=len(data))


def _may_be_heard(message: Message) -> bool:
    return message.state is MessageState.SENT and message.audio is AudioState.STORED


ROUTES = (Route("/messages/<message_id>/audio", "audio", audio),)
