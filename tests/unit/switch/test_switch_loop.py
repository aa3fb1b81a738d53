"""A call to the hotline's own number: two legs of one call, each the other's far end."""

from switch import tones
from switch.audio import to_wav
from switch.calls import Direction, Status
from tests.unit.switch.conftest import COUNSELOR, HOTLINE


async def other_leg(b, sid: str) -> str:
    """The incoming leg that belongs to a call."""
    await b.event("answered", sid)
    [found] = [c for c in b.exchange.calls.values() if c.direction is Direction.INBOUND]
    assert (found.from_number, found.to_number) == (HOTLINE, HOTLINE)
    return found.sid


async def test_keys_that_one_leg_plays_are_pressed_on_the_other(bench) -> None:
    async with bench() as b:
        b.voice('<Gather action="/keys" numDigits="4" timeout="20"/>')
        b.hooks.on("/keys", "<Hangup/>")
        b.hooks.on("/ours", '<Play digits="ww12w*3"/><Pause length="30"/>')
        sid = await b.place(HOTLINE, Url=b.hooks.url + "/ours")
        other = await other_leg(b, sid)
        assert (await b.hooks.wait("/keys"))["params"]["Digits"] == "12*3"
        assert (await b.over(other)).status is Status.COMPLETED
        assert (await b.over(sid)).status is Status.COMPLETED, "the other has hung up"


async def test_what_one_leg_plays_is_heard_and_recorded_on_the_other(bench) -> None:
    async with bench() as b:
        b.hooks.on("/tone.wav", to_wav(tones.tone(440, seconds=3)))
        b.voice('<Record action="/recorded" playBeep="false" timeout="2" maxLength="20"/>')
        b.hooks.on("/recorded", "<Hangup/>")
        url = b.hooks.on("/ours", '<Pause length="1"/><Play>/tone.wav</Play><Pause length="20"/>')
        await b.place(HOTLINE, Url=url)
        assert int((await b.hooks.wait("/recorded"))["params"]["RecordingDuration"]) >= 3


async def test_who_hangs_up_first_ends_both(bench) -> None:
    async with bench() as b:
        b.voice('<Gather timeout="60"/>')
        url = b.hooks.on("/ours", '<Pause length="1"/><Hangup/>')
        sid = await b.place(HOTLINE, Url=url)
        other = await other_leg(b, sid)
        assert (await b.over(sid)).status is Status.COMPLETED
        assert (await b.over(other)).status is Status.COMPLETED


async def test_a_hotline_that_refuses_is_busy(bench) -> None:
    async with bench() as b:
        b.voice("<Reject/>")
        sid = await b.place(HOTLINE, Url=b.hooks.url + "/ours")
        assert (await b.over(sid)).status is Status.BUSY
        assert b.hooks.at("/ours") == []


async def test_another_number_that_is_not_registered_still_fails(bench) -> None:
    async with bench() as b:
        sid = await b.place(COUNSELOR, Url=b.hooks.url + "/ours")
        assert (await b.over(sid)).status is Status.FAILED
