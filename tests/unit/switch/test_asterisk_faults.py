"""When the connection to an Asterisk is lost, it ends, or another program takes its calls."""

import pytest

from switch.asterisk import lines as module
from switch.asterisk.lines import AsteriskError, AsteriskLines, State
from switch.calls import Status
from tests.support.asterisk import PASSWORD, FakeAsterisk
from tests.unit.switch.asterisk_house import COUNSELOR, ENDPOINT, House

WAITING = '<Gather timeout="60" numDigits="1" action="/key"/>'


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.05)
    monkeypatch.setattr(module, "YIELD_S", 0.1)


async def test_calls_outlive_a_connection_that_is_lost_and_keys_arrive_again() -> None:
    async with House() as house:
        house.voice(WAITING)
        house.hooks.on("/key", "<Hangup/>")
        channel, call = await house.caller()
        await house.until(lambda: channel.bridge)
        await house.pbx.cut()
        await house.event("asterisk_lost")
        assert call.live
        await house.event("asterisk_up", count=2)
        assert call.live
        await house.pbx.press(channel, "7")
        assert (await house.hooks.wait("/key"))["params"]["Digits"] == "7"


async def test_who_hung_up_meanwhile_is_gone_and_who_answered_meanwhile_is_there() -> None:
    async with House() as house:
        house.voice(WAITING)
        house.pbx.phones[ENDPOINT] = "rings"
        channel, call = await house.caller()
        sid = await house.place(COUNSELOR, Url=house.hooks.on("/answered", WAITING))
        phone = await house.pbx.rung()
        await house.until(lambda: channel.bridge)
        house.pbx.password = "another"  # nobody is let in again before both have acted
        await house.pbx.cut()
        await house.event("asterisk_refused")
        await house.pbx.hang_up(channel)
        phone.state, phone.in_stasis = "Up", True
        assert call.live
        house.pbx.password = PASSWORD
        await house.event("asterisk_up", count=2)
        assert (await house.over(call.sid)).status is Status.COMPLETED
        await house.hooks.wait("/answered")
        assert house.exchange.calls[sid].live


async def test_an_asterisk_that_ends_takes_its_calls_along_and_new_ones_come_in() -> None:
    async with House() as house:
        house.voice(WAITING)
        house.pbx.phones[ENDPOINT] = "rings"
        _, call = await house.caller()
        sid = await house.place(COUNSELOR, Url=house.hooks.url)
        await house.event("ringing", sid)
        await house.pbx.down()
        await house.event("asterisk_lost")
        await house.pbx.up()
        assert (await house.over(call.sid)).status is Status.COMPLETED
        assert (await house.over(sid)).status is Status.FAILED
        await house.event("asterisk_up", count=2)
        _, again = await house.caller("+15550100002")
        await house.event("answered", again.sid)
        assert again.live


async def test_calls_are_given_up_when_it_does_not_come_back() -> None:
    async with House(lost_s=0.3) as house:
        house.voice(WAITING)
        channel, call = await house.caller()
        await house.until(lambda: channel.bridge)
        await house.pbx.down()
        assert (await house.over(call.sid)).status is Status.COMPLETED
        assert house.events("asterisk_ended", call.sid)
        # Meanwhile nobody is rung: dispatch goes on at once.
        sid = await house.place(COUNSELOR, Url=house.hooks.url)
        assert (await house.over(sid)).status is Status.FAILED
        assert house.events("asterisk_not_there", sid)
        await house.pbx.up()


async def test_a_switch_that_was_started_again_greets_callers_and_clears_away_the_rest() -> None:
    pbx = FakeAsterisk()
    async with House(pbx) as house:
        house.voice(WAITING)
        channel, _ = await house.caller()
        await house.until(lambda: channel.bridge)
        old = set(pbx.bridges) | {c.id for c in pbx.channels.values() if c.connection}
        # It dies in the middle: nothing is told to Asterisk.
        house.lines._keeping.cancel()
        for task in house.lines._legs:
            task.cancel()
        house.lines._phones.clear()
        await house.lines.ari.close()
        config = house.lines._config
        house.lines = AsteriskLines(house.exchange, config)
        await house.lines.start()
        await house.until(lambda: not old & (set(pbx.bridges) | set(pbx.channels)))
        await house.event("dialed", count=2)
        await house.until(lambda: channel.bridge and channel.bridge not in old)
        assert not channel.over.is_set()


async def test_another_program_that_takes_our_calls_is_told_of() -> None:
    async with House() as house:
        before = house.pbx._events
        assert before is not None
        await before.send_json({"type": "ApplicationReplaced", "application": "hotline"})
        await house.event("asterisk_replaced")
        await house.event("asterisk_up", count=2)


async def test_a_wrong_password_is_one_sentence_at_the_start() -> None:
    pbx = FakeAsterisk()
    async with House(pbx) as house:
        pbx.password = "another"
        lines = AsteriskLines(house.exchange, house.lines._config)
        with pytest.raises(AsteriskError, match=r"does not let us in \(401\)"):
            await lines.start()


async def test_an_asterisk_that_is_not_there_yet_is_waited_for() -> None:
    pbx = FakeAsterisk()
    async with House(pbx) as house:
        await pbx.down()
        lines = AsteriskLines(house.exchange, house.lines._config)
        await lines.start()
        assert lines.state is State.WAITING
        await pbx.up()
        await lines.up.wait()
        await lines.stop()


@pytest.mark.parametrize(
    "text",
    [
        *("", "no json", "[]", '{"type": "StasisStart"}', '{"type": "StasisStart", "channel": {}}'),
        '{"type": "ChannelDtmfReceived", "channel": {"id": "x"}, "digit": "flash"}',
    ],
)
async def test_what_is_no_event_does_nothing(text: str) -> None:
    async with House() as house:
        assert house.pbx._events is not None
        await house.pbx._events.send_str(text)
        house.voice(WAITING)
        channel, call = await house.caller()
        await house.until(lambda: channel.bridge)
        assert call.live
