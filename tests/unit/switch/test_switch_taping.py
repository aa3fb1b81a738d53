"""Recordings beside a document: of a <Dial>, of a conference, paused and resumed."""

import io

import pytest
import soundfile

from switch import tones

ONE = "+15550100002"
TALK = {"bridged": True, "say_tone": {"hz": 700, "seconds": 3}}
ANSWER = {"bridged": True, "say_tone": {"hz": 1500, "seconds": 4}}


async def dialed(b, record: str) -> tuple[dict[str, str], bytes]:
    """A recorded <Dial>: what the action was told, and the media."""
    b.phone(ONE, ANSWER, then="hangup")
    b.hooks.on("/after", "<Hangup/>")
    b.hooks.on("/recorded", "")
    b.voice(f'<Dial action="/after" {record} recordingStatusCallback="/recorded">{ONE}</Dial>')
    await b.call(TALK)
    told = (await b.hooks.wait("/recorded"))["params"]
    assert told["RecordingSource"] == "DialVerb"
    path = f"Recordings/{told['RecordingSid']}.wav"
    _, media = await b.rest("GET", path + "?RequestedChannels=" + told["RecordingChannels"])
    return b.hooks.at("/after")[0]["params"], media


async def test_both_parties_are_in_one_channel(bench) -> None:
    async with bench() as b:
        told, media = await dialed(b, 'record="record-from-answer"')
        assert told["RecordingUrl"].rpartition("/")[2] == told["RecordingSid"]
        assert tones.tone_seconds(media, 700, share=0.3) >= 2
        assert tones.tone_seconds(media, 1500, share=0.3) >= 3


async def test_each_party_has_its_channel(bench) -> None:
    async with bench() as b:
        _, media = await dialed(b, 'record="record-from-ringing-dual"')
        samples, rate = soundfile.read(io.BytesIO(media), always_2d=True)
        assert samples.shape[1] == 2
        ours, theirs = (_as_wav(samples[:, side], rate) for side in (0, 1))
        assert tones.tone_seconds(ours, 700) >= 2
        assert tones.tone_seconds(ours, 1500) == 0
        assert tones.tone_seconds(theirs, 1500) >= 3


def _as_wav(samples, rate: int) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="WAV")
    return out.getvalue()


@pytest.mark.parametrize(("behavior", "kept"), [("skip", False), ("silence", True)])
async def test_pause(bench, behavior: str, kept: bool) -> None:
    async with bench() as b:
        b.phone(ONE, {"after_s": 0.1, "say_tone": {"hz": 700, "seconds": 60}})
        sid = await b.place(Twiml='<Response><Pause length="60"/></Response>')
        await b.event("said")
        _, tape = await b.rest("POST", f"Calls/{sid}/Recordings.json", {})
        path = f"Calls/{sid}/Recordings/{tape['sid']}.json"
        pause = {"Status": "paused", "PauseBehavior": behavior}
        assert (await b.rest("POST", path, pause))[1]["status"] == "paused"
        await b.exchange.clock.sleep(5)
        await b.rest("POST", path, {"Status": "in-progress"})
        await b.exchange.clock.sleep(1)
        await b.rest("POST", path, {"Status": "stopped"})
        seconds = b.exchange.recordings.get(tape["sid"]).duration_s
        assert (seconds >= 5) is kept


async def test_conference_is_recorded_from_its_start(bench) -> None:
    async with bench() as b:
        room = '<Dial><Conference beep="false" {}>r</Conference></Dial>'
        b.hooks.on("/recorded", "")
        b.hooks.on("/elsewhere/wait", '<Pause length="1"/><Redirect/>')
        first = 'record="record-from-start" recordingStatusCallback="recorded"'
        b.voice(room.format(first + ' waitUrl="/elsewhere/wait"'))
        b.hooks.on("/join", room.format('endConferenceOnExit="true"'))
        b.phone(ONE, ANSWER, then="hangup")
        caller = await b.dial(TALK)
        await b.event("bridge_joined", caller)
        await b.hooks.wait("/elsewhere/wait", 2)
        await b.place(Url=b.hooks.url + "/join")
        told = (await b.hooks.wait("/recorded"))["params"]
        assert "CallSid" not in told
        assert told["ConferenceSid"].startswith("CF")
        _, media = await b.rest("GET", f"Recordings/{told['RecordingSid']}.wav")
        assert tones.tone_seconds(media, 1500, share=0.3) >= 3


async def test_deleted_while_it_runs_is_never_kept(bench) -> None:
    async with bench() as b:
        b.voice('<Record action="/after" maxLength="3"/>')
        b.hooks.on("/after", "<Hangup/>")
        sid = await b.dial({"recording": True, "say_tone": {"hz": 700, "seconds": 2}})
        running = (await b.event("recording_started", sid))["sid"]
        assert (await b.rest("DELETE", f"Recordings/{running}.json"))[0] == 204
        await b.over(sid)
        await b.exchange.clock.sleep(1)
        assert b.exchange.recordings.get(running, deleted=True).audio == b""
        assert (await b.rest("GET", f"Recordings/{running}.wav"))[0] == 404
