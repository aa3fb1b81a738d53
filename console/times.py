"""Moments and durations in the words of the pages: exact, never vague."""

from datetime import datetime

from babel.dates import format_datetime

from console.locale import language
from console.text import gettext, ngettext

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def lasted(seconds: float) -> str:
    """A duration: "52 s", "1 min 48 s", "2 h 5 min", "3 days 4 h"."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return _seconds(whole)
    if whole < _HOUR:
        return _two(_minutes(whole // _MINUTE), _seconds(whole % _MINUTE), whole % _MINUTE)
    if whole < _DAY:
        rest = whole % _HOUR // _MINUTE
        return _two(_hours(whole // _HOUR), _minutes(rest), rest)
    days, rest = whole // _DAY, whole % _DAY // _HOUR
    return _two(ngettext("%(num)s day", "%(num)s days", days), _hours(rest), rest)


def _two(big: str, small: str, rest: int) -> str:
    return f"{big} {small}" if rest else big


def _seconds(count: int) -> str:
    return gettext("%(count)s s", count=count)


def _minutes(count: int) -> str:
    return gettext("%(count)s min", count=count)


def _hours(count: int) -> str:
    return gettext("%(count)s h", count=count)


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in its largest unit: "9 min ago"."""
    whole = max(0, int((now - then).total_seconds()))
    if whole >= _DAY:
        return gettext("%(count)s d ago", count=whole // _DAY)
    if whole >= _HOUR:
        return gettext("%(count)s h ago", count=whole // _HOUR)
    if whole >= _MINUTE:
        return gettext("%(count)s min ago", count=whole // _MINUTE)
    return gettext("%(count)s s ago", count=whole)


def clock(at: datetime) -> str:
    """The time of day in UTC: "21:12:31"."""
    return f"{at:%H:%M:%S}"


def moment(at: datetime) -> str:
    """Day and time in UTC: "24 November 2026, 02:06"."""
    return str(format_datetime(at, gettext("d MMMM y, HH:mm"), locale=language()))


def short(at: datetime) -> str:
    """Day and time in UTC where there is little room: "24 Nov 2026, 02:06"."""
    return str(format_datetime(at, gettext("d MMM y, HH:mm"), locale=language()))


def whole(seconds: float) -> str:
    """Whole seconds, as they have passed: "14"."""
    return str(max(0, int(seconds)))


def position(seconds: float) -> str:
    """A place in a recording: "0:39"."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
