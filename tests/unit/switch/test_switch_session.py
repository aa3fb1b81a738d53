"""The interpreter: content types, errors and fallback, updates from outside."""

import pytest
from aiohttp import web

from switch import tones
from switch.audio import to_wav
from switch.calls import Status
from switch.errors import DocumentError
from switch.twiml import parse, read
from switch.verbs.say import Say

ONE = "+15550100002"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 12100),
        (b"<Response>", 12100),
        (b"<response/>", 12100),
        (b"<!DOCTYPE x><Response/>", 12100),
        ("<!DOCTYPE x><Response/>".encode("utf-16"), 12100),
        (b"<Response><play/></Response>", 12200),
        (b"<Response><Enqueue/></Response>", 12200),
    ],
)
def test_documents_that_cannot_be_executed(body: bytes, code: int) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(body, "CA1")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "encoding", ["cp037", "cp500", "utf-7", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_no_encoding_hides_a_document_type(encoding: str) -> None:
    """What is refused by its bytes must not be readable by other ones: its entities expand."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    document = '<!DOCTYPE r [<!ENTITY e "Say">]><Response>&e;</Response>'
    for body in (
        document.encode(encoding),
        (declared + document).encode(encoding),
        declared.encode() + document.encode(encoding),
    ):
        with pytest.raises(DocumentError):
            parse(body, "CA1")


def test_comments_and_declarations_are_fine() -> None:
    body = '<?xml version="1.0" encoding="UTF-8"?><Response><!-- é --><Say>é</Say></Response>'
    assert parse(body.encode(), "CA1") == [Say()]


@pytest.mark.parametrize("kind", ["text/xml", "application/xml", "text/html", "text/plain"])
def test_content_types_of_documents(kind: str) -> None:
    assert read(b"<Response><Say/></Response>", kind, "CA1") == [Say()]


def test_plain_text_is_read_aloud_and_other_types_are_errors(caplog) -> None:
    assert read(b"Forbidden", "text/plain", "CA1") == [Say()]
    assert "Forbidden" not in caplog.text
    with pytest.raises(DocumentError) as caught:
        read(b"{}", "application/json", "CA1")
    assert caught.value.code == 12300


async def test_audio_answer_is_played_and_ends_the_call(bench) -> None:
    async with bench() as b:
        b.voice(to_wav(tones.tone(440, seconds=1)))
        sid = await b.call()
        assert b.exchange.calls[sid].status == Status.COMPLETED
        heard = await b.control("GET", "phones/%2B15550100001/heard.wav")
        assert tones.tone_seconds(heard, 440) >= 0.8


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (lambda _: web.Response(status=500), "11200"),
        ("<Unheard/>", "12200"),
        (lambda _: web.json_response({}), "12300"),
    ],
)
async def test_fallback_takes_over(bench, page, code: str) -> None:
    async with bench() as b:
        b.exchange.number.fallback_url = b.hooks.on("/fallback", "<Hangup/>")
        b.voice(page)
        await b.call()
        told = b.hooks.at("/fallback")[0]["params"]
        assert told["ErrorCode"] == code
        assert told["ErrorUrl"] == b.hooks.url + "/voice"


async def test_fallback_comes_later_in_a_call_too_and_can_go_on(bench) -> None:
    async with bench() as b:
        b.exchange.number.fallback_url = b.hooks.on("/fallback", "<Redirect>/again</Redirect>")
        b.voice("<Redirect>/missing</Redirect>")
        b.hooks.on("/again", "<Hangup/>")
        await b.call()
        assert b.hooks.at("/again")


@pytest.mark.parametrize("with_fallback", [False, True])
async def test_without_help_the_caller_hears_a_tone_and_the_call_ends(bench, with_fallback) -> None:
    async with bench() as b:
        if with_fallback:
            b.exchange.number.fallback_url = b.hooks.url + "/missing"
        b.hooks.pages.pop("/voice", None)
        sid = await b.call()
        assert b.exchange.calls[sid].status == Status.COMPLETED
        heard = await b.control("GET", "phones/%2B15550100001/heard.wav")
        assert tones.tone_seconds(heard, 480, share=0.3) >= 0.5
        assert len(b.hooks.at("/missing")) == int(with_fallback)


async def test_update_replaces_the_running_document(bench) -> None:
    async with bench() as b:
        b.voice('<Gather timeout="600"><Pause length="600"/></Gather>')
        b.hooks.on("/new", "<Hangup/>")
        sid = await b.dial()
        await b.event("answered", sid)
        status, _ = await b.rest("POST", f"Calls/{sid}.json", {"Url": b.hooks.url + "/new"})
        assert status == 200
        await b.over(sid)
        assert b.hooks.at("/new")[0]["params"]["CallStatus"] == "in-progress"


async def test_update_with_inline_document(bench) -> None:
    async with bench() as b:
        b.voice('<Pause length="1"/><Gather timeout="600"/>')
        sid = await b.dial()
        await b.event("answered", sid)
        url = b.tone("/inline.wav", 0.5)
        twiml = f"<Response><Play>{url}</Play></Response>"
        await b.rest("POST", f"Calls/{sid}.json", {"Twiml": twiml})
        await b.over(sid)
        assert b.events("played", sid)[0]["ended"] == "completed"


async def test_completed_by_rest_ends_at_once(bench) -> None:
    async with bench() as b:
        b.voice('<Gather timeout="600"/>')
        sid = await b.dial()
        await b.event("answered", sid)
        await b.rest("POST", f"Calls/{sid}.json", {"Status": "completed"})
        assert b.exchange.calls[sid].cause == "completed by rest"


async def test_time_limit_ends_a_call(bench) -> None:
    async with bench() as b:
        b.phone(ONE)
        sid = await b.place(Twiml='<Response><Pause length="600"/></Response>', TimeLimit="3")
        call = await b.over(sid)
        assert (call.cause, call.duration_s) == ("completed by timeout", 3)


async def test_number_level_status_callback(bench) -> None:
    async with bench() as b:
        b.exchange.number.status_callback = b.hooks.on("/status", "")
        b.voice('<Say/><Pause length="2"/>')
        await b.call()
        told = (await b.hooks.wait("/status"))["params"]
        assert told["CallStatus"] == "completed"
        assert int(told["CallDuration"]) >= 2
        assert told["Duration"] == "1"
        assert told["SequenceNumber"] == "0"


async def test_caller_who_gives_up_before_the_answer_is_canceled(bench) -> None:
    async with bench() as b:
        b.voice('<Pause length="600"/>')
        sid = await b.dial()
        await b.hooks.wait("/voice")
        await b.control("POST", f"calls/{sid}/hangup")
        assert b.exchange.calls[sid].status == Status.CANCELED


async def test_stopping_hangs_up_everything(bench) -> None:
    async with bench() as b:
        b.exchange.number.status_callback = b.hooks.on("/status", "")
        b.voice('<Gather timeout="600"/>')
        b.phone(ONE, answer="never")
        sid = await b.dial()
        ringing = await b.place(Twiml="<Response/>")
        await b.event("answered", sid)
        await b.event("ringing", ringing)
        await b.exchange.stop()
        assert b.exchange.calls[sid].status == Status.COMPLETED
        assert b.exchange.calls[ringing].status == Status.CANCELED
        assert b.hooks.at("/status")
