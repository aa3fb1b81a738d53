"""Scripted phones: answering, every cue, every act, wrong scripts."""

import pytest

from switch import tones
from switch.audio import to_wav
from switch.calls import Status
from switch.phones.script import ScriptError, parse
from switch.phones.scripted import ScriptedPhone
from tests.unit.switch.conftest import CALLER

ONE = "+15550100002"
SILENT = '<Pause length="1"/><Gather timeout="120"/>'


@pytest.mark.parametrize(
    "script",
    [
        [],
        {"answer": "maybe"},
        {"answer": {"after": 1}},
        {"answer": {"after_s": -1}},
        {"steps": {}},
        {"steps": ["press 1"]},
        {"steps": [{}]},
        {"steps": [{"beep": True}]},
        {"steps": [{"beep": True, "press": "1", "hangup": True}]},
        {"steps": [{"beep": True, "recording": True, "press": "1"}]},
        {"steps": [{"beep": False, "press": "1"}]},
        {"steps": [{"beep": True, "press": "x"}]},
        {"steps": [{"beep": True, "press": ""}]},
        {"steps": [{"beep": True, "say": "relative.wav"}]},
        {"steps": [{"beep": True, "say": "/no/such/file.wav"}]},
        {"steps": [{"beep": True, "say_tone": 700}]},
        {"steps": [{"beep": True, "hangup": False}]},
        {"steps": [{"after_s": "1", "hangup": True}]},
        {"steps": [{"after_s": 1, "hangup": True, "else": "retry"}]},
        {"steps": [{"after_s": 1, "hangup": True, "bogus": 1}]},
        {"then": "sleep"},
        {"bogus": 1},
    ],
)
def test_scripts_that_no_phone_can_follow(script) -> None:
    with pytest.raises(ScriptError):
        parse(script)


@pytest.mark.parametrize(
    ("script", "status", "sip_code"),
    [
        ({"answer": "never"}, Status.NO_ANSWER, 487),
        ({"answer": "busy"}, Status.BUSY, 486),
        ({"answer": "decline"}, Status.BUSY, 603),
        ({"answer": {"after_s": 2}, "then": "hangup"}, Status.COMPLETED, None),
    ],
)
async def test_how_a_phone_takes_a_call(bench, script, status, sip_code) -> None:
    async with bench() as b:
        b.phone(ONE, **script)
        sid = await b.place(Twiml='<Response><Gather timeout="60"/></Response>', Timeout="5")
        call = await b.over(sid)
        assert (call.status, call.sip_code) == (status, sip_code)


async def test_answers_after_its_time_and_rings_until_the_timeout(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer={"after_s": 4})
        call = await b.over(await b.place(Twiml="<Response/>", Timeout="5"))
        assert 3.9 < call.answered.at - call.started.at < 5  # before the timeout
        call = await b.over(await b.place(Twiml="<Response/>", Timeout="3"))
        assert call.status == Status.NO_ANSWER
        assert 2.9 < call.ended.at - call.started.at < 4  # before it would have answered


async def met(b, twiml: str, *steps) -> list[str]:
    """Cues that a caller's script met."""
    b.voice(twiml)
    b.hooks.on("/action", "<Hangup/>")
    sid = await b.call(*steps)
    return [event["cue"] for event in b.events("cue", sid)]


async def test_cues_of_prompts_come_in_order(bench) -> None:
    async with bench() as b:
        one, two = b.tone("/one.wav"), b.tone("/two.wav")
        twiml = f"<Play>{one}</Play><Play>{two}</Play>{SILENT}"
        cues = await met(
            b,
            twiml,
            {"playing": "one.wav", "note": "a"},
            {"played": "one.wav", "note": "b"},
            {"playing": "two", "note": "c"},
            {"played": "two", "hangup": True},
        )
        assert cues == ["playing", "played", "playing", "played"]
        assert [event["text"] for event in b.events("note")] == ["a", "b", "c"]


async def test_a_cue_that_came_during_an_act_counts_and_an_older_one_does_not(bench) -> None:
    async with bench() as b:
        one, two = b.tone("/one.wav"), b.tone("/two.wav")
        cues = await met(
            b,
            f"<Play>{one}</Play><Play>{two}</Play>{SILENT}",
            {"playing": "one", "wait_s": 5},
            {"playing": "two", "note": "came while waiting"},
            {"playing": "one", "note": "never", "timeout_s": 2, "else": "continue"},
            {"after_s": 0, "hangup": True},
        )
        assert cues == ["playing", "playing", "after_s"]
        assert len(b.events("cue_timeout")) == 1


async def test_late_cue_hangs_up_by_default(bench) -> None:
    async with bench() as b:
        assert await met(b, SILENT, {"beep": True, "note": "x", "timeout_s": 1}) == []
        assert b.events("hangup")[0]["by"] == "phone"


async def test_beep_recording_and_say_tone(bench) -> None:
    async with bench() as b:
        cues = await met(
            b,
            '<Record action="/action"/>',
            {"beep": True, "note": "x"},
            {"recording": True, "say_tone": {"hz": 700, "seconds": 1}},
            {"after_s": 0.2, "press": "#"},
        )
        assert cues == ["beep", "recording", "after_s"]
        said = await b.control("GET", "phones/%2B15550100001/said.wav")
        assert tones.tone_seconds(said, 700) >= 0.8


async def test_silence_comes_after_sound_only(bench) -> None:
    async with bench() as b:
        tone = b.tone("/a.wav", 2)
        await met(
            b,
            f'<Gather timeout="120"><Pause length="4"/><Play>{tone}</Play></Gather>',
            {"silence_s": 1.5, "hangup": True},
        )
        cue, played = b.events("cue")[0], b.events("played")[0]
        assert cue["at"] - played["at"] >= 1.3


async def test_each_silence_needs_new_sound(bench) -> None:
    async with bench() as b:
        tone = b.tone("/a.wav", 1)
        cues = await met(
            b,
            f"<Play>{tone}</Play>{SILENT}",
            {"silence_s": 1, "note": "first"},
            {"silence_s": 1, "hangup": True, "timeout_s": 5},
        )
        assert cues == ["silence_s"]


async def test_hearing_speech(bench) -> None:
    async with bench() as b:
        tone = b.tone("/a.wav", 5)
        await met(b, f"<Play>{tone}</Play>{SILENT}", {"hears_speech_s": 2, "hangup": True})
        assert b.events("heard_speech")
        assert (await b.event("played"))["ended"] == "interrupted"


async def test_voicemail_is_built_from_steps(bench, tmp_path) -> None:
    greeting = tmp_path / "greeting-42.wav"
    greeting.write_bytes(to_wav(tones.tone(500, seconds=2)))
    async with bench() as b:
        b.phone(
            ONE,
            {"after_s": 0, "say": str(greeting)},
            {"after_s": 0.2, "say_tone": {"hz": 1000, "seconds": 0.4}},
            {"after_s": 5, "hangup": True},
            answer={"after_s": 2},
        )
        b.hooks.on("/screen", '<Gather numDigits="1" timeout="30"/><Hangup/>')
        call = await b.over(await b.place(Url=b.hooks.url + "/screen"))
        assert call.status == Status.COMPLETED
        assert call.cause == "completed by phone"
        said = await b.control("GET", "phones/%2B15550100002/said.wav")
        assert tones.tone_seconds(said, 500) >= 1.8
        assert tones.tone_seconds(said, 1000) >= 0.3
        names = [event["file"] for event in b.events("said")]
        assert names == ["greeting-42.wav", "tone 1000 Hz"]


async def test_file_that_is_no_audio_is_told_and_hung_up(bench, tmp_path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no audio")
    async with bench() as b:
        await met(b, SILENT, {"after_s": 0, "say": str(broken)})
        assert b.events("error")[0]["what"] == "say"


async def test_what_is_said_was_read_when_the_call_began(bench, tmp_path) -> None:
    words = tmp_path / "words.wav"
    words.write_bytes(to_wav(tones.tone(500, seconds=2)))
    async with bench() as b:
        b.voice(SILENT)
        sid = await b.dial(
            {"after_s": 5, "say": str(words)},
            {"after_s": 0, "hangup": True},
        )
        phone = b.exchange.phones.find(CALLER, sid)
        assert isinstance(phone, ScriptedPhone)
        assert await phone.sound(words)
        words.unlink()
        await b.event("hangup", sid)
        assert tones.tone_seconds(to_wav(bytes(phone.said)), 500) >= 1.8
        assert not b.events("error")


async def test_loop_starts_the_steps_again(bench) -> None:
    async with bench() as b:
        b.voice(SILENT)
        sid = await b.dial({"after_s": 1, "note": "again"}, loop=True)
        await b.event("note", sid, 3)


async def test_phone_stays_after_its_steps(bench) -> None:
    async with bench() as b:
        b.voice('<Pause length="1"/><Say/><Pause length="5"/>')
        sid = await b.call({"after_s": 0, "note": "x"})
        assert b.events("hangup", sid)[0]["by"] == "twiml"


async def test_one_number_takes_several_calls(bench) -> None:
    async with bench() as b:
        b.phone(ONE)
        twiml = '<Response><Play loop="0">/x</Play></Response>'
        sids = [await b.place(Twiml=twiml.replace("/x", b.tone(f"/{n}"))) for n in range(2)]
        for sid in sids:
            await b.event("playing", sid)
            assert b.exchange.phones.find(ONE, sid) is not None
        assert b.exchange.phones.find(ONE) is b.exchange.phones.find(ONE, sids[1])
        assert b.exchange.phones.find("+1") is None
