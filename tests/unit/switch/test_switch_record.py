"""<Record>: endings, trimming, callbacks."""

import io

import pytest
import soundfile

from switch import tones
from switch.errors import DocumentError
from switch.twiml import parse
from switch.verbs.record import KEYS, Record

SPEAK = {"beep": True, "say_tone": {"hz": 700, "seconds": 2}}


def seconds(wav: bytes) -> float:
    return float(soundfile.info(io.BytesIO(wav)).duration)


def test_defaults_are_twilios() -> None:
    verb = parse(b"<Response><Record/></Response>", "CA1")[0]
    assert isinstance(verb, Record)
    assert (verb.timeout, verb.max_length, verb.play_beep, verb.trim) == (5, 3600, True, True)
    assert verb.finish_on_key == KEYS


@pytest.mark.parametrize("attributes", ['maxLength="0"', 'trim="yes"', 'playBeep="1"'])
def test_wrong_values_are_errors(attributes: str) -> None:
    with pytest.raises(DocumentError):
        parse(f"<Response><Record {attributes}/></Response>".encode(), "CA1")


async def record(b, attributes: str, *steps) -> dict[str, str]:
    """What the action was told."""
    b.voice(f'<Record action="/action" {attributes}/>')
    b.hooks.on("/action", "<Hangup/>")
    b.hooks.on("/recorded", "")
    await b.call(*steps)
    return (await b.hooks.wait("/action"))["params"]


async def media(b, params: dict[str, str]) -> bytes:
    await b.hooks.wait("/recorded")
    status, wav = await b.rest("GET", f"Recordings/{params['RecordingSid']}")
    assert status == 200
    return wav


CALLBACK = 'recordingStatusCallback="/recorded"'


async def test_key_ends_it(bench) -> None:
    async with bench() as b:
        told = await record(b, CALLBACK, SPEAK, {"after_s": 0.5, "press": "5"})
        assert told["Digits"] == "5"
        assert b.events("recording_ended")[0]["reason"] == "key"
        assert seconds(await media(b, told)) == pytest.approx(2.2, abs=0.15)  # trimmed


async def test_only_the_finish_keys_end_it(bench) -> None:
    async with bench() as b:
        told = await record(b, 'finishOnKey="#"', SPEAK, {"after_s": 1, "press": "5#"})
        assert told["Digits"] == "#"


async def test_silence_ends_it(bench) -> None:
    async with bench() as b:
        told = await record(b, f'timeout="3" trim="do-not-trim" {CALLBACK}', SPEAK)
        assert "Digits" not in told
        assert b.events("recording_ended")[0]["reason"] == "silence"
        assert seconds(await media(b, told)) == pytest.approx(5, abs=0.1)


async def test_silence_does_not_end_it_when_switched_off(bench) -> None:
    async with bench() as b:
        await record(b, 'timeout="0" maxLength="12"')
        assert b.events("recording_ended")[0]["reason"] == "max-length"


async def test_length_ends_it(bench) -> None:
    async with bench() as b:
        long = {"beep": True, "say_tone": {"hz": 700, "seconds": 9}}
        told = await record(b, f'maxLength="4" {CALLBACK}', long)
        assert b.events("recording_ended")[0]["reason"] == "max-length"
        assert told["RecordingDuration"] == "4"
        assert seconds(await media(b, told)) == pytest.approx(4, abs=0.05)


async def test_hang_up_keeps_what_was_said(bench) -> None:
    async with bench() as b:
        told = await record(b, CALLBACK, SPEAK, {"after_s": 0, "hangup": True})
        assert told["Digits"] == "hangup"
        assert told["CallStatus"] == "completed"
        wav = await media(b, told)
        assert tones.tone_seconds(wav, 700) == pytest.approx(2, abs=0.2)
        assert (await b.hooks.wait("/recorded"))["params"]["RecordingStatus"] == "completed"


async def test_hang_up_in_the_middle_of_speaking_keeps_the_beginning(bench) -> None:
    async with bench() as b:
        b.voice(f'<Record action="/action" {CALLBACK}/>')
        b.hooks.on("/action", "")
        b.hooks.on("/recorded", "")
        sid = await b.dial({"beep": True, "say_tone": {"hz": 700, "seconds": 60}})
        await b.event("recording_started", sid)
        await b.exchange.clock.sleep(3)
        await b.control("POST", f"calls/{sid}/hangup")
        told = (await b.hooks.wait("/action"))["params"]
        assert tones.tone_seconds(await media(b, told), 700) == pytest.approx(3, abs=0.5)


async def test_pure_silence_is_saved(bench) -> None:
    async with bench() as b:
        told = await record(b, f'timeout="2" {CALLBACK}')
        assert seconds(await media(b, told)) == pytest.approx(2, abs=0.05)


async def test_without_beep(bench) -> None:
    async with bench() as b:
        speak = {"recording": True, "say_tone": {"hz": 700, "seconds": 1}}
        await record(b, 'playBeep="false"', speak, {"after_s": 0.5, "press": "1"})
        assert not b.events("beep")


async def test_events_of_the_callback(bench) -> None:
    async with bench() as b:
        events = f'recordingStatusCallbackEvent="in-progress completed" {CALLBACK}'
        told = await record(b, events, SPEAK, {"after_s": 0, "press": "#"})
        await b.hooks.wait("/recorded", 2)
        seen = [each["params"] for each in b.hooks.at("/recorded")]
        assert [each["RecordingStatus"] for each in seen] == ["in-progress", "completed"]
        assert {each["RecordingSid"] for each in seen} == {told["RecordingSid"]}
        assert seen[1]["RecordingSource"] == "RecordVerb"
        assert seen[1]["RecordingChannels"] == "1"


async def test_audio_may_not_exist_yet_at_the_action(bench) -> None:
    async with bench(speed=5) as b:
        statuses = []

        async def action(params: dict[str, str]) -> str:
            statuses.append((await b.rest("GET", f"Recordings/{params['RecordingSid']}"))[0])
            return "<Hangup/>"

        b.voice(f'<Record action="/action" maxLength="1" {CALLBACK}/>')
        b.hooks.on("/action", action)
        b.hooks.on("/recorded", "")
        await b.call()
        await b.hooks.wait("/recorded")
        assert statuses == [404]


async def test_update_in_the_middle_keeps_the_recording(bench) -> None:
    async with bench() as b:
        b.voice(f'<Record action="/action" {CALLBACK}/>')
        b.hooks.on("/recorded", "")
        sid = await b.dial(SPEAK)
        await b.event("said", sid)
        await b.exchange.clock.sleep(1)
        status, _ = await b.rest("POST", f"Calls/{sid}.json", {"Twiml": "<Response/>"})
        assert status == 200
        await b.over(sid)
        assert b.events("recording_ended")[0]["reason"] == "replaced"
        assert (await b.hooks.wait("/recorded"))["params"]["RecordingStatus"] == "completed"
        assert not b.hooks.at("/action")


async def test_inline_document_without_action_is_an_error(bench) -> None:
    async with bench() as b:
        b.phone("+15550100002")
        sid = await b.place(Twiml="<Response><Record/></Response>")
        await b.over(sid)
        assert b.events("error", sid)[0]["code"] == 11100
        assert not b.events("recording_started")
