"""The alarm: phones and the posted fact, round after round, whatever fails."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from hotline.carrier.port import LegState, Refused
from hotline.dispatch import alarms
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Alarm, AlarmCall
from hotline.dispatch.wiring import ports_of
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.ears import Ears, open_ears
from tests.support.inline import Inline
from tests.support.office import Office, number_of
from tests.support.work import until


@pytest.fixture
def ears() -> Iterator[Ears]:
    """A listening server."""
    with open_ears() as made:
        yield made


def raise_one(office: Office) -> str:
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        return alarms.raise_alarm(books, None, "audio_unusable", office.runtime.clock()).id


def rounds(engine: Engine, office: Office, clock: VirtualClock, count: int) -> None:
    for _ in range(count):
        engine.tick()
        clock.advance(office.runtime.settings.alarm_repeat_s)


def test_it_is_raised_once_until_somebody_has_acknowledged_it(
    desk_office: Office, clock: VirtualClock
) -> None:
    first = raise_one(desk_office)
    assert raise_one(desk_office) == first
    with desk_office.runtime.database.transaction() as session:
        row = session.get_one(Alarm, first)
        assert alarms.acknowledge(
            desk_office.books(session), row, "account", desk_office.runtime.clock()
        )
    assert raise_one(desk_office) != first


def test_every_round_posts_ids_and_words_of_ours_only(
    make_runtime: MakeRuntime, sqlite_url: str, ears: Ears, clock: VirtualClock
) -> None:
    runtime = make_runtime(sqlite_url, alarm_url=ears.url)
    office = Office(runtime)
    office.on_duty(["c1"], alarm=["s9"])
    alarm_id = raise_one(office)
    engine = Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)
    rounds(engine, office, clock, 1)
    until(lambda: len(ears.heard) == 1)
    ears.status = 500  # whoever listens is ill; the phones ring all the same
    rounds(engine, office, clock, 1)
    until(lambda: len(ears.heard) == 2)
    assert [fact["round"] for fact in ears.heard] == [1, 2]
    assert ears.heard[0] == {
        "alarm": alarm_id,
        "reason": "audio_unusable",
        "report": None,
        "raised_at": "2026-09-16T14:00:00+00:00",
        "round": 1,
    }


def test_a_phone_that_cannot_be_rung_does_not_silence_the_others(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], alarm=["s1", "s2"])
    raise_one(desk_office)
    refused = iter([True])

    def before(method: str) -> None:
        if method == "place_call" and next(refused, False):
            raise Refused("21211")

    carrier.before = before
    rounds(engine, desk_office, clock, 2)
    assert carrier.rung() == [number_of("s2"), number_of("s1"), number_of("s2")]


def test_the_other_phones_stop_ringing_when_one_has_acknowledged(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], alarm=["s1", "s2"])
    alarm_id = raise_one(desk_office)
    engine.tick()
    talking, ringing = carrier.calls.values()
    carrier.set_state(talking, LegState.ANSWERED)
    with desk_office.runtime.database.transaction() as session:
        row = session.get_one(Alarm, alarm_id)
        assert alarms.acknowledge(
            desk_office.books(session), row, "s1", desk_office.runtime.clock()
        )
    engine.tick()
    assert (talking.live, ringing.live) == (True, False)
    assert carrier.rung() == [number_of("s1"), number_of("s2")]


def test_an_alarm_call_is_known_by_its_token(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], alarm=["s1"])
    alarm_id = raise_one(desk_office)
    rounds(engine, desk_office, clock, 1)
    [call] = carrier.calls.values()
    token = call.url.rpartition("/")[2]
    assert call.status_url == f"{call.url}/status"
    with desk_office.runtime.database.transaction() as session:
        books = desk_office.books(session)
        found = books.alarm_call_by_token(token)
        assert found is not None
        assert (found.alarm_id, found.carrier_call_id) == (alarm_id, call.id)
        assert books.alarm_call_by_token("no such token") is None


def test_without_anybody_to_ring_it_stays_open_on_the_board(
    desk_office: Office, engine: Engine, clock: VirtualClock
) -> None:
    raise_one(desk_office)
    rounds(engine, desk_office, clock, 3)
    [row] = desk_office.alarms()
    assert (row.rounds, row.acknowledged_at) == (3, None)
    with desk_office.runtime.database.transaction() as session:
        assert session.scalars(select(AlarmCall)).all() == []
