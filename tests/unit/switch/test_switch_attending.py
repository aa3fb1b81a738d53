"""In a conference: muted, on hold, spoken to, coached, and the beeps."""

from switch import tones

ONE, TWO, THREE = "+15550100002", "+15550100003", "+15550100004"
TALK = {"bridged": True, "say_tone": {"hz": 700, "seconds": 600}}
LISTEN = {"after_s": 600, "hangup": True}


async def meet(b, *numbers: str, beep: str = "false", attributes: str = "") -> list[str]:
    """Phones that are together in a conference; the first one talks all the time."""
    b.hooks.on("/room", f'<Dial><Conference beep="{beep}" {attributes}>r</Conference></Dial>')
    b.hooks.on("/news", "")
    sids = []
    for number in numbers:
        b.phone(number, TALK if number == ONE else LISTEN)
        sids.append(await b.place(to=number, Url=b.hooks.url + "/room"))
        await b.event("bridge_joined", sids[-1])
    await b.event("said")
    return sids


async def change(b, sid: str, **fields: str) -> None:
    conference = b.exchange.conferences.listed()[0].sid
    status, body = await b.rest("POST", f"Conferences/{conference}/Participants/{sid}.json", fields)
    assert status == 200, body


async def heard(b, number: str, seconds: float, hz: float) -> float:
    """Seconds of a tone that a phone hears from now on, of so many."""
    handset = b.exchange.phones.find(number)
    start = len(handset.heard)
    await b.exchange.clock.sleep(seconds)
    from switch.audio import to_wav

    return tones.tone_seconds(to_wav(bytes(handset.heard[start:])), hz)


async def test_who_is_muted_is_not_heard(bench) -> None:
    async with bench() as b:
        one, _ = await meet(b, ONE, TWO)
        assert await heard(b, TWO, 2, 700) >= 1.5
        await change(b, one, Muted="true")
        await b.exchange.clock.sleep(0.5)
        assert await heard(b, TWO, 2, 700) == 0
        await change(b, one, Muted="false")
        await b.exchange.clock.sleep(0.5)
        assert await heard(b, TWO, 2, 700) >= 1.5


async def test_who_is_on_hold_hears_something_else_and_is_not_heard(bench) -> None:
    async with bench() as b:
        one, two = await meet(b, ONE, TWO)
        b.hooks.on("/hold", f'<Play loop="0">{b.tone("/hold.wav", 5, 1800)}</Play>')
        await change(b, two, Hold="true", HoldUrl=b.hooks.url + "/hold", HoldMethod="POST")
        await b.event("playing", two)
        assert await heard(b, TWO, 2, 1800) >= 1.5
        await change(b, two, Hold="false")
        await b.exchange.clock.sleep(0.5)
        assert await heard(b, TWO, 2, 700) >= 1.5
        await change(b, one, Hold="true")
        await b.exchange.clock.sleep(0.5)
        assert await heard(b, TWO, 2, 700) == 0


async def test_coach_is_heard_by_one_alone(bench) -> None:
    async with bench() as b:
        one, two, _ = await meet(b, ONE, TWO, THREE)
        await change(b, one, Coaching="true", CallSidToCoach=two)
        await b.exchange.clock.sleep(0.5)
        assert await heard(b, TWO, 2, 700) >= 1.5
        assert await heard(b, THREE, 2, 700) == 0


async def test_everybody_hears_an_announcement(bench) -> None:
    async with bench() as b:
        await meet(b, ONE, TWO)
        b.hooks.on("/announce", f"<Play>{b.tone('/sound.wav', 4, 2200)}</Play>")
        conference = b.exchange.conferences.listed()[0].sid
        form = {"AnnounceUrl": b.hooks.url + "/announce"}
        await b.rest("POST", f"Conferences/{conference}.json", form)
        await b.hooks.wait("/sound.wav")
        assert await heard(b, ONE, 5, 2200) >= 3


async def test_whoever_comes_in_is_beeped(bench) -> None:
    async with bench() as b:
        await meet(b, ONE, TWO, beep="onEnter")
        b.phone(THREE, LISTEN)
        sid = await b.place(to=THREE, Url=b.hooks.url + "/room")
        await b.event("bridge_joined", sid)
        assert await heard(b, ONE, 1, tones.BEEP_HZ) >= 0.2


async def test_speaking_is_told(bench) -> None:
    async with bench() as b:
        url = f'statusCallback="{b.hooks.url}/news" statusCallbackEvent="speaker"'
        await meet(b, ONE, TWO, attributes=url)
        told = (await b.hooks.wait("/news"))["params"]
        assert told["StatusCallbackEvent"] == "participant-speech-start"
