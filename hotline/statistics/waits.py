"""How long something took, over many reports: counts by whole seconds. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Waits:
    """(seconds, how many), shortest first."""

    counts: tuple[tuple[int, int], ...] = ()

    @cached_property
    def total(self) -> int:
        """How many there are."""
        return sum(count for _, count in self.counts)

    def quantile(self, share: float) -> int | None:
        """The wait in seconds that this share (0 to 1) did not exceed: one that happened, by the
        nearest rank. None when there is none."""
        rank, seen = max(1, math.ceil(share * self.total)), 0
        for seconds, count in self.counts:
            seen += count
            if seen >= rank:
                return seconds
        return None

    @property
    def median(self) -> int | None:
        """Half of them took no longer."""
        return self.quantile(0.5)

    def within(self, seconds: int) -> int:
        """How many took no longer than that."""
        return sum(count for took, count in self.counts if took <= seconds)


def waits(pairs: Iterable[tuple[int | None, int]]) -> Waits:
    """Waits of (seconds, how many) in any order; None is left out, and nothing is below 0."""
    found: dict[int, int] = {}
    for seconds, count in pairs:
        if seconds is not None:
            found[max(0, seconds)] = found.get(max(0, seconds), 0) + count
    return Waits(tuple(sorted(found.items())))


NONE = Waits()
