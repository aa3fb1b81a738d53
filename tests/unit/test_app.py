"""The application: health, headers, bounds, and errors that tell nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from hotline.app import MAX_BODY_BYTES, create_app
from tests.support.console import World, add_person, cheap_passwords, make_world, sign_in

SECRET = "what the caller said"


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url)
    yield made
    made.database.close()


@pytest.fixture
def app(world: World) -> Flask:
    """The console, and a webhook that fails."""
    from console.blueprint import create_blueprint

    voice = Blueprint("voice", __name__)

    @voice.post("/voice/fails")
    def fails() -> Response:
        raise RuntimeError(SECRET)

    @voice.post("/voice/echo")
    def echo() -> Response:
        return Response(str(len(request.form)))

    return create_app(world.runtime, [voice, create_blueprint(world.runtime)])


def test_health(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/health/live").text == "alive\n"
    assert client.get("/health/ready").text == "ready\n"


def test_not_ready_without_a_database(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise OperationalError(SECRET, None, Exception(SECRET))

    monkeypatch.setattr(world.database, "reading", gone)
    answer = app.test_client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.text == "not ready\n"
    assert app.test_client().get("/health/live").status_code == 200


@pytest.mark.parametrize(
    "path", ["/sign-in", "/static/base.css", "/health/live", "/nowhere", "/voice/fails"]
)
def test_every_answer_has_the_headers(app: Flask, world: World, path: str) -> None:
    add_person(world)
    with app.test_client().get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "microphone=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers  # the public URL is plain http here


def test_pages_are_kept_out_of_caches_and_styles_are_not(app: Flask, world: World) -> None:
    add_person(world)
    client = app.test_client()
    sign_in(client)
    assert client.get("/reports").headers["Cache-Control"] == "no-store"
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    with client.get("/static/base.css") as sheet:
        assert sheet.headers["Cache-Control"] != "no-store"


def test_a_failure_tells_and_logs_no_content(app: Flask) -> None:
    with capture_logs() as logs:
        answer = app.test_client().post("/voice/fails?number=5", data={"From": "+15550100001"})
    assert answer.status_code == 500
    assert answer.mimetype == "text/plain"
    assert SECRET not in answer.text
    (line,) = logs
    assert (line["event"], line["endpoint"], line["method"]) == (
        *("request_failed", "voice.fails", "POST"),
    )
    assert "5550100001" not in str(line)


def test_a_failing_page_says_so_in_words(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(world)
    client = app.test_client()
    sign_in(client)

    def gone() -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(world.database, "reading", gone)
    answer = client.get("/reports")
    assert answer.status_code == 500
    assert "Something went wrong here." in answer.text
    assert SECRET not in answer.text


def test_errors_keep_their_headers(app: Flask) -> None:
    answer = app.test_client().delete("/health/live")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.text == "This page does not take that kind of request.\n"


def test_a_large_body_is_refused(app: Flask) -> None:
    client = app.test_client()
    fits = client.post("/voice/echo", data={"a": "x" * (MAX_BODY_BYTES - 100)})
    assert fits.text == "1"
    too_large = client.post("/voice/echo", data={"a": "x" * (MAX_BODY_BYTES + 1)})
    assert too_large.status_code == 413


def test_without_the_console_errors_are_plain(world: World) -> None:
    answer = create_app(world.runtime, []).test_client().get("/nowhere")
    assert (answer.status_code, answer.text) == (404, "There is no such page.\n")


def test_https_is_insisted_on_where_it_is_spoken(world: World) -> None:
    from dataclasses import replace

    settings = world.runtime.settings.model_copy(update={"public_url": "https://line.example"})
    client = create_app(replace(world.runtime, settings=settings), []).test_client()
    assert "max-age=" in client.get("/health/live").headers["Strict-Transport-Security"]
