"""Schedules as files write them, and as the database keeps them."""

import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import select

from hotline.database.engine import Database
from hotline.oncall import schedules
from hotline.oncall.calendar import Override, Rotation, Schedule, Window, on_call
from hotline.oncall.model import ScheduleOverride
from hotline.oncall.schedules import ScheduleError
from tests.support import oncall

FILE = """
timezone = "America/Chicago"
[[rotation]]
people = ["counselor-1", "counselor-2"]
every = "week"
start = 2026-01-05
handoff = "08:00"
between = [ { days = ["mon", "tue", "wed", "thu", "fri"], from = "07:00", to = "16:30" } ]
[[override]]
from = 2026-12-24T18:00:00
to = 2026-12-26T08:00:00-05:00
person = "counselor-3"
instead_of = "counselor-1"
[[override]]
from = 2026-03-08T02:30:00
to = 2026-03-08T08:00:00
nobody = true
[[swap]]
counselor-1 = 2026-12-14
counselor-2 = 2026-12-07
"""
NOON = datetime(2026, 9, 16, 17, 0, tzinfo=UTC)


def file(**changes: Any) -> dict[str, Any]:
    """The file above, with some keys changed or (None) left out."""
    raw = tomllib.loads(FILE) | changes
    return {key: value for key, value in raw.items() if value is not None}


def entry(kind: str, **changes: Any) -> dict[str, Any]:
    """The file with its first rotation or override changed."""
    first = tomllib.loads(FILE)[kind][0] | changes
    return file(**{kind: [{key: value for key, value in first.items() if value is not None}]})


def cover(hours: int = 1, person: str | None = "dora", **more: Any) -> Override:
    """An override that begins at NOON."""
    return Override(NOON, NOON + timedelta(hours=hours), person, **more)


def test_the_form_of_a_schedule() -> None:
    schedule = schedules.parse(file(), "counselors")
    assert (schedule.name, schedule.timezone) == ("counselors", "America/Chicago")
    assert schedule.rotations == (
        Rotation(
            ("counselor-1", "counselor-2"),
            "week",
            1,
            date(2026, 1, 5),
            time(8),
            (Window((0, 1, 2, 3, 4), time(7), time(16, 30)),),
        ),
    )


def test_times_without_an_offset_are_local_and_the_left_out_hour_is_mended() -> None:
    first, second = schedules.parse(file(), "counselors").overrides[:2]
    assert first.start == datetime(2026, 12, 25, 0, 0, tzinfo=UTC)
    assert first.end == datetime(2026, 12, 26, 13, 0, tzinfo=UTC)
    assert (first.person, first.replaces) == ("counselor-3", "counselor-1")
    assert second.start == datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
    assert (second.person, second.replaces) == (None, None)


def test_a_swap_is_two_overrides() -> None:
    one, other = schedules.parse(file(), "counselors").overrides[2:]
    assert (one.person, one.replaces) == ("counselor-2", "counselor-1")
    assert (other.person, other.replaces) == ("counselor-1", "counselor-2")
    assert one.start - other.start == timedelta(days=7)


def test_a_schedule_may_have_no_rotation_and_somebody_besides() -> None:
    override = {"from": "2026-09-16T12:00", "to": "2026-09-16T13:00", "person": "dora"}
    raw = {"timezone": "America/Chicago", "override": [override | {"besides": True}]}
    schedule = schedules.parse(raw, "extra")
    assert schedule.overrides == (cover(besides=True),)


@given(oncall.schedules())
def test_what_is_written_is_read_back(drawn: tuple[Schedule, datetime]) -> None:
    schedule, _ = drawn
    written = json.loads(json.dumps(schedules.to_dict(schedule)))
    assert schedules.parse(written, schedule.name) == schedule


WRONG: dict[str, tuple[Any, str]] = {
    "not-a-table": ([], "Schedule 'x' must be a table"),
    "no-zone": (file(timezone=None), "lacks 'timezone'"),
    "unknown-zone": (file(timezone="America/Chicgao"), "did you mean 'America/Chicago'"),
    "zone-is-a-path": (file(timezone="../etc"), "There is no time zone"),
    "zone-is-a-folder": (file(timezone="America"), "There is no time zone"),
    "typo": (file(rotations=[]), "unknown key 'rotations'; did you mean 'rotation'"),
    "rotation-not-tables": (file(rotation={}), "must be tables"),
    "nobody-in-turn": (entry("rotation", people=[]), "at least one"),
    "every-month": (entry("rotation", every="month"), '"day" or "week"'),
    "no-length": (entry("rotation", length=0), "from 1 to 366"),
    "length-as-text": (entry("rotation", length="2"), "from 1 to 366"),
    "no-start": (entry("rotation", start=None), "lacks 'start'"),
    "start-is-no-day": (entry("rotation", start="2026-02-30"), "a date"),
    "start-too-far": (entry("rotation", start=date(9999, 12, 31)), "between 2000 and 2100"),
    "handoff": (entry("rotation", handoff="8 o'clock"), "a time of day"),
    "handoff-with-zone": (entry("rotation", handoff="08:00+01:00"), "a time of day"),
    "handoff-with-seconds": (entry("rotation", handoff="08:00:30"), "a time of day"),
    "window-days": (
        entry("rotation", between=[{"days": ["monday"], "from": "07:00", "to": "08:00"}]),
        "a list of mon, tue",
    ),
    "window-typo": (
        entry("rotation", between=[{"days": ["mon"], "form": "07:00", "to": "08:00"}]),
        "Window 1 of rotation 1 of schedule 'x'",
    ),
    "override-backwards": (entry("override", to="2026-12-24T17:00"), "must end after it begins"),
    "override-nobody-and-person": (entry("override", nobody=True), "either a person or nobody"),
    "override-neither": (entry("override", person=None), "either a person or nobody"),
    "override-no-time": (entry("override", to="soon"), "a date and time"),
    "override-both": (entry("override", besides=True), "replaces nobody"),
    "swap-of-one": (file(swap=[{"counselor-1": date(2026, 1, 5)}]), "two people and their days"),
    "swap-no-days": (
        file(swap=[{"counselor-1": 1, "counselor-2": 2}]),
        "two people and their days",
    ),
    "swap-no-turn": (
        file(swap=[{"counselor-1": date(2026, 1, 5), "counselor-2": date(2026, 1, 8)}]),
        "'counselor-2' has no turn",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_sentence(case: str) -> None:
    raw, sentence = WRONG[case]
    with pytest.raises(ScheduleError) as caught:
        schedules.parse(raw, "x")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_problem_has_its_place() -> None:
    raw = file(timezone="Mars", rotation=[tomllib.loads(FILE)["rotation"][0] | {"every": 1}])
    schedule, problems = schedules.check(raw, "x")
    assert schedule is None
    assert [p.path for p in problems] == [("timezone",), ("rotation", 0, "every")]


def test_a_schedule_is_kept_and_changed_only_when_it_differs(database: Database) -> None:
    schedule = schedules.parse(file(), "counselors")
    with database.transaction() as session:
        assert schedules.read(session, "counselors") is None
        assert schedules.put(session, "counselors", schedule)
    with database.transaction() as session:
        assert schedules.read(session, "counselors") == schedule
        assert not schedules.put(session, "counselors", schedule)
        ids = set(session.scalars(select(ScheduleOverride.id)))
        assert schedules.put(session, "counselors", replace(schedule, timezone="Europe/Berlin"))
        assert schedules.put(session, "counselors", replace(schedule, overrides=()))
        assert ids.isdisjoint(session.scalars(select(ScheduleOverride.id)))
    with database.transaction() as session:
        assert schedules.read_all(session) == {"counselors": replace(schedule, overrides=())}


def test_the_roster_leaves_the_overrides_of_others(database: Database) -> None:
    bare = replace(schedules.parse(file(), "counselors"), overrides=())
    with database.transaction() as session:
        schedules.put(session, "counselors", bare)
        schedules.add_override(session, "counselors", cover(person="console"))
        schedules.replace_overrides(session, "counselors", "calendar", [cover(person="calendar")])
        assert not schedules.put(session, "counselors", bare)
        assert schedules.put(session, "counselors", replace(bare, overrides=(cover(),)))
    with database.transaction() as session:
        found = schedules.read(session, "counselors")
        assert found is not None
        assert [o.person for o in found.overrides] == ["dora", "calendar", "console"]
        assert on_call(found, NOON) == ("console",)
        assert schedules.put(session, "counselors", bare)
        assert len(schedules.overrides(session, "counselors")) == 2


def test_overrides_come_and_go(database: Database) -> None:
    bare = replace(schedules.parse(file(), "counselors"), overrides=())
    extra = cover(besides=True)
    with database.transaction() as session:
        schedules.put(session, "counselors", bare)
        schedules.put(session, "others", replace(bare, name="others"))
        first = schedules.add_override(session, "counselors", cover(person=None))
        second = schedules.add_override(session, "counselors", extra)
        assert schedules.overrides(session, "counselors") == {
            first: cover(person=None),
            second: extra,
        }
        assert not schedules.remove_override(session, "others", first)
        assert schedules.remove_override(session, "counselors", first)
        assert not schedules.remove_override(session, "counselors", first)
        assert schedules.read_all(session)["counselors"].overrides == (extra,)
        assert schedules.read_all(session)["others"].overrides == ()
        assert schedules.read_all(session, NOON + timedelta(days=1))["counselors"].overrides == ()
        assert schedules.remove(session, "counselors")
        assert not schedules.remove(session, "counselors")
        assert list(schedules.read_all(session)) == ["others"]


def test_new_calendar_entries_take_the_place_of_those_that_have_not_ended(
    database: Database,
) -> None:
    past = cover(person="past")
    coming = Override(NOON + timedelta(days=1), NOON + timedelta(days=2), "coming")
    with database.transaction() as session:
        schedules.put(session, "counselors", schedules.parse(file(override=[]), "counselors"))
        schedules.replace_overrides(session, "counselors", "calendar", [past, coming])
        schedules.replace_overrides(session, "counselors", "calendar", [], past.end)
        left = schedules.overrides(session, "counselors").values()
        assert past in left
        assert coming not in left


def test_an_unknown_schedule_is_named_with_those_there_are(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(ScheduleError, match="known: none yet"):
            schedules.add_override(session, "counselors", cover())
        schedules.put(session, "police", schedules.parse(file(), "police"))
        with pytest.raises(ScheduleError, match="no schedule 'counselors'; known: police"):
            schedules.overrides(session, "counselors")
