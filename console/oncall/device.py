"""The installable app, and browsers that may be told that their owner is wanted."""

from pathlib import Path
from typing import Any

from flask import jsonify, make_response, request, url_for
from werkzeug.wrappers import Response

from console import guard
from console.context import runtime, signed_in
from console.routes import Route
from console.text import gettext
from hotline.people import push
from hotline.people.permissions import Action
from hotline.people.push import PushError

# As in tokens.css: --paper and --held of the light theme.
PAPER, HELD = "#F2F3EE", "#0B5563"
WORKER = Path(__file__).parents[1] / "static" / "js" / "worker.js"


@guard.open_to_all
def manifest() -> Response:
    """What a browser asks for to install the console as an app."""
    answer = jsonify(
        name="Hotline",
        short_name="Hotline",
        description=gettext("Staff of the hotline only."),
        start_url=url_for("console.home"),
        scope="/",
        display="standalone",
        background_color=PAPER,
        theme_color=HELD,
        icons=[
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("icon-mask-512.png", "512x512", "maskable"),
            _icon("mark.svg", "any"),
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@guard.open_to_all
def worker() -> Response:
    """The service worker. It keeps nothing of any page and shows one constant sentence."""
    return Response(WORKER.read_bytes(), mimetype="text/javascript")


@guard.allows(Action.OWN_SHIFT)
def do_device() -> Response:
    """Keep the browser's subscription; 422 with a sentence where it is none."""
    given = _given()
    try:
        with runtime().database.transaction() as session:
            account = signed_in().account
            push.subscribe(session, runtime().vault, account.id, given, runtime().clock())
            guard.audited(session, "device.added", f"account:{account.id}")
    except PushError as error:
        return make_response(jsonify(wrong=str(error)), 422)
    return Response(status=204)


@guard.allows(Action.OWN_SHIFT)
def do_forget_device() -> Response:
    """Forget the browser's subscription."""
    endpoint = _given().get("endpoint")
    with runtime().database.transaction() as session:
        account = signed_in().account
        if isinstance(endpoint, str) and push.unsubscribe(session, account.id, endpoint):
            guard.audited(session, "device.removed", f"account:{account.id}")
    return Response(status=204)


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _icon(name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
    source = url_for("console.static", filename=name)
    return {"src": source, "sizes": sizes, "type": kind, "purpose": purpose}


ROUTES = (
    Route("/manifest.webmanifest", "manifest", manifest),
    Route("/my-shift/worker.js", "worker", worker),
    Route("/my-shift/device", "do_device", do_device, "POST"),
    Route("/my-shift/device/removed", "do_forget_device", do_forget_device, "POST"),
)
