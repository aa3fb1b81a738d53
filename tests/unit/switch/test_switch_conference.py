"""<Conference>: waiting, starting, leaving, ending."""

import pytest

from switch import tones
from switch.errors import DocumentError
from switch.twiml import parse

ONE, TWO = "+15550100002", "+15550100003"


def room(attributes: str = "", dial: str = "") -> str:
    return (
        f'<Dial action="/after" {dial}><Conference beep="false" {attributes}>r1</Conference></Dial>'
    )


@pytest.mark.parametrize(
    "xml",
    [
        "<Conference/>",
        '<Conference maxParticipants="1">r</Conference>',
        '<Conference startConferenceOnEnter="maybe">r</Conference>',
        '<Conference statusCallbackEvent="never">r</Conference>',
    ],
)
def test_wrong_values_are_errors(xml: str) -> None:
    with pytest.raises(DocumentError):
        parse(f"<Response><Dial>{xml}</Dial></Response>".encode(), "CA1")


async def counselor(b, attributes: str = "", *steps, number: str = ONE, dial: str = "") -> str:
    """A called phone that joins the room."""
    b.phone(number, *steps)
    b.hooks.on("/join" + number, room(attributes, dial))
    return await b.place(to=number, Url=f"{b.hooks.url}/join{number}")


async def test_sound_passes_both_ways_once_it_starts(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "<Hangup/>")
        b.voice(room('startConferenceOnEnter="false" waitUrl=""'))
        caller = await b.dial(
            {"bridged": True, "say_tone": {"hz": 700, "seconds": 2}},
            {"hears_speech_s": 1.5, "hangup": True},
        )
        await b.event("bridge_joined", caller)
        assert not b.events("bridged")
        callee = await counselor(
            b,
            'endConferenceOnExit="true"',
            {"bridged": True, "say_tone": {"hz": 1500, "seconds": 2}},
        )
        await b.over(caller)
        first = await b.control("GET", "phones/%2B15550100001/heard.wav")
        second = await b.control("GET", "phones/%2B15550100002/heard.wav")
        assert tones.tone_seconds(first, 1500) >= 1.3
        assert tones.tone_seconds(second, 700) >= 1.3
        assert tones.tone_seconds(first, 700) == 0
        await b.rest("POST", f"Calls/{callee}.json", {"Status": "completed"})
        await b.over(callee)
        after = (await b.hooks.wait("/after"))["params"]
        assert after["DialCallStatus"] == "answered"
        assert "DialCallSid" not in after


async def test_the_one_who_ends_it_ends_it_for_all(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", '<Pause length="1"/><Hangup/>')
        b.voice(room('waitUrl=""'))
        caller = await b.dial()
        await counselor(b, 'endConferenceOnExit="true"', {"bridged": True, "hangup": True})
        call = await b.over(caller)
        assert call.cause == "completed by twiml"
        assert {e["params"]["DialCallStatus"] for e in b.hooks.at("/after")} == {"answered"}


async def test_nobody_starts_it(bench) -> None:
    async with bench() as b:
        b.voice(room('startConferenceOnEnter="false" waitUrl=""'))
        await b.dial()
        callee = await counselor(b, 'startConferenceOnEnter="false" waitUrl=""')
        await b.event("bridge_joined", callee)
        assert not b.events("bridged")


async def test_wait_document_loops_by_redirect_and_stops_at_the_start(bench) -> None:
    async with bench() as b:
        music = b.tone("/music.wav", 1)
        b.hooks.on("/wait", f'<Play>{music}</Play><Pause length="1"/><Redirect/>')
        b.voice(room('waitUrl="/wait"'))
        caller = await b.dial()
        await b.hooks.wait("/wait", 3)
        await counselor(b, "", {"bridged": True, "say_tone": {"hz": 1500, "seconds": 3}})
        await b.event("said")
        await b.exchange.clock.sleep(4)
        requests = len(b.hooks.at("/wait"))
        await b.exchange.clock.sleep(4)
        assert len(b.hooks.at("/wait")) == requests
        heard = await b.control("GET", f"phones/%2B15550100001/heard.wav?call_sid={caller}")
        assert tones.tone_seconds(heard, 1500) >= 2.5


async def test_wait_document_that_fails_drops_to_the_action(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "<Hangup/>")
        b.voice(room('waitUrl="/missing"'))
        await b.call()
        assert b.hooks.at("/after")


async def test_wait_document_may_not_gather(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "<Hangup/>")
        b.hooks.on("/wait", "<Gather/>")
        b.voice(room('waitUrl="/wait"'))
        await b.call()
        assert b.events("error")[0]["code"] == 12200


async def test_music_without_wait_url_and_silence_with_an_empty_one(bench) -> None:
    async with bench() as b:
        b.voice(room())
        sid = await b.dial({"hears_speech_s": 1, "hangup": True})
        await b.over(sid)
        b.voice(room('waitUrl=""'))
        sid = await b.call({"after_s": 3, "hangup": True})
        assert not b.events("cue_timeout")


async def test_star_leaves_and_other_keys_are_ignored(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "<Hangup/>")
        b.voice(room('waitUrl=""', 'hangupOnStar="true"'))
        sid = await b.dial({"after_s": 1, "press": "123"}, {"after_s": 1, "press": "*"})
        await b.over(sid)
        assert len(b.events("key", sid)) == 4
        assert b.hooks.at("/after")[0]["params"]["DialCallStatus"] == "answered"


async def test_update_pulls_a_caller_out_and_the_other_stays(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "")
        b.hooks.on("/elsewhere", '<Pause length="2"/><Hangup/>')
        b.voice(room('waitUrl=""'))
        caller = await b.dial()
        callee = await counselor(b)
        await b.event("bridged", callee)
        await b.rest("POST", f"Calls/{caller}.json", {"Url": b.hooks.url + "/elsewhere"})
        await b.over(caller)
        assert b.events("bridge_left", caller)
        assert b.exchange.calls[callee].live


async def test_time_limit_and_full_room(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "<Hangup/>")
        b.voice(room('waitUrl="" maxParticipants="2"'))
        first = await b.dial()
        second = await counselor(b, 'waitUrl=""', dial='timeLimit="3"')
        await b.event("bridged", second)
        third = await counselor(b, 'maxParticipants="2"', number=TWO)
        await b.over(third)
        told = [e["params"] for e in b.hooks.at("/after") if e["params"]["CallSid"] == third]
        assert told[0]["DialCallStatus"] == "failed"
        await b.over(second)
        assert b.exchange.calls[first].live


async def test_callbacks_of_the_first_participant(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "<Hangup/>")
        b.hooks.on("/conference", "")
        events = 'statusCallback="/conference" statusCallbackEvent="start end join leave"'
        b.voice(room(f'waitUrl="" {events}'))
        caller = await b.dial()
        await b.hooks.wait("/conference")
        callee = await counselor(b, "", {"bridged": True, "wait_s": 1})
        await b.event("cue", callee)
        await b.control("POST", f"calls/{callee}/hangup")
        await b.control("POST", f"calls/{caller}/hangup")
        await b.hooks.wait("/conference", 6)
        seen = sorted((e["params"] for e in b.hooks.at("/conference")), key=_number)
        assert [each["StatusCallbackEvent"] for each in seen] == [
            "participant-join",
            "participant-join",
            "conference-start",
            "participant-leave",
            "participant-leave",
            "conference-end",
        ]
        assert seen[-1]["ReasonConferenceEnded"] == "last-participant-left"
        assert {each["FriendlyName"] for each in seen} == {"r1"}


async def test_rest_lists_and_ends_conferences(bench) -> None:
    async with bench() as b:
        b.hooks.on("/after", "<Hangup/>")
        b.voice(room('waitUrl=""'))
        caller = await b.dial()
        await b.event("bridge_joined", caller)
        _, listed = await b.rest("GET", "Conferences.json?FriendlyName=r1&Status=init")
        sid = listed["conferences"][0]["sid"]
        status, _ = await b.rest("POST", f"Conferences/{sid}.json", {"Status": "completed"})
        assert status == 200
        await b.over(caller)
        _, ended = await b.rest("GET", f"Conferences/{sid}.json")
        assert ended["reason_conference_ended"] == "conference-ended-via-api"
        assert (await b.rest("GET", "Conferences/CF0.json"))[0] == 404
        assert (await b.rest("POST", f"Conferences/{sid}.json", {"Status": "x"}))[0] == 400


def _number(params: dict[str, str]) -> int:
    return int(params["SequenceNumber"])


async def test_wait_url_may_be_a_sound_that_goes_on(bench) -> None:
    async with bench() as b:
        b.tone("/music.wav", 0.5, 440)
        b.voice(room('waitUrl="/music.wav" waitMethod="GET"'))
        sid = await b.call({"hears_speech_s": 2, "hangup": True})
        assert not b.events("cue_timeout", sid)
