"""<Play>, <Say>, <Pause>, <Redirect>, <Hangup>, <Reject>."""

import pytest

from switch import tones
from switch.calls import Status
from switch.errors import DocumentError
from switch.twiml import parse


@pytest.mark.parametrize(
    "xml",
    [
        '<Play loop="-1">/a.wav</Play>',
        "<Play><Say/></Play>",
        '<Pause length="long"/>',
        '<Redirect method="PATCH">/a</Redirect>',
        '<Reject reason="tired"/>',
        "<Hangup><Say/></Hangup>",
    ],
)
def test_wrong_values_are_errors(xml: str) -> None:
    with pytest.raises(DocumentError):
        parse(f"<Response>{xml}</Response>".encode(), "CA1")


async def heard(b, sid: str) -> bytes:
    call = b.exchange.calls[sid]
    number = call.far_number.replace("+", "%2B")
    return await b.control("GET", f"phones/{number}/heard.wav?call_sid={sid}")


async def test_play_is_heard_as_often_as_asked(bench) -> None:
    async with bench() as b:
        b.voice(f'<Play loop="3">{b.tone("/a.wav", 1)}</Play>')
        sid = await b.call()
        assert tones.tone_seconds(await heard(b, sid), 440) == pytest.approx(3, abs=0.2)


async def test_play_without_end_stops_with_the_call(bench) -> None:
    async with bench() as b:
        b.voice(f'<Play loop="0">{b.tone("/a.wav", 0.5)}</Play>')
        sid = await b.call({"hears_speech_s": 3, "hangup": True})
        assert (await b.event("played", sid))["ended"] == "interrupted"


async def test_relative_url_is_resolved_and_fragment_stripped(bench) -> None:
    async with bench() as b:
        b.tone("/sounds/a.wav", 0.2)
        b.hooks.on("/sounds/doc", "<Play>a.wav#rc=2</Play>")
        b.voice("<Redirect>sounds/doc</Redirect>")
        await b.call()
        assert b.events("playing")[0]["url"] == b.hooks.url + "/sounds/a.wav"


async def test_play_that_fails_is_skipped(bench) -> None:
    async with bench() as b:
        b.hooks.on("/page.wav", "not audio")
        good = b.tone("/good.wav", 0.2)
        b.voice(f"<Play>/missing.wav</Play><Play>/page.wav</Play><Play>{good}</Play>")
        await b.call()
        assert [e["code"] for e in b.events("error")] == [11200, 12300]
        assert [e["ended"] for e in b.events("played")] == ["completed"]


async def test_play_digits_are_tones(bench) -> None:
    async with bench() as b:
        b.voice('<Play digits="5w5"/>')
        sid = await b.call()
        assert tones.tone_seconds(await heard(b, sid), 770, share=0.3) >= 0.1


async def test_say_is_a_tone_and_a_warning(bench, caplog) -> None:
    async with bench() as b:
        b.voice('<Say voice="Polly.Joanna" language="en-US">A secret</Say>')
        sid = await b.call()
        assert "<Say>" in caplog.text
        assert "secret" not in caplog.text
        assert tones.tone_seconds(await heard(b, sid), 620) >= 0.4


async def test_pause_takes_its_time(bench) -> None:
    async with bench() as b:
        tone = b.tone("/a.wav", 0.2)
        b.voice(f'<Play>{tone}</Play><Pause length="4"/><Play>{tone}</Play>')
        await b.call()
        first, second = b.events("played")[0], b.events("playing")[1]
        assert second["at"] - first["at"] >= 4


async def test_pause_first_delays_answering(bench) -> None:
    async with bench() as b:
        b.voice('<Pause length="3"/><Hangup/>')
        call = b.exchange.calls[await b.call()]
        assert call.answered.at - call.started.at >= 3


async def test_redirect_leaves_the_document(bench) -> None:
    async with bench() as b:
        b.voice('<Redirect method="GET">/next?q=1</Redirect><Reject/>')
        b.hooks.on("/next", "<Hangup/>")
        await b.call()
        seen = b.hooks.at("/next")[0]
        assert seen["method"] == "GET"
        assert seen["params"]["q"] == "1"
        assert seen["params"]["CallStatus"] == "ringing"


async def test_empty_redirect_is_the_same_document(bench) -> None:
    async with bench() as b:
        count = []

        def page(_: dict[str, str]):
            count.append(1)
            return None if len(count) > 2 else _xml("<Redirect/>")

        b.voice(page)
        await b.call()
        assert len(b.hooks.at("/voice")) == 3


async def test_hangup_first_answers_before(bench) -> None:
    async with bench() as b:
        b.voice("<Hangup/>")
        sid = await b.call()
        assert b.exchange.calls[sid].answered is not None
        assert b.events("hangup", sid)[0]["by"] == "twiml"


@pytest.mark.parametrize(
    ("attributes", "status"), [("", Status.NO_ANSWER), ('reason="busy"', Status.BUSY)]
)
async def test_reject_never_answers(bench, attributes: str, status: Status) -> None:
    async with bench() as b:
        b.voice(f"<Reject {attributes}/>")
        call = b.exchange.calls[await b.call()]
        assert call.status == status
        assert call.answered is None


async def test_document_that_ends_ends_the_call(bench) -> None:
    async with bench() as b:
        b.voice("")
        assert b.exchange.calls[await b.call()].status == Status.COMPLETED


def _xml(inner: str):
    from aiohttp import web

    return web.Response(text=f"<Response>{inner}</Response>", content_type="text/xml")
