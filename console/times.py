"""Moments and durations in the words of the pages: exact, never vague. Pure."""

from datetime import datetime

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def lasted(seconds: float) -> str:
    """A duration: "52 s", "1 min 48 s", "2 h 5 min", "3 days 4 h"."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    if whole < _DAY:
        return _two(whole, _HOUR, "h", _MINUTE, "min")
    days = whole // _DAY
    return _two(whole, _DAY, "day" if days == 1 else "days", _HOUR, "h")


def _two(whole: int, unit: int, name: str, small: int, small_name: str) -> str:
    big, rest = divmod(whole, unit)
    rest //= small
    return f"{big} {name} {rest} {small_name}" if rest else f"{big} {name}"


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in its largest unit: "9 min ago"."""
    whole = max(0, int((now - then).total_seconds()))
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if whole >= unit:
            return f"{whole // unit} {name} ago"
    return f"{whole} s ago"


def clock(at: datetime) -> str:
    """The time of day in UTC: "21:12:31"."""
    return f"{at:%H:%M:%S}"


def moment(at: datetime) -> str:
    """Day and time in UTC: "24 November 2026, 02:06"."""
    return f"{at.day} {at:%B %Y, %H:%M}"


def whole(seconds: float) -> str:
    """Whole seconds, as they have passed: "14"."""
    return str(max(0, int(seconds)))


def position(seconds: float) -> str:
    """A place in a recording: "0:39"."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
