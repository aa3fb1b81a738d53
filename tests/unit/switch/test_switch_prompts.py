"""Caching of audio."""

import pytest
from aiohttp import web

from switch import tones
from switch.audio import NotAudioError, to_wav
from switch.webhook import new_jar

WAV = to_wav(tones.tone(440, seconds=0.2))


async def fetches(b, headers: dict[str, str], times: int = 3) -> list[str | None]:
    """If-None-Match of each request that was made."""

    def page(_: dict[str, str]) -> web.Response:
        asked = b.hooks.seen[-1]["headers"].get("If-None-Match")
        if asked is not None and asked == headers.get("ETag"):
            return web.Response(status=304, headers=headers)
        return web.Response(body=WAV, headers=headers, content_type="audio/wav")

    url = b.hooks.on("/a.wav", page)
    audio = [await b.exchange.prompts.get(url, "CA1", new_jar()) for _ in range(times)]
    assert set(audio) == {tones.tone(440, seconds=0.2)}
    return [seen["headers"].get("If-None-Match") for seen in b.hooks.at("/a.wav")]


async def test_without_headers_nothing_is_kept(bench) -> None:
    async with bench() as b:
        assert await fetches(b, {}) == [None] * 3


async def test_max_age_saves_requests(bench) -> None:
    async with bench() as b:
        assert await fetches(b, {"Cache-Control": "public, max-age=3600"}) == [None]


async def test_etag_is_asked_about(bench) -> None:
    async with bench() as b:
        assert await fetches(b, {"ETag": '"1"'}) == [None, '"1"', '"1"']


@pytest.mark.parametrize("control", ["no-store, max-age=60", "no-store"])
async def test_no_store_is_never_kept(bench, control: str) -> None:
    async with bench() as b:
        assert await fetches(b, {"Cache-Control": control, "ETag": '"1"'}) == [None] * 3


async def test_what_is_not_audio_is_refused(bench) -> None:
    async with bench() as b:
        url = b.hooks.on("/a.wav", "text")
        with pytest.raises(NotAudioError):
            await b.exchange.prompts.get(url, "CA1", new_jar())
