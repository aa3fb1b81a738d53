"""The Flask application of the door: headers that let a page do nothing, answers of equal lengths,
errors that tell nothing. No cookie, no session, no script, and no line of a log for a visitor."""

from types import TracebackType

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse

from door.entrance import Entrance, open_entrance
from door.padding import padded
from door.pages import error_page, negotiated
from door.views import create_blueprint
from hotline.context import Runtime
from hotline.settings import Settings

MAX_BODY_BYTES = 256 * 1024
"""Ten times what the longest text takes (4,000 letters of Arabic are 24 KB in a form): whoever
pastes far too much is told so, and gets it back."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    # no-transform: a proxy must not compress (see door.padding).
    "Cache-Control": "no-store, no-transform",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

log = structlog.get_logger(__name__)


class DoorApp(Flask):
    """Flask that logs the place of an error and never its text, which may quote a visitor."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """One line with the endpoint and stack (`hotline.observe` drops the message)."""
        log.error("request_failed", endpoint=request.endpoint, exc_info=exc_info)


def create_app(runtime: Runtime) -> Flask:
    """The door over a runtime. Raises LanguageError when a text is missing."""
    entrance = open_entrance(runtime)
    app = DoorApp("door", static_folder=None)
    app.url_map.strict_slashes = False  # no redirect, which would repeat the host of the request
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    count = runtime.settings.trusted_proxies
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    app.register_blueprint(create_blueprint(entrance))
    _add_headers(app, runtime.settings)
    _say_errors(app, entrance)
    return app


def _add_headers(app: Flask, settings: Settings) -> None:
    headers = dict(HEADERS)
    if (settings.door_url or "").startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in headers.items():
            response.headers[name] = value
        if response.mimetype == "text/html":
            response.set_data(padded(response.get_data()))
        return response


def _say_errors(app: Flask, entrance: Entrance) -> None:
    @app.errorhandler(HTTPException)
    def say(error: HTTPException) -> WerkzeugResponse:
        response = error.get_response()  # keeps Allow and the like
        response.data = error_page(negotiated(entrance), error.code or 500).encode()
        response.mimetype = "text/html"
        return response
