"""Notices as rows, on both databases: one for each district, one for everybody, each for a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from hotline import notices
from hotline.context import Runtime
from hotline.notices import EVERYBODY, LONGEST_TEXT

HOUR = timedelta(hours=1)
THREADS = 4


def put(runtime: Runtime, place: str, said: str = "We know.", lasts: timedelta = HOUR) -> str:
    now = runtime.clock()
    with runtime.database.transaction() as session:
        row = notices.put(session, place, {"en": said}, "account", now, now + lasts)
        session.flush()
        return row.id


def told(runtime: Runtime, district: str | None, later: timedelta = timedelta()) -> list[str]:
    with runtime.database.transaction() as session:
        found = notices.told(session, district, runtime.clock() + later)
        return [notices.wording(row, "en")[0] for row in found]


def test_who_is_told_what(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    put(runtime, "north", "North.")
    put(runtime, EVERYBODY, "All.")
    put(runtime, "south", "South.")
    assert told(runtime, "north") == ["All.", "North."]
    assert told(runtime, None) == ["All."]
    with runtime.database.transaction() as session:
        standing = notices.standing(session, runtime.clock())
        assert [row.place for row in standing] == [EVERYBODY, "north", "south"]


def test_a_new_one_takes_the_place_of_the_old(runtime_on_both: Runtime) -> None:
    first = put(runtime_on_both, "north", "Old.")
    assert put(runtime_on_both, "north", "New.", 2 * HOUR) == first
    assert told(runtime_on_both, "north") == ["New."]
    assert told(runtime_on_both, "north", HOUR) == ["New."]


def test_two_supervisors_at_once_leave_one_notice(runtime_on_both: Runtime) -> None:
    said = [f"{n}" for n in range(THREADS)]
    start = Barrier(THREADS)

    def put_one(words: str) -> str:
        start.wait()
        return put(runtime_on_both, EVERYBODY, words)

    with ThreadPoolExecutor(THREADS) as pool:
        ids = set(pool.map(put_one, said))
    assert len(ids) == 1
    (heard,) = told(runtime_on_both, None)
    assert heard in said


def test_it_ends_at_its_time_or_when_it_is_taken_down(runtime_on_both: Runtime) -> None:
    runtime, now = runtime_on_both, runtime_on_both.clock()
    notice_id = put(runtime, EVERYBODY)
    assert told(runtime, None, HOUR - timedelta(seconds=1)) == ["We know."]
    assert told(runtime, None, HOUR) == []
    with runtime.database.transaction() as session:
        assert notices.take_down(session, notice_id, now) is not None
        assert notices.take_down(session, notice_id, now) is None
        assert notices.take_down(session, "nobody", now) is None
    assert told(runtime, None) == []


def test_the_first_language_written_stands_in_for_the_others(runtime_on_both: Runtime) -> None:
    runtime, now = runtime_on_both, runtime_on_both.clock()
    text = {"es": "Ya sabemos.", "en": "We know."}
    with runtime.database.transaction() as session:
        notices.put(session, EVERYBODY, text, "account", now, now + HOUR)
    with runtime.database.transaction() as session:
        (row,) = notices.told(session, None, now)
        assert notices.wording(row, "en") == ("We know.", "en")
        assert notices.wording(row, "ar") == ("Ya sabemos.", "es")


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(days=1, seconds=1)])
def test_none_lasts_longer_than_a_day(runtime: Runtime, lasts: timedelta) -> None:
    with pytest.raises(ValueError, match="24 hours"):
        put(runtime, EVERYBODY, lasts=lasts)


@pytest.mark.parametrize("said", ["", "x" * (LONGEST_TEXT + 1)])
def test_it_says_something_and_not_too_much(runtime: Runtime, said: str) -> None:
    with pytest.raises(ValueError, match="1 to 300 letters"):
        put(runtime, EVERYBODY, said)
