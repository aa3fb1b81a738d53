"""The content policy: our own and nothing else, the microphone only where it is asked for."""

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from console import content_policy


@pytest.fixture
def app() -> Flask:
    return Flask("test")


def directives(response: Response) -> dict[str, str]:
    policy = response.headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_nothing_is_loaded_from_elsewhere(app: Flask) -> None:
    with app.test_request_context():
        found = directives(content_policy.apply(Response()))
    assert found["default-src"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    for value in found.values():
        assert set(value.split()) <= {"'none'", "'self'", "blob:"}


def test_a_nonce_is_for_one_page_and_for_style_alone(app: Flask) -> None:
    nonces = set()
    for _ in range(2):
        with app.test_request_context():
            nonce = content_policy.nonce()
            assert nonce == content_policy.nonce()
            found = directives(content_policy.apply(Response()))
            assert found["style-src"] == f"'self' 'nonce-{nonce}'"
            assert found["script-src"] == "'self'"
            nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("asked", [False, True])
def test_the_microphone_is_for_the_page_that_asks(app: Flask, asked: bool) -> None:
    with app.test_request_context():
        if asked:
            content_policy.use_microphone()
        allowed = content_policy.apply(Response()).headers["Permissions-Policy"]
    assert ("microphone=(self)" in allowed) is asked
    assert "camera=()" in allowed
