"""The gate of the voice menu: nothing enters unsigned, whatever routes may be added later.

A route is refused unless the carrier has signed the request, or the route is one of the few listed
here that hand out sounds under unguessable or public names.
"""

import structlog
from flask import Blueprint, Response, request

from hotline import crash
from hotline.carrier import signature
from hotline.context import Runtime

SIGNATURE = "X-Twilio-Signature"
SOUNDS = frozenset({"ivr.prompt", "ivr.said", "ivr.heard", "ivr.place", "ivr.reply"})
"""Endpoints that only give out sounds, by GET; what is private there stands under a random token or
id, and only while the call lasts that is to hear it."""

log = structlog.get_logger(__name__)


def guard(blueprint: Blueprint, runtime: Runtime) -> None:
    """Refuse every unsigned request to the blueprint with 403 before any view sees it."""

    @blueprint.before_request
    def refuse_unsigned() -> Response | None:
        if request.endpoint in SOUNDS and request.method in ("GET", "HEAD"):
            return None
        if signed(runtime):
            crash.point("webhook.verified")
            return None
        log.warning("webhook_refused", endpoint=request.endpoint, method=request.method)
        return Response("This is not allowed.\n", 403, mimetype="text/plain")

    @blueprint.after_request
    def about_to_answer(response: Response) -> Response:
        crash.point("webhook.done")
        return response


def signed(runtime: Runtime) -> bool:
    """Whether the present request carries a signature made with one of our tokens."""
    path, query = signature.raw_target(request.environ)
    settings = runtime.settings
    given = request.headers.get(SIGNATURE, "")
    return signature.verify(
        settings.auth_tokens, settings.public_url, path, query, request.form, given
    )
