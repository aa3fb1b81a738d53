"""Calendar files: what is written can be read, and what people's programs write too."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.oncall import feed
from hotline.oncall.calendar import Rotation, Schedule, final, on_call
from hotline.oncall.feed import FeedError
from tests.support import oncall

NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)
HANDLES = ("ada", "ben", "cleo", "dora")
EMPTY = Schedule("counselors", "America/Chicago", ())
DAY = timedelta(days=1)


def ics(*events: str, more: str = "") -> str:
    """A calendar with these events, as lines of text."""
    body = "\n".join(
        f"BEGIN:VEVENT\nUID:{number}@example.org\nDTSTAMP:20260901T000000Z\n{event}\nEND:VEVENT"
        for number, event in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{more}{body}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def imported(*events: str, more: str = "", days: int = 60) -> feed.Imported:
    """What these events say for 60 days."""
    return feed.read(ics(*events, more=more), EMPTY, HANDLES, NOW, NOW + timedelta(days=days))


def spans(read: feed.Imported) -> list[tuple[str, str, str | None]]:
    """Begin and end in UTC, and who."""
    return [(f"{o.start:%m-%d %H:%M}", f"{o.end:%m-%d %H:%M}", o.person) for o in read.overrides]


@given(oncall.schedules())
@settings(max_examples=40, deadline=None)
def test_what_is_exported_is_read_back(drawn: tuple[Schedule, datetime]) -> None:
    schedule, near = drawn
    start, end = near - DAY, near + DAY
    text = feed.export(schedule, start, end, NOW)
    read = feed.read(text, schedule, HANDLES, start, end)
    assert read.problems == ()
    again = Schedule("again", "Asia/Kolkata", (), read.overrides)
    for minute in range(0, 48 * 60, 15):
        at = start + timedelta(minutes=minute)
        assert set(on_call(again, at)) == set(on_call(schedule, at))


def test_an_export_is_a_calendar_that_programs_can_follow() -> None:
    weekly = Rotation(("ada", "ben"), "week", 1, date(2026, 1, 5), time(8))
    schedule = replace(EMPTY, rotations=(weekly,))
    first = icalendar.Calendar.from_ical(feed.export(schedule, NOW, NOW + 14 * DAY, NOW))
    later = icalendar.Calendar.from_ical(feed.export(schedule, NOW + DAY, NOW + 15 * DAY, NOW))
    events = first.walk("VEVENT")
    assert [str(e["SUMMARY"]) for e in events] == ["ada", "ben", "ada"]
    assert events[0]["DTSTART"].dt == datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
    assert len({str(e["UID"]) for e in events}) == 3
    assert [str(e["UID"]) for e in later.walk("VEVENT")] == [str(e["UID"]) for e in events]


def test_somebody_who_is_always_on_call_keeps_the_uid_within_a_year() -> None:
    always = replace(EMPTY, rotations=(Rotation(("ada",), "day", 1, date(2020, 1, 1), time()),))
    uids = {
        str(event["UID"])
        for days in (0, 1, 30)
        for event in icalendar.Calendar.from_ical(
            feed.export(always, NOW + days * DAY, NOW + (days + 1) * DAY, NOW)
        ).walk("VEVENT")
    }
    assert len(uids) == 1


def test_times_with_a_zone_without_one_and_whole_days() -> None:
    read = imported(
        "SUMMARY:ada\nDTSTART:20260920T080000Z\nDTEND:20260920T090000Z",
        "SUMMARY:ben\nDTSTART:20260921T080000\nDTEND:20260921T090000",
        "SUMMARY:cleo\nDTSTART;TZID=Europe/Berlin:20260922T080000\nDURATION:PT1H",
        "SUMMARY:dora\nDTSTART;VALUE=DATE:20260923\nDTEND;VALUE=DATE:20260924",
    )
    assert read.problems == ()
    assert spans(read) == [
        ("09-20 08:00", "09-20 09:00", "ada"),
        ("09-21 13:00", "09-21 14:00", "ben"),
        ("09-22 06:00", "09-22 07:00", "cleo"),
        ("09-23 05:00", "09-24 05:00", "dora"),
    ]


def test_a_repeating_event_keeps_the_wall_clock_and_leaves_out_its_exceptions() -> None:
    read = imported(
        "SUMMARY:ada\nDTSTART;TZID=America/Chicago:20261018T080000\n"
        "DTEND;TZID=America/Chicago:20261018T100000\nRRULE:FREQ=WEEKLY;COUNT=4\n"
        "EXDATE;TZID=America/Chicago:20261025T080000",
    )
    assert spans(read) == [
        ("10-18 13:00", "10-18 15:00", "ada"),
        ("11-01 14:00", "11-01 16:00", "ada"),
        ("11-08 14:00", "11-08 16:00", "ada"),
    ]


def test_an_event_that_is_running_already_counts_from_now() -> None:
    read = imported("SUMMARY:ada\nDTSTART:20260901T080000Z\nDTEND:20260918T090000Z")
    assert spans(read) == [("09-16 14:00", "09-18 09:00", "ada")]


def test_people_at_the_same_time_are_on_call_together() -> None:
    read = imported(
        "SUMMARY:ada\nDTSTART:20260920T080000Z\nDTEND:20260920T100000Z",
        "SUMMARY:ben\nDTSTART:20260920T090000Z\nDTEND:20260920T110000Z",
    )
    rotation = Rotation(("cleo",), "day", 1, date(2026, 1, 1), time())
    schedule = Schedule("x", "UTC", (rotation,), read.overrides)
    start = datetime(2026, 9, 20, 8, tzinfo=UTC)
    assert [s.people for s in final(schedule, start, start + timedelta(hours=4))] == [
        ("ada",),
        ("ada", "ben"),
        ("ben",),
        ("cleo",),
    ]


@pytest.mark.parametrize(
    "who",
    [
        "SUMMARY:ADA",
        "SUMMARY:On call: Ada (school line).",
        "SUMMARY:On call\nATTENDEE;CN=Ada:mailto:x@example.org",
        "SUMMARY:On call\nATTENDEE:mailto:ada@example.org",
        "SUMMARY:On call with ben\nX-HOTLINE-PERSON:ada",
    ],
    ids=["other-case", "word-of-title", "attendee-name", "attendee-address", "own-field"],
)
def test_how_an_event_names_somebody(who: str) -> None:
    read = imported(f"{who}\nDTSTART:20260920T080000Z\nDTEND:20260920T090000Z")
    assert [o.person for o in read.overrides] == ["ada"]


def test_events_that_name_nobody_or_several_are_said_with_their_begin_only() -> None:
    read = imported(
        "SUMMARY:Dentist\nDTSTART:20260920T080000Z\nDTEND:20260920T090000Z",
        "SUMMARY:ada and ben\nDTSTART:20260921T080000Z\nDTEND:20260921T090000Z",
        "SUMMARY:zoe\nSTATUS:CANCELLED\nDTSTART:20260922T080000Z\nDTEND:20260922T090000Z",
    )
    assert read.overrides == ()
    assert read.problems == (
        "The event of Sun 20 Sep 2026 03:00 CDT names nobody of the roster; "
        "give it a handle as its title.",
        "The event of Mon 21 Sep 2026 03:00 CDT names more than one person (ada, ben); "
        "make it an event for each.",
    )


@pytest.mark.parametrize(
    "text",
    ["", "hello", "BEGIN:VEVENT\r\nSUMMARY:ada\r\nEND:VEVENT\r\n", "BEGIN:VCALENDAR\r\n"],
    ids=["empty", "prose", "no-calendar", "cut-off"],
)
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(FeedError, match="export it as iCalendar"):
        feed.read(text, EMPTY, HANDLES, NOW, NOW + DAY)


def test_an_event_that_repeats_every_second_is_refused() -> None:
    with pytest.raises(FeedError, match="more than 10000 events"):
        imported("SUMMARY:ada\nDTSTART:20260917T080000Z\nRRULE:FREQ=SECONDLY", days=1)


SAMPLE = feed.export(
    replace(EMPTY, rotations=(Rotation(("ada", "ben"), "day", 1, date(2026, 9, 1), time(8)),)),
    NOW,
    NOW + 5 * DAY,
    NOW,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SAMPLE) - 1))
    junk = data.draw(st.binary(max_size=12))
    text = SAMPLE[:at] + junk + SAMPLE[at + data.draw(st.integers(0, 12)) :]
    with suppress(FeedError):
        read = feed.read(text, EMPTY, HANDLES, NOW, NOW + 5 * DAY)
        assert all(NOW <= o.start < o.end <= NOW + 5 * DAY for o in read.overrides)
