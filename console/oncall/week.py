"""A week as seven lines: where each bar begins and ends, on which lane, and where now is. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotline.oncall import calendar
from hotline.oncall.pieces import Piece

COLUMNS = 96
"""Of a day: a quarter of an hour each, except where the clocks change."""
DAYS = 7


@dataclass(frozen=True)
class Bar:
    """The part of a piece that lies in one day. first, last: columns, 0 to COLUMNS.

    begins: the piece begins in this day, so that there is a stop and not a line that goes on.
    """

    piece: Piece
    start: datetime
    end: datetime
    first: int
    last: int
    lane: int
    begins: bool


@dataclass(frozen=True)
class Day:
    """One local day (`start`, `end` in UTC). now: the column of the present moment, if in it."""

    date: date
    start: datetime
    end: datetime
    bars: tuple[Bar, ...]
    now: int | None

    @property
    def hours(self) -> float:
        """24, and not quite where the clocks change."""
        return (self.end - self.start) / timedelta(hours=1)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def bounds(monday: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the week begins and ends in a zone; UTC."""
    return _midnight(monday, zone), _midnight(monday + timedelta(days=DAYS), zone)


def days(pieces: Sequence[Piece], monday: date, zone: ZoneInfo, now: datetime) -> tuple[Day, ...]:
    """The seven days from a Monday on, with what of the pieces lies in each."""
    begin, end = bounds(monday, zone)
    laid = lanes(p for p in pieces if p.start < end and begin < p.end)
    return tuple(_day(laid, monday + timedelta(days=n), zone, now) for n in range(DAYS))


def lanes(pieces: Iterable[Piece]) -> list[tuple[Piece, int]]:
    """Each piece with a lane on which it meets nobody: that of whom it follows, else the lowest."""
    ends: list[datetime] = []
    laid = []
    for piece in sorted(pieces, key=lambda p: (p.start, p.end, p.person or "")):
        free = [n for n, end in enumerate(ends) if end <= piece.start]
        lane = min(free, key=lambda n: (ends[n] != piece.start, n), default=len(ends))
        ends[lane : lane + 1] = [piece.end]
        laid.append((piece, lane))
    return laid


def _day(laid: Sequence[tuple[Piece, int]], on: date, zone: ZoneInfo, now: datetime) -> Day:
    start, end = _midnight(on, zone), _midnight(on + timedelta(days=1), zone)
    bars = tuple(
        _bar(piece, lane, start, end)
        for piece, lane in laid
        if piece.start < end > start < piece.end
    )
    here = min(_column(now, start, end), COLUMNS - 1) if start <= now < end else None
    return Day(on, start, end, bars, here)


def _bar(piece: Piece, lane: int, start: datetime, end: datetime) -> Bar:
    begin, finish = max(piece.start, start), min(piece.end, end)
    first = min(_column(begin, start, end), COLUMNS - 1)
    last = max(_column(finish, start, end), first + 1)  # however short, it can be seen
    return Bar(piece, begin, finish, first, last, lane, piece.start >= start)


def _column(at: datetime, start: datetime, end: datetime) -> int:
    return round(COLUMNS * ((at - start) / (end - start)))


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return calendar.moment(on, time(), zone)
