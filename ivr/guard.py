"""The gate of the voice menu: nothing enters unsigned, whatever routes may be added later.

A route is refused unless the carrier has signed the request, or the route is one of the few listed
here that hand out sounds under unguessable or public names.
"""

import structlog
from flask import Blueprint, Response, request

from hotline import crash
from hotline.carrier import choice, signature, webhook
from hotline.context import Runtime

SOUNDS = frozenset(
    {
        *("ivr.prompt", "ivr.said", "ivr.heard", "ivr.place", "ivr.reply", "ivr.resource"),
        *("ivr.left", "ivr.notice", "ivr.delivered", "ivr.delivered_place"),
    }
)
"""Endpoints that only give out sounds, by GET; what is private there stands under a random token or
id, and only while the call lasts that is to hear it. Who else can help and the notice before the
menu are no secret."""

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
    """Whether the present request was signed by our carrier, for this address."""
    path, query = signature.raw_target(request.environ)
    body = request.get_data()  # before the form is read: what is signed may be its very bytes
    asked = webhook.Asked(path, query, request.form, body, request.headers)
    settings = runtime.settings
    trusted = webhook.Trusted(
        runtime.carrier.capabilities.signature,
        choice.webhook_keys(settings),
        settings.public_url,
        settings.auth_tokens,
    )
    return webhook.genuine(trusted, asked, runtime.clock().timestamp())
