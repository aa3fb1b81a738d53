"""The final schedule cut into pieces: who is on call when, who stands in, where nobody is. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from hotline.oncall import calendar
from hotline.oncall.calendar import Schedule, Span


@dataclass(frozen=True)
class Piece:
    """A stretch of UTC time of one person. person None: nobody is on call, a gap.

    instead: where they stand in, whose places are taken (nobody's: they fill a gap, or come on top
    of others); None: it is their turn by the plan.
    """

    start: datetime
    end: datetime
    person: str | None
    instead: tuple[str, ...] | None = None

    @property
    def stands_in(self) -> bool:
        """Whether an override put them there."""
        return self.instead is not None

    @property
    def hours(self) -> float:
        """How long it lasts, in hours."""
        return (self.end - self.start) / timedelta(hours=1)


def pieces(final: Schedule, planned: Schedule, start: datetime, end: datetime) -> tuple[Piece, ...]:
    """Everybody's time on call between two moments (aware), cut off there, by start.

    final: the schedule with all its overrides. planned: the same one as it was meant to be.
    """
    running: dict[str | None, Piece] = {}
    done: list[Piece] = []
    for at, until, now, meant in _both(final, planned, start, end):
        here = {p.person: p for p in _here(at, until, now, meant)}
        for person, piece in list(running.items()):
            known = here.get(person)
            if known is None or known.instead != piece.instead:
                done.append(running.pop(person))
        for person, piece in here.items():
            running[person] = replace(running.get(person, piece), end=until)
    return tuple(sorted([*done, *running.values()], key=lambda p: (p.start, p.person or "")))


def gaps(all_pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Those in which nobody is on call."""
    return tuple(piece for piece in all_pieces if piece.person is None)


def _here(
    at: datetime, until: datetime, now: tuple[str, ...], meant: tuple[str, ...]
) -> Iterator[Piece]:
    if not now:
        yield Piece(at, until, None)
    instead = tuple(person for person in meant if person not in now)
    for person in now:
        yield Piece(at, until, person, None if person in meant else instead)


def _both(
    final: Schedule, planned: Schedule, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, tuple[str, ...], tuple[str, ...]]]:
    """Stretches in which both stay the same: begin, end, who is on call, who was meant to be."""
    one, other = (calendar.final(s, start, end) for s in (final, planned))
    edges = sorted({edge for span in (*one, *other) for edge in (span.start, span.end)})
    for at, until in pairwise(edges):
        yield at, until, _at(one, at), _at(other, at)


def _at(spans: tuple[Span, ...], moment: datetime) -> tuple[str, ...]:
    return next(s.people for s in spans if s.start <= moment < s.end)
