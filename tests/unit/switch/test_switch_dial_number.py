"""<Dial> of numbers: screening, outcomes, bridging."""

import pytest

from switch import tones
from switch.calls import Direction
from switch.errors import DocumentError
from switch.twiml import parse
from switch.verbs.dial import Dial

ONE, TWO = "+15550100002", "+15550100003"
STAY = {"after_s": 1000, "hangup": True, "timeout_s": 2000}


def dial(attributes: str, inner: str) -> Dial:
    xml = f"<Response><Dial {attributes}>{inner}</Dial></Response>".encode()
    verb = parse(xml, "CA1")[0]
    assert isinstance(verb, Dial)
    return verb


def test_text_is_a_number() -> None:
    verb = dial("", " +15550100002 ")
    assert verb.numbers[0].number == ONE
    assert (verb.options.timeout, verb.options.time_limit, verb.action) == (30, 14400, None)


@pytest.mark.parametrize(
    ("attributes", "inner"),
    [
        ("", ""),
        ("", "<Sim>q</Sim>"),
        ("", "<Number>1</Number><Conference>c</Conference>"),
        ("", "<Number>1</Number>" * 11),
        ('timeout="0"', "1"),
        ('timeout="601"', "1"),
        ("", '<Number statusCallbackEvent="later">1</Number>'),
    ],
)
def test_wrong_values_are_errors(attributes: str, inner: str) -> None:
    with pytest.raises(DocumentError):
        dial(attributes, inner)


async def outcome(b, inner: str, *steps, attributes: str = "") -> dict[str, str]:
    """What the action was told."""
    b.voice(f'<Dial action="/action" callerId="+15550100911" {attributes}>{inner}</Dial>')
    b.hooks.on("/action", "<Hangup/>")
    await b.call(*steps)
    return (await b.hooks.wait("/action"))["params"]


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ({"answer": "never"}, "no-answer"),
        ({"answer": "busy"}, "busy"),
        ({"answer": "decline"}, "busy"),
        ({"answer": {"after_s": 30}}, "no-answer"),
    ],
)
async def test_nobody_answers(bench, script, status: str) -> None:
    async with bench() as b:
        b.phone(ONE, **script)
        told = await outcome(b, f"<Number>{ONE}</Number>", attributes='timeout="5"')
        assert told["DialCallStatus"] == status
        child = b.exchange.calls[told["DialCallSid"]]
        assert child.direction is Direction.OUTBOUND_DIAL
        assert "DialBridged" not in told


async def test_unknown_number_fails(bench) -> None:
    async with bench() as b:
        assert (await outcome(b, ONE))["DialCallStatus"] == "failed"


async def test_bridge_carries_sound_both_ways_until_one_hangs_up(bench) -> None:
    async with bench() as b:
        b.phone(
            ONE,
            {"bridged": True, "say_tone": {"hz": 1500, "seconds": 2}},
            {"hears_speech_s": 1.5, "hangup": True},
        )
        speak = {"bridged": True, "say_tone": {"hz": 700, "seconds": 2}}
        told = await outcome(b, f"<Number>{ONE}</Number>", speak)
        assert told["DialCallStatus"] == "completed"
        assert told["DialBridged"] == "true"
        assert int(told["DialCallDuration"]) >= 2
        caller = await b.control("GET", "phones/%2B15550100001/heard.wav")
        callee = await b.control("GET", "phones/%2B15550100002/heard.wav")
        assert tones.tone_seconds(caller, 1500) >= 1.5
        assert tones.tone_seconds(callee, 700) >= 1.3
        assert tones.tone_seconds(caller, 700) == 0
        child = b.exchange.calls[told["DialCallSid"]]
        assert child.from_number == "+15550100911"


async def test_caller_hears_ringing_until_the_bridge(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer="never")
        await outcome(b, ONE, attributes='timeout="5"')
        caller = await b.control("GET", "phones/%2B15550100001/heard.wav")
        assert tones.tone_seconds(caller, 440, share=0.3) >= 1.5


SCREEN = '<Number url="/screen">+15550100002</Number>'


async def test_screening_bridges_when_its_document_ends(bench) -> None:
    async with bench() as b:
        b.hooks.on("/screen", '<Gather numDigits="1" action="/pressed"/><Hangup/>')
        b.hooks.on("/pressed", "")
        b.phone(ONE, {"after_s": 1, "press": "1"}, {"bridged": True, "hangup": True})
        told = await outcome(b, SCREEN)
        assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "true")
        screened = b.hooks.at("/screen")[0]["params"]
        assert screened["ParentCallSid"] == told["CallSid"]
        assert screened["CallSid"] == told["DialCallSid"]
        assert b.hooks.at("/pressed")[0]["params"]["Digits"] == "1"


async def test_screening_that_hangs_up_is_completed_but_never_bridged(bench) -> None:
    async with bench() as b:
        b.hooks.on("/screen", '<Gather numDigits="1" timeout="2" action="/no"/><Hangup/>')
        b.phone(ONE)
        told = await outcome(b, SCREEN)
        assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "false")
        assert not b.events("bridged")


async def test_callee_hanging_up_during_screening_is_completed(bench) -> None:
    async with bench() as b:
        b.hooks.on("/screen", '<Gather action="/no"/><Hangup/>')
        b.phone(ONE, {"after_s": 1, "hangup": True})
        told = await outcome(b, SCREEN)
        assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "false")


async def test_screening_may_not_dial(bench) -> None:
    async with bench() as b:
        b.hooks.on("/screen", "<Dial>+15550100003</Dial>")
        b.phone(ONE)
        told = await outcome(b, SCREEN)
        assert told["DialBridged"] == "false"
        assert 12200 in {e["code"] for e in b.events("error")}


async def test_caller_who_hangs_up_stops_the_ringing(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer="never")
        told = await outcome(b, ONE, {"after_s": 2, "hangup": True})
        assert told["DialCallStatus"] == "canceled"
        assert told["CallStatus"] == "completed"
        assert b.exchange.calls[told["DialCallSid"]].status == "canceled"


async def test_caller_who_hangs_up_ends_the_bridged_leg(bench) -> None:
    async with bench() as b:
        b.phone(ONE, STAY)
        told = await outcome(b, ONE, {"bridged": True, "hangup": True})
        child = await b.over(told["DialCallSid"])
        assert (child.status, told["DialCallStatus"]) == ("completed", "completed")


async def test_first_to_answer_wins_and_the_others_stop_ringing(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer={"after_s": 6})
        b.phone(TWO, {"bridged": True, "hangup": True}, answer={"after_s": 2})
        told = await outcome(b, f"<Number>{ONE}</Number><Number>{TWO}</Number>")
        assert b.exchange.calls[told["DialCallSid"]].to_number == TWO
        other = next(c for c in b.exchange.calls.values() if c.to_number == ONE)
        assert other.status == "canceled"


async def test_sequential_goes_on_until_someone_answers(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer="busy")
        b.phone(TWO, {"bridged": True, "hangup": True})
        numbers = f"<Number>{ONE}</Number><Number>{TWO}</Number>"
        told = await outcome(b, numbers, attributes='sequential="true"')
        assert told["DialCallStatus"] == "completed"


async def test_without_action_the_next_verb_runs(bench) -> None:
    async with bench() as b:
        b.voice(f'<Dial timeout="2">{ONE}</Dial><Redirect>/next</Redirect>')
        b.hooks.on("/next", "<Hangup/>")
        b.phone(ONE, answer="never")
        await b.call()
        await b.hooks.wait("/next")


async def test_star_and_time_limit_end_the_bridge(bench) -> None:
    async with bench() as b:
        b.phone(ONE, STAY)
        star = {"bridged": True, "press": "5*"}
        assert (await outcome(b, ONE, star, attributes='hangupOnStar="true"'))["DialBridged"]
        await outcome(b, ONE, attributes='timeLimit="2"')
        assert len(b.events("bridge_left")) == 4


async def test_status_callback_of_a_number(bench) -> None:
    async with bench() as b:
        b.hooks.on("/leg", "")
        b.phone(ONE, {"bridged": True, "hangup": True})
        events = "initiated ringing answered completed"
        number = f'<Number statusCallback="/leg" statusCallbackEvent="{events}">{ONE}</Number>'
        told = await outcome(b, number)
        await b.hooks.wait("/leg", 4)
        legs = sorted((e["params"] for e in b.hooks.at("/leg")), key=lambda p: p["SequenceNumber"])
        assert [leg["CallStatus"] for leg in legs] == [
            "initiated",
            "ringing",
            "in-progress",
            "completed",
        ]
        assert {leg["ParentCallSid"] for leg in legs} == {told["CallSid"]}


async def test_answer_on_bridge_keeps_the_caller_ringing(bench) -> None:
    async with bench() as b:
        b.phone(ONE, {"bridged": True, "hangup": True}, answer={"after_s": 4})
        told = await outcome(b, ONE, attributes='answerOnBridge="true"')
        call = b.exchange.calls[told["CallSid"]]
        assert call.answered.at - call.started.at >= 4


async def test_update_of_the_caller_tells_the_action_and_ignores_its_document(bench) -> None:
    async with bench() as b:
        b.hooks.on("/elsewhere", "<Hangup/>")
        b.hooks.on("/ignored", "")
        b.hooks.on("/action", "<Redirect>/ignored</Redirect>")
        b.voice(f'<Dial action="/action">{ONE}</Dial>')
        b.phone(ONE, STAY)
        sid = await b.dial()
        await b.event("bridged", sid)
        await b.rest("POST", f"Calls/{sid}.json", {"Url": b.hooks.url + "/elsewhere"})
        await b.over(sid)
        assert b.hooks.at("/action")
        assert b.hooks.at("/elsewhere")
        assert not b.hooks.at("/ignored")


async def test_update_of_the_callee_frees_the_caller(bench) -> None:
    async with bench() as b:
        b.voice(f'<Dial action="/action">{ONE}</Dial>')
        b.hooks.on("/action", '<Pause length="1"/><Hangup/>')
        b.hooks.on("/elsewhere", '<Pause length="600"/>')
        b.phone(ONE, STAY)
        sid = await b.dial()
        await b.event("bridged", sid)
        child = next(c for c in b.exchange.calls.values() if c.to_number == ONE)
        await b.rest("POST", f"Calls/{child.sid}.json", {"Url": b.hooks.url + "/elsewhere"})
        await b.over(sid)
        assert b.hooks.at("/action")
        await b.hooks.wait("/elsewhere")
        assert child.live
