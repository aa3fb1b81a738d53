"""The Flask application: blueprints, health, security headers, errors that tell nothing."""

from collections.abc import Sequence
from hmac import compare_digest
from types import TracebackType

import structlog
from flask import Blueprint, Flask, Response, current_app, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse

import console.blueprint
from console import harmless
from console.errors import SAYS
from console.reports.closed import CLOSED, LOCKED
from hotline import metrics
from hotline.context import Runtime
from hotline.privacy.cipher import CannotOpen, Locked
from hotline.readiness import Readiness, readiness
from hotline.settings import Settings

# Webhooks and forms are small; recordings are fetched by us and never sent here.
MAX_BODY_BYTES = 64 * 1024

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
# Where a carrier or a probe asks, an error is one line of text.
PLAIN_PATHS = ("/voice/", "/health/")

log = structlog.get_logger(__name__)


class HotlineApp(Flask):
    """Flask that logs the place of an error and never its text, which may quote a caller; its pages
    put nothing out that acts."""

    jinja_options = Flask.jinja_options | {"finalize": harmless.output}

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """One line with the endpoint, method and stack (`hotline.observe` drops the message)."""
        log.error(
            "request_failed", endpoint=request.endpoint, method=request.method, exc_info=exc_info
        )


def create_app(runtime: Runtime, blueprints: Sequence[Blueprint] | None = None) -> Flask:
    """The application over a runtime. `blueprints`: in place of the voice menu and the console."""
    app = HotlineApp("hotline", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    _believe_proxies(app, runtime.settings.trusted_proxies)
    for blueprint in blueprints if blueprints is not None else _blueprints(runtime):
        app.register_blueprint(blueprint)
    _add_health(app, runtime)
    _add_metrics(app, runtime)
    _add_headers(app, runtime.settings)
    app.register_error_handler(HTTPException, _say_error)
    app.register_error_handler(CannotOpen, _say_closed)
    return app


def _believe_proxies(app: Flask, count: int) -> None:
    """Take a visitor's address from so many proxies; host, scheme and path stay as they came."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )


def _blueprints(runtime: Runtime) -> list[Blueprint]:
    import ivr.views  # here, so that the console alone can be served and tested without it

    return [ivr.views.create_blueprint(runtime), console.blueprint.create_blueprint(runtime)]


def _add_health(app: Flask, runtime: Runtime) -> None:
    @app.get("/health/live")
    def live() -> Response:
        """The web process runs; nothing is asked for that."""
        return Response("alive\n", mimetype="text/plain")

    @app.get("/health/ready")
    def ready() -> Response:
        """In one word whether it can take calls: ready, degraded, or (503) not ready."""
        found = readiness(runtime)
        code = 503 if found is Readiness.NOT_READY else 200
        return Response(f"{found}\n", code, mimetype="text/plain")


def _add_metrics(app: Flask, runtime: Runtime) -> None:
    """Figures for a Prometheus that knows the token; without one there is no such page."""
    token = runtime.settings.metrics_token
    if token is None:
        return

    @app.get("/metrics")
    def figures() -> Response:
        """The figures of the moment, for whoever sends HOTLINE_METRICS_TOKEN as bearer token (401);
        503 when the database does not answer."""
        given = request.headers.get("Authorization", "").encode()
        if not compare_digest(given, b"Bearer " + token.get_secret_value().encode()):
            return Response("a token is needed\n", 401, {"WWW-Authenticate": "Bearer"})
        try:
            return Response(metrics.exposition(runtime), content_type=metrics.CONTENT_TYPE)
        except SQLAlchemyError as error:
            log.warning("metrics_failed", error=type(error).__name__)
            return Response("the database does not answer\n", 503, mimetype="text/plain")


def _add_headers(app: Flask, settings: Settings) -> None:
    headers = dict(HEADERS)
    if settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


def _say_error(error: HTTPException) -> WerkzeugResponse:
    """An error without content: what it means, and nothing of what was asked."""
    code = error.code or 500
    says = error.description if code == 403 and error.description else SAYS.get(code, error.name)
    response = error.get_response()  # keeps Allow, Content-Range and the like
    if _is_plain(request.path) or "console" not in current_app.blueprints:
        response.data, response.mimetype = f"{says}\n".encode(), "text/plain"
    else:
        response.data, response.mimetype = _error_page(code, says), "text/html"
    return response


def _say_closed(error: Exception) -> tuple[bytes | str, int]:
    """A record that does not open: said so, and never shown as if nothing were there."""
    if isinstance(error, Locked):
        return _error_page(403, LOCKED), 403
    log.error("record_closed", endpoint=request.endpoint, reason=type(error).__name__)
    if _is_plain(request.path) or "console" not in current_app.blueprints:
        return "This does not open.\n", 500
    return _error_page(500, CLOSED), 500


def _is_plain(path: str) -> bool:
    """Whether no person asks there. The first webhook of a call goes to /voice itself."""
    return path == "/voice" or path.startswith(PLAIN_PATHS)


def _error_page(code: int, says: str) -> bytes:
    return render_template("error.html", code=code, says=says).encode()
