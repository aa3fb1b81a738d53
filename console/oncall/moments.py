"""Moments in the time zone of a schedule, in the reader's language. Pure but for the language.

A page of the roster speaks in the local time that the roster is written in, and names it once.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from flask_babel import get_locale

from console.text import gettext

# Where a language puts a word between day and month.
_DAY = {"es": "EEEE d 'de' MMMM"}
_MONDAY_FIRST = (5, 6, 7, 8, 9, 10, 11)  # January 2026 began its second week on a Monday


def day(at: datetime, zone: ZoneInfo) -> str:
    """The day: "Friday 27 November"."""
    code = _language()
    return format_date(at.astimezone(zone), _DAY.get(code, "EEEE d MMMM"), code)


def short_day(at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """The day for a narrow column: "Fri", "27 Nov"."""
    local, code = at.astimezone(zone), _language()
    return format_date(local, "EEE", code), format_date(local, "d MMM", code)


def clock(at: datetime, zone: ZoneInfo) -> str:
    """The time of day: "22:00"."""
    return f"{at.astimezone(zone):%H:%M}"


def day_and_time(at: datetime, zone: ZoneInfo) -> str:
    """Both: "Friday 27 November, 22:00"."""
    return gettext("%(day)s, %(time)s", day=day(at, zone), time=clock(at, zone))


def span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A stretch of time; where the clocks change in it, with the zone's name of both ends."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    begun = day_and_time(start, zone)
    ended = clock(end, zone) if first.date() == last.date() else day_and_time(end, zone)
    if last.time() == time() and last.date() - first.date() == timedelta(days=1):
        ended = "24:00"
    if first.utcoffset() != last.utcoffset():
        begun, ended = f"{begun} {first:%Z}", f"{ended} {last:%Z}"
    return gettext("%(start)s to %(end)s", start=begun, end=ended)


def zone_name(zone: ZoneInfo, at: datetime) -> str:
    """A zone as people look for it: "America/Chicago (CST)"."""
    return f"{zone.key} ({at.astimezone(zone):%Z})"


def field(at: datetime, zone: ZoneInfo) -> str:
    """The value of a field for day and time: "2026-11-27T22:00"."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"


def weekday(number: int) -> str:
    """The name of a day of the week; 0 is Monday."""
    at = datetime(2026, 1, _MONDAY_FIRST[number])  # noqa: DTZ001  a date, whatever the zone
    return format_datetime(at, "EEEE", locale=_language())


def listed(items: Sequence[str]) -> str:
    """ "A", "A and B", "A, B, and C", as the language does it."""
    return format_list(list(items), locale=_language())


def either(items: Sequence[str]) -> str:
    """ "A", "A or B", "A, B, or C", as the language does it."""
    return format_list(list(items), style="or", locale=_language())


def _language() -> str:
    return str(get_locale() or "en")
