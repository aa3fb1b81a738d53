"""What the tests of the calendar share: every change of the clocks, and a slow oracle."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from hotline.oncall.calendar import Override, Rotation, Schedule, Window

ZONES = (
    "America/Chicago",
    "America/New_York",
    "America/Santiago",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def transitions(zone: str, years: range = range(2024, 2036)) -> list[datetime]:
    """Every moment (UTC) at which the clocks of a zone change in these years."""
    found = []
    at, end = datetime(years.start, 1, 1, tzinfo=UTC), datetime(years.stop, 1, 1, tzinfo=UTC)
    while at < end:
        if _offset(at, zone) != _offset(at + DAY, zone):
            change = at
            while _offset(change, zone) == _offset(at, zone):
                change += MINUTE
            found.append(change)
        at += DAY
    return found


def _offset(at: datetime, zone: str) -> timedelta | None:
    return at.astimezone(ZoneInfo(zone)).utcoffset()


def oracle(
    schedule: Schedule, start: datetime, end: datetime
) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Who is on call at every minute, found by watching the wall clock go.

    What is set for a local time has happened once the clock has shown that time or a later one:
    `shown` is the latest time it has shown so far.
    """
    zone = ZoneInfo(schedule.timezone)
    at = start - 3 * HOUR
    shown = at.astimezone(zone).replace(tzinfo=None)
    while at < end:
        shown = max(shown, at.astimezone(zone).replace(tzinfo=None))
        if at >= start:
            yield at, _people(schedule, at, shown)
        at += MINUTE


def _people(schedule: Schedule, at: datetime, shown: datetime) -> tuple[str, ...]:
    places = [[who, who] for r in schedule.rotations if (who := _rotating(r, shown)) is not None]
    for override in schedule.overrides:
        if not override.start <= at < override.end:
            continue
        if override.besides or (override.replaces is None and not places):
            places.append(["", override.person])
        for place in places if not override.besides else ():
            if override.replaces is None or override.replaces in place:
                place[1] = override.person
    return tuple(dict.fromkeys(now for _, now in places if now is not None))


def _rotating(rotation: Rotation, shown: datetime) -> str | None:
    begun = datetime.combine(rotation.start, rotation.handoff)
    if shown < begun or not _open(rotation.windows, shown):
        return None
    length = timedelta(days=rotation.length * (7 if rotation.every == "week" else 1))
    return rotation.people[(shown - begun) // length % len(rotation.people)]


def _open(windows: tuple[Window, ...], shown: datetime) -> bool:
    if not windows:
        return True
    for window in windows:
        for day in (shown.date(), shown.date() - DAY):
            begin = datetime.combine(day, window.start)
            finish = datetime.combine(day, window.end)
            if window.end <= window.start:
                finish += DAY
            if day.weekday() in window.days and begin <= shown < finish:
                return True
    return False


# Most of the trouble is in the small hours, when the clocks change.
TIMES = st.one_of(
    st.builds(time, st.integers(0, 4), st.sampled_from((0, 15, 30, 59))),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
PEOPLE = st.sampled_from(("ada", "ben", "cleo", "dora"))
WINDOWS = st.builds(
    Window,
    st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple),
    TIMES,
    TIMES,
)


def rotations(near: date) -> st.SearchStrategy[Rotation]:
    """Rotations that began somewhere between 20 days before a day and 2 days after it."""
    return st.builds(
        Rotation,
        st.lists(PEOPLE, min_size=1, max_size=4).map(tuple),
        st.sampled_from(("day", "week")),
        st.integers(1, 3),
        st.integers(-20, 2).map(lambda days: near + timedelta(days=days)),
        TIMES,
        st.lists(WINDOWS, max_size=3).map(tuple),
    )


@st.composite
def overrides(draw: st.DrawFn, near: datetime) -> Override:
    """Overrides that begin within 30 hours of a moment and last up to 30 hours."""
    begin = near + MINUTE * draw(st.integers(-1800, 1800))
    finish = begin + MINUTE * draw(st.integers(1, 1800))
    person = draw(st.none() | PEOPLE)
    if person is not None and draw(st.booleans()):
        return Override(begin, finish, person, besides=True)
    return Override(begin, finish, person, draw(st.none() | PEOPLE.filter(lambda p: p != person)))


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """A schedule, and a change of its zone's clocks (or just some day where there is none)."""
    zone = draw(st.sampled_from(ZONES))
    near = draw(st.sampled_from(CHANGES[zone] or [datetime(2027, 5, 31, 20, tzinfo=UTC)]))
    rows = draw(st.lists(rotations(near.date()), max_size=3).map(tuple))
    over = draw(st.lists(overrides(near), max_size=3).map(tuple))
    return Schedule("counselors", zone, rows, over), near


CHANGES = {zone: transitions(zone) for zone in ZONES}
