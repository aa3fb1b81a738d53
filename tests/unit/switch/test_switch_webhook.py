"""Webhooks on the wire: parameters, signatures, redirects, cookies, retries, limits."""

import asyncio

import pytest
from aiohttp import web

from switch.errors import DocumentError
from switch.signature import sign
from switch.webhook import Outgoing

FIELDS = {
    "CallSid",
    "AccountSid",
    "From",
    "To",
    "Caller",
    "Called",
    "CallStatus",
    "ApiVersion",
    "Direction",
}


async def test_request_of_a_document(bench) -> None:
    async with bench() as b:
        b.voice("<Hangup/>")
        sid = await b.call()
        seen = b.hooks.at("/voice")[0]
        assert set(seen["form"]) == FIELDS
        assert seen["form"]["CallSid"] == sid
        assert seen["form"]["CallStatus"] == "ringing"
        assert seen["form"]["Direction"] == "inbound"
        assert seen["headers"]["I-Twilio-Idempotency-Token"]
        expected = sign("12345", seen["url"], seen["form"].items())
        assert seen["headers"]["X-Twilio-Signature"] == expected


async def test_url_is_sent_as_it_is_written(bench) -> None:
    async with bench() as b:
        b.voice('<Redirect method="GET">/a%2Fb?u=http%3A%2F%2Fx&amp;n=%C3%A9#rc=0</Redirect>')
        await b.call()
        seen = b.hooks.seen[-1]
        assert seen["url"].startswith(b.hooks.url + "/a%2Fb?u=http%3A%2F%2Fx&n=%C3%A9&CallSid=")
        assert seen["headers"]["X-Twilio-Signature"] == sign("12345", seen["url"])


async def test_cookies_belong_to_a_call(bench) -> None:
    async with bench() as b:

        def page(params: dict[str, str]) -> web.Response:
            done = "Digits" in params
            text = "<Response/>" if done else '<Response><Gather numDigits="1"/></Response>'
            answer = web.Response(text=text, content_type="text/xml")
            answer.set_cookie("session", "s1")
            return answer

        b.voice(page)
        await b.call({"after_s": 0.5, "press": "1"})
        await b.call({"after_s": 0.5, "press": "1"})
        cookies = [seen["headers"].get("Cookie") for seen in b.hooks.at("/voice")]
        assert cookies == [None, "session=s1"] * 2


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST")])
async def test_redirects_are_followed(bench, status: int, method: str) -> None:
    async with bench() as b:
        b.voice(lambda _: web.Response(status=status, headers={"Location": "/moved?x=1"}))
        b.hooks.on("/moved", "<Hangup/>")
        await b.call()
        seen = b.hooks.at("/moved")[0]
        assert seen["method"] == method
        expected = sign("12345", seen["url"], seen["form"].items())
        assert seen["headers"]["X-Twilio-Signature"] == expected


async def test_relative_urls_follow_the_redirect(bench) -> None:
    async with bench() as b:
        b.voice(lambda _: web.Response(status=302, headers={"Location": "/deep/doc"}))
        b.hooks.on("/deep/doc", "<Redirect>next</Redirect>")
        b.hooks.on("/deep/next", "<Hangup/>")
        await b.call()
        assert b.hooks.at("/deep/next")


async def failure(b, page, fragment: str = "") -> int:
    """Code of the error that a page leads to."""
    url = b.hooks.on("/page", page) + fragment
    with pytest.raises(DocumentError) as caught:
        await b.exchange.client.fetch(Outgoing(url))
    return caught.value.code


async def test_endless_redirects(bench) -> None:
    async with bench() as b:
        page = web.Response
        code = await failure(b, lambda _: page(status=302, headers={"Location": "/page"}))
        assert code == 11215
        assert len(b.hooks.at("/page")) == 11


async def test_too_large(bench) -> None:
    async with bench() as b:
        assert await failure(b, lambda _: web.Response(text="x" * 65537)) == 11750


@pytest.mark.parametrize("url", ["", "/relative", "ftp://h/", "http://"])
async def test_bad_url(bench, url: str) -> None:
    async with bench() as b:
        with pytest.raises(DocumentError) as caught:
            await b.exchange.client.fetch(Outgoing(url))
        assert caught.value.code == 11100


@pytest.mark.parametrize(
    ("fragment", "status", "tries"),
    [
        ("", 500, 1),
        ("#rp=5xx", 500, 2),
        ("#rp=5xx&rc=3", 500, 4),
        ("#rp=5xx&rc=3", 404, 1),
        ("#rp=4xx&rc=2", 404, 3),
        ("#rp=all&rc=0", 500, 1),
    ],
)
async def test_retries_as_the_fragment_says(bench, fragment, status, tries) -> None:
    async with bench() as b:
        assert await failure(b, lambda _: web.Response(status=status), fragment) == 11200
        assert len(b.hooks.at("/page")) == tries
        tokens = {s["headers"]["I-Twilio-Idempotency-Token"] for s in b.hooks.at("/page")}
        assert len(tokens) == 1


async def test_slow_answers(bench) -> None:
    async with bench() as b:

        async def slow(_: dict[str, str]) -> str:
            await asyncio.Event().wait()
            return ""

        assert await failure(b, slow, "#rt=100&rp=rt&rc=2") == 11200
        assert len(b.hooks.at("/page")) == 3
        assert await failure(b, slow, "#tt=100") == 11200


async def test_nobody_listens(bench) -> None:
    async with bench() as b:
        port = b.hooks.url.rpartition(":")[2]
        await b._runner.cleanup()
        with pytest.raises(DocumentError) as caught:
            await b.exchange.client.fetch(Outgoing(f"http://127.0.0.1:{port}/"))
        assert caught.value.code == 11200


async def test_basic_credentials_are_sent_when_asked_for(bench) -> None:
    async with bench() as b:
        b.hooks.on("/page", lambda _: web.Response(status=401))
        url = b.hooks.url.replace("http://", "http://me:secret@") + "/page"
        with pytest.raises(DocumentError):
            await b.exchange.client.fetch(Outgoing(url))
        sent = [seen["headers"].get("Authorization") for seen in b.hooks.at("/page")]
        assert sent == [None, "Basic bWU6c2VjcmV0"]


async def test_journal_and_log_keep_paths_only(bench, caplog) -> None:
    async with bench() as b:
        b.voice("<Redirect>/missing?secret=1</Redirect>")
        sid = await b.call()
        webhooks = b.events("webhook", sid)
        assert [(w["path"], w["status"]) for w in webhooks[:2]] == [
            ("/voice", 200),
            ("/missing", 404),
        ]
        assert "secret" not in caplog.text + str(b.exchange.journal.entries)
