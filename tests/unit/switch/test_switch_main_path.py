"""The main path: a phone dials, hears, presses, is recorded; the switch rings another phone."""

import io

import soundfile

from switch import tones


async def test_caller_leaves_a_message(bench) -> None:
    async with bench() as b:
        menu = b.tone("/menu.wav")
        b.voice(f'<Gather numDigits="1" action="/menu"><Play>{menu}</Play></Gather><Hangup/>')
        b.hooks.on("/menu", "<Redirect>/record</Redirect>")
        b.hooks.on(
            "/record",
            '<Record action="/done" recordingStatusCallback="/recorded" maxLength="30"/>',
        )
        b.hooks.on("/done", "<Hangup/>")
        sid = await b.call(
            {"playing": "menu.wav", "press": "2"},
            {"beep": True, "say_tone": {"hz": 700, "seconds": 3}},
            {"after_s": 0.2, "press": "#"},
        )
        callback = (await b.hooks.wait("/recorded"))["params"]
        assert b.hooks.at("/menu")[0]["params"]["Digits"] == "2"
        done = b.hooks.at("/done")[0]["params"]
        assert done["Digits"] == "#"
        assert done["RecordingSid"] == callback["RecordingSid"]
        assert callback["RecordingStatus"] == "completed"
        assert callback["RecordingDuration"] == "3"
        status, wav = await b.rest("GET", f"Recordings/{callback['RecordingSid']}.wav")
        assert status == 200
        assert tones.tone_seconds(wav, 700) > 2.7
        assert soundfile.info(io.BytesIO(wav)).samplerate == 8000
        assert b.exchange.calls[sid].status == "completed"
        played = b.events("played")
        assert played[0]["ended"] == "interrupted"


async def test_rest_call_is_screened_and_hung_up(bench) -> None:
    async with bench() as b:
        prompt = b.tone("/screen.wav")
        b.hooks.on(
            "/screen",
            f'<Gather numDigits="1" action="/pressed"><Play>{prompt}</Play></Gather><Hangup/>',
        )
        b.hooks.on("/pressed", "<Hangup/>")
        b.phone("+15550100002", {"played": "screen.wav", "press": "1"}, answer={"after_s": 2})
        sid = await b.place(
            Url=b.hooks.url + "/screen",
            StatusCallback=b.hooks.url + "/status",
            StatusCallbackEvent=["initiated", "ringing", "answered", "completed"][3],
        )
        call = await b.over(sid)
        assert call.status == "completed"
        assert (await b.hooks.wait("/pressed"))["params"]["Digits"] == "1"
        status = (await b.hooks.wait("/status"))["params"]
        assert status["CallStatus"] == "completed"
        assert status["CallbackSource"] == "call-progress-events"
        assert b.events("played", sid)[0]["ended"] == "completed"
