"""The back-off: grows, is capped, is forgotten, and counts before it checks."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.database.engine import Database
from hotline.people import delays
from hotline.people.delays import EVERYBODY, delay_s, forgive, name_key, reserve
from hotline.people.model import SignInDelay

ANA = name_key("ana")


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_the_delay_grows_and_is_capped(failures: int) -> None:
    assert delay_s(failures, ANA) <= delay_s(failures + 1, ANA) <= ANA.cap_s
    assert (delay_s(failures, ANA) == 0) == (failures <= ANA.free)


@settings(deadline=None)
@given(st.text())
def test_every_name_has_one_of_few_keys(name: str) -> None:
    bucket = int(name_key(name).text.removeprefix("name/"))
    assert 0 <= bucket < delays.BUCKETS
    assert name_key(name) == name_key(name)


def test_everybody_together_is_slowed_down_but_hardly() -> None:
    assert delay_s(EVERYBODY.free, EVERYBODY) == 0
    assert delay_s(10_000, EVERYBODY) == EVERYBODY.cap_s <= 5


def test_tries_are_counted_in_advance(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for _ in range(ANA.free + 1):
            assert reserve(session, [ANA], now) == 0
        assert reserve(session, [ANA], now) == 1.0
        assert reserve(session, [ANA], now + timedelta(seconds=1)) == 0


def test_success_forgets_the_name_and_uncounts_for_everybody(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for _ in range(3):
            reserve(session, [EVERYBODY, ANA], now)
        forgive(session, [EVERYBODY, ANA], now)
        left = {row.key: row.failures for row in session.query(SignInDelay)}
    assert left == {EVERYBODY.text: 2}


def test_failures_are_forgotten_in_time(database: Database, now: datetime) -> None:
    later = now + timedelta(seconds=delays.FORGET_S + 1)
    with database.transaction() as session:
        for _ in range(3):
            reserve(session, [ANA], now)
        reserve(session, [ANA], later)
        assert session.get_one(SignInDelay, ANA.text).failures == 1
