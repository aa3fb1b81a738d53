"""How alike two reports are by their words, and what is new in one. Pure: sets of terms, no text.

A term is a piece of a word (`hotline.reports.search_terms`) or its blind name: what is compared
need not be opened. Each counts by its rarity, so that "the" and "school" say little and a name says
much; no list of stop words is needed. Rarity is counted over the reports of the last hours and the
hotline's own sentences of that language. A wave would make its own words common, so the reports of
one incident count as one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log, sqrt

Terms = frozenset[str]

ALIKE = 0.30
"""From this likeness on a report is suggested to an incident (docs/simulation.md#waves)."""
NEAREST = 3
"""The likeness to an incident is the mean of so many of its reports that are the most alike: one
report that was put there by mistake does not bring others along."""
NEW_SHARE = 0.40
"""From this share of words on that no report of the incident has, it says something new."""
FEWEST = 8
"""Terms (two words or three) below which nothing can be said: it is alike to nothing."""
NAMED = 6
"""Words that are shown as the reason."""


@dataclass(frozen=True)
class Told:
    """A report of the last hours. incident: the id of the one it belongs to."""

    report_id: str
    terms: Terms
    incident: str | None = None


@dataclass(frozen=True)
class Like:
    """What a report is the most alike to: an incident, or a report that is in none yet. likeness:
    above 0 and up to 1, about. shared: the terms they share, the rarest first; those of one set are
    equally rare."""

    report_id: str
    incident: str | None
    likeness: float
    shared: tuple[frozenset[str], ...]


class Rarity:
    """How much each term says: the logarithm of how seldom a text has it."""

    def __init__(self, texts: Iterable[Collection[str]]) -> None:
        having: Counter[str] = Counter()
        count = 0
        for text in texts:
            having.update(set(text))
            count += 1
        # Few numbers of texts for many terms: a logarithm for each of these is enough.
        logs = {with_it: log((count + 2) / (with_it + 1)) for with_it in {0, *having.values()}}
        self._weights = {term: logs[with_it] for term, with_it in having.items()}
        self._squares = {term: weight * weight for term, weight in self._weights.items()}
        self._new = logs[0]  # of a term that no text has
        self._sizes: dict[Terms, float] = {}

    def weight(self, term: str) -> float:
        """Above 0; the greatest for a term that no text has."""
        return self._weights.get(term, self._new)

    def likeness(self, one: Terms, other: Terms) -> float:
        """The cosine of the two, 0 to 1: 1 for the same terms, 0 when they share none."""
        shared = self._squared(one & other)
        if not shared:
            return 0.0
        return min(1.0, shared / sqrt(self._size(one) * self._size(other)))

    def _size(self, terms: Terms) -> float:
        """Counted once for a report that is held against many."""
        known = self._sizes.get(terms)
        if known is None:
            known = self._sizes[terms] = self._squared(terms)
        return known

    def _squared(self, terms: Terms) -> float:
        square, new = self._squares.get, self._new * self._new
        return sum([square(term, new) for term in terms])

    def new_share(self, terms: Terms, known: Collection[str]) -> float:
        """What part of the weight of these terms the known ones lack, 0 to 1."""
        whole = sum(self.weight(t) for t in terms)
        return sum(self.weight(t) for t in terms if t not in known) / whole if whole else 0.0

    def rarest(self, terms: Iterable[str]) -> tuple[frozenset[str], ...]:
        """The terms, the rarest first; those that are equally rare stand together."""
        ordered = sorted(terms, key=self.weight, reverse=True)
        return tuple(frozenset(alike) for _, alike in groupby(ordered, key=self.weight))


def rarity(window: Sequence[Told], sentences: Sequence[Collection[str]] = ()) -> Rarity:
    """Counted over the reports, those of one incident as one, and the hotline's own sentences."""
    return Rarity([*sentences, *_texts(window).values()])


def _texts(window: Sequence[Told]) -> Mapping[str, set[str]]:
    texts: dict[str, set[str]] = {}
    for told in window:
        texts.setdefault(told.incident or told.report_id, set()).update(told.terms)
    return texts


def most_alike(
    terms: Terms, window: Sequence[Told], rare: Rarity, least: float | None = None
) -> Like | None:
    """What the report is the most alike to, None when nothing reaches `least` (default: ALIKE)."""
    least = ALIKE if least is None else least
    if len(terms) < FEWEST:
        return None
    found: dict[str, list[tuple[float, Told]]] = {}
    for told in window:
        if len(told.terms) >= FEWEST:
            scored = (rare.likeness(terms, told.terms), told)
            found.setdefault(told.incident or told.report_id, []).append(scored)
    likes = [_like(terms, each, rare) for each in found.values()]
    best = max(likes, key=lambda like: (like.likeness, like.report_id), default=None)
    return best if best is not None and best.likeness >= least else None


def _like(terms: Terms, scored: list[tuple[float, Told]], rare: Rarity) -> Like:
    nearest = sorted(scored, key=lambda s: (-s[0], s[1].report_id))[:NEAREST]
    told = nearest[0][1]
    mean = sum(likeness for likeness, _ in nearest) / len(nearest)
    return Like(told.report_id, told.incident, mean, rare.rarest(terms & told.terms))


def says_something_new(
    terms: Terms, grave: Collection[str], known: Collection[str], rare: Rarity
) -> bool:
    """Whether a report says what no other one of the incident says. grave: of its terms, the words
    for which triage holds it to be life-safety; known: the terms of the others.

    A grave word that is new is enough; so is a text of which a good part is new.
    """
    if any(term not in known for term in grave):
        return True
    return rare.new_share(terms, known) >= NEW_SHARE
