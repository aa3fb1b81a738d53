"""Prompts over HTTP: kept for ever under their hash, and never a way into the machine."""

import io
import wave
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.unit.ivr.leg import Leg


def test_every_prompt_a_caller_hears_can_be_fetched(leg: Callable[[], Leg]) -> None:
    caller = leg().arrive()
    for play in caller.step.iter("Play"):
        response = caller.client.get(urlsplit(play.text or "").path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        with wave.open(io.BytesIO(response.data)) as file:
            parameters = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            assert parameters == (1, 2, 8000)
            assert file.getnframes() > 2000


def test_a_prompt_that_has_not_changed_is_not_sent_again(leg: Callable[[], Leg]) -> None:
    caller = leg().arrive()
    path = urlsplit(next(caller.step.iter("Play")).text or "").path
    tag = caller.client.get(path).headers["ETag"]
    assert caller.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_an_outdated_hash_gives_the_present_sound_but_is_not_kept(client: FlaskClient) -> None:
    response = client.get(f"/voice/prompts/en/danger.{'0' * 16}.wav")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "en/nothing.0123456789abcdef.wav",
        "xx/danger.0123456789abcdef.wav",
        "en/danger.wav",
        "en/..%2F..%2Fkeys",
        "..%2Fen/danger.0123456789abcdef.wav",
    ],
)
def test_anything_else_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(f"/voice/prompts/{path}").status_code == 404
