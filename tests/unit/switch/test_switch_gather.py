"""<Gather>: keys, prompts, timeouts."""

import pytest

from switch.errors import DocumentError
from switch.twiml import parse
from switch.verbs.gather import Gather, Keys


def gather(attributes: str, inner: str = "") -> Gather:
    xml = f"<Response><Gather {attributes}>{inner}</Gather></Response>".encode()
    verb = parse(xml, "CA1")[0]
    assert isinstance(verb, Gather)
    return verb


def test_defaults_are_twilios() -> None:
    assert gather("") == Gather(None, "POST", 5, None, "#", False, ())


@pytest.mark.parametrize(
    "attributes",
    ['timeout="x"', 'numDigits="0"', 'finishOnKey="12"', 'input="speech"', 'method="PUT"'],
)
def test_wrong_values_are_errors(attributes: str) -> None:
    with pytest.raises(DocumentError):
        gather(attributes)


def test_only_prompts_may_stand_inside() -> None:
    with pytest.raises(DocumentError):
        gather("", "<Hangup/>")


def test_speech_attributes_are_accepted_without_effect(caplog) -> None:
    gather('input="dtmf speech" language="es-MX" bogus="1"')
    assert "language of <Gather> has no effect" in caplog.text
    assert "bogus of <Gather> is unknown" in caplog.text


@pytest.mark.parametrize(
    ("wanted", "finish", "pressed", "digits", "complete"),
    [
        (1, "#", "12", "1", True),
        (4, "#", "12", "12", False),
        (None, "#", "12#3", "12", True),
        (None, "*", "1#*", "1#", True),
        (None, "", "1#", "1#", False),
        (1, "#", "#", "", True),
    ],
)
def test_keys(wanted, finish, pressed, digits, complete) -> None:
    keys = Keys(wanted, finish)
    for digit in pressed:
        keys.press(digit)
    assert (keys.digits, keys.complete.is_set()) == (digits, complete)


async def run(b, gather_twiml: str, *steps) -> str | None:
    """Digits that the action was told; None when it was not requested."""
    b.voice(gather_twiml + "<Redirect>/fell-through</Redirect>")
    b.hooks.on("/fell-through", "<Hangup/>")
    b.hooks.on("/action", "<Hangup/>")
    await b.call(*steps)
    seen = b.hooks.at("/action")
    assert bool(seen) != bool(b.hooks.at("/fell-through"))
    return seen[0]["params"]["Digits"] if seen else None


async def test_key_stops_the_prompt(bench) -> None:
    async with bench() as b:
        prompt = b.tone("/prompt.wav", seconds=10)
        twiml = f'<Gather action="/action" numDigits="1"><Play>{prompt}</Play></Gather>'
        assert await run(b, twiml, {"hears_speech_s": 1, "press": "3"}) == "3"
        played = b.events("played")[0]
        assert played["ended"] == "interrupted"
        assert 1 <= played["at"] - b.events("playing")[0]["at"] < 5


async def test_several_keys_until_the_finish_key(bench) -> None:
    async with bench() as b:
        assert (
            await run(b, '<Gather action="/action"/>', {"after_s": 1, "press": "1234#"}) == "1234"
        )


async def test_silence_falls_through_after_timeout_from_the_prompts_end(bench) -> None:
    async with bench() as b:
        prompt = b.tone("/prompt.wav", seconds=1)
        twiml = f'<Gather action="/action" timeout="3"><Play>{prompt}</Play></Gather>'
        assert await run(b, twiml) is None
        gathered, played = b.events("gathered")[0], b.events("played")[0]
        assert gathered["at"] - played["at"] >= 3


async def test_timeout_counts_anew_from_every_key(bench) -> None:
    async with bench() as b:
        steps = [{"after_s": 1.5, "press": "1"}, {"after_s": 1.5, "press": "2"}]
        assert await run(b, '<Gather action="/action" timeout="2"/>', *steps) == "12"


async def test_empty_result_goes_to_the_action_when_asked(bench) -> None:
    async with bench() as b:
        twiml = '<Gather action="/action" timeout="1" actionOnEmptyResult="true"/>'
        assert await run(b, twiml) == ""


async def test_finish_key_alone_is_empty(bench) -> None:
    async with bench() as b:
        assert await run(b, '<Gather action="/action"/>', {"after_s": 1, "press": "#"}) is None


async def test_without_action_the_document_itself_is_requested(bench) -> None:
    async with bench() as b:
        pages = iter(['<Gather numDigits="1"/>', "<Hangup/>"])
        b.voice(lambda params: _text(next(pages)))
        await b.call({"after_s": 1, "press": "7"})
        assert [seen["params"].get("Digits") for seen in b.hooks.at("/voice")] == [None, "7"]


async def test_several_prompts_play_in_order(bench) -> None:
    async with bench() as b:
        one, two = b.tone("/one.wav", 0.5), b.tone("/two.wav", 0.5)
        twiml = (
            '<Gather action="/action" timeout="1">'
            f"<Play>{one}</Play><Pause length='2'/><Play>{two}</Play></Gather>"
        )
        assert await run(b, twiml, {"played": "two.wav", "press": "1#"}) == "1"
        first, second = b.events("playing")
        assert second["at"] - first["at"] >= 2.5


async def test_caller_who_hangs_up_is_not_reported(bench) -> None:
    async with bench() as b:
        b.voice('<Gather action="/action" actionOnEmptyResult="true"/>')
        sid = await b.call({"after_s": 1, "hangup": True})
        assert b.events("hangup", sid)[0]["by"] == "phone"
        await b.exchange.clock.sleep(6)
        assert not b.hooks.at("/action")


def _text(inner: str):
    from aiohttp import web

    return web.Response(text=f"<Response>{inner}</Response>", content_type="text/xml")
