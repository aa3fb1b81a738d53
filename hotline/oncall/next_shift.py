"""When somebody's next shift is. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hotline.oncall import calendar
from hotline.oncall.calendar import Schedule, Shift

AHEAD = timedelta(days=60)
"""How far ahead is looked."""


def of_each(schedules: Iterable[Schedule], now: datetime) -> dict[str, tuple[str, Shift]]:
    """Everybody's shift that runs now or comes next, by handle, with the name of its schedule.

    One that runs begins now; one that goes beyond AHEAD is cut off there.
    """
    found: dict[str, tuple[str, Shift]] = {}
    for schedule in schedules:
        for shift in calendar.shifts(schedule, now, now + AHEAD):
            known = found.get(shift.person)
            if known is None or shift.start < known[1].start:
                found[shift.person] = schedule.name, shift
    return found
