"""Triage: what a caller's words are about and how urgent that is, with the words that say so.

Pure. It errs towards help: it may raise an urgency and never lowers one, a denied weapon ("no gun")
is still a weapon, and words that mean nothing to it are "unsorted, urgent". Since more words never
lower what fewer words said, and no words at all are urgent, triage never answers `routine`: only a
person sets that. A phrase listed as routine gives its category without raising anything.

The phrases (`hotline.reports.phrases`) stand in the `[triage]` table of
`ivr/languages/<code>.toml`, by category and urgency:

    [triage]
    prefixes = ["و", "ال"]           # letters that may be written onto the front of any word
    [triage.weapons]
    life-safety = ["gun*", "knife", "bring|brings .. something"]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from hotline.reports.phrases import Meeting, Token, one_word, parse_phrases, places_of, strings
from hotline.spelling import Forms, normalize, word_forms


class Category(StrEnum):
    """What a report is about, in the order that decides between equally urgent ones."""

    WEAPONS = "weapons"
    ATTACK_PLAN = "attack_plan"
    BOMB = "bomb"
    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    SEXUAL = "sexual"
    ABUSE = "abuse"
    VIOLENCE = "violence"
    HEALTH = "health"
    THREAT = "threat"
    MISSING = "missing"
    DRUGS = "drugs"
    BULLYING = "bullying"
    CRIME = "crime"
    UNSORTED = "unsorted"

    @property
    def precedence(self) -> int:
        """0 for the category that wins every tie."""
        return list(Category).index(self)


class Urgency(StrEnum):
    """How soon a human must act: routine < urgent < life-safety."""

    ROUTINE = "routine"
    URGENT = "urgent"
    LIFE_SAFETY = "life-safety"

    @property
    def rank(self) -> int:
        """0, 1, 2: a higher number is more urgent."""
        return list(Urgency).index(self)

    # A StrEnum would compare as text, where "life-safety" comes first.
    def __lt__(self, other: str) -> bool:
        return self.rank < Urgency(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Urgency(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Urgency(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Urgency(other).rank


@dataclass(frozen=True)
class Reason:
    """Words that decided. phrase: as they were said. first_word, last_word: offsets, both included,
    into the words that were given to `triage`."""

    category: Category
    urgency: Urgency
    phrase: str
    first_word: int
    last_word: int


@dataclass(frozen=True)
class Triage:
    """The verdict: at least urgent, and its reasons in the order in which they were said."""

    category: Category
    urgency: Urgency
    reasons: tuple[Reason, ...] = ()


UNSORTED = Triage(Category.UNSORTED, Urgency.URGENT)


@dataclass(frozen=True)
class Pattern:
    """A phrase of a language file and what it means."""

    category: Category
    urgency: Urgency
    tokens: tuple[Token, ...]


@dataclass(frozen=True)
class Rules:
    """The triage phrases of one language."""

    patterns: tuple[Pattern, ...]
    prefixes: tuple[str, ...] = ()

    @cached_property
    def beginnings(self) -> Meeting:
        """Which patterns begin with a word: a language has hundreds, and few are ever met."""
        return Meeting([pattern.tokens[0] for pattern in self.patterns])

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Rules":
        """The rules of a `[triage]` table. Raises ValueError saying what is wrong with it."""
        prefixes = strings(table.get("prefixes", []), "prefixes")
        categories = {name: value for name, value in table.items() if name != "prefixes"}
        patterns = [p for name, value in categories.items() for p in parse_category(name, value)]
        return cls(tuple(patterns), tuple(one_word(prefix) for prefix in prefixes))


def triage(words: Sequence[str], rules: Rules) -> Triage:
    """What the words are about. Any text gives an answer; none or an unknown one is UNSORTED."""
    found = []
    for pattern, places in met(words, rules):
        start, end = places[0], places[-1]
        phrase = " ".join(words[start : end + 1])
        found.append(Reason(pattern.category, pattern.urgency, phrase, start, end))
    return verdict(without_parts(found))


def deciding(words: Sequence[str], rules: Rules) -> frozenset[int]:
    """Offsets of the words that a phrase names; not of those that only stand in its gaps."""
    return frozenset(place for _, places in met(words, rules) for place in places)


def met(words: Sequence[str], rules: Rules) -> Iterator[tuple[Pattern, tuple[int, ...]]]:
    """The patterns in what was said, each with the offsets of the words it names."""
    prefixes = rules.prefixes
    known = {word: [word_forms(part, prefixes) for part in normalize(word)] for word in set(words)}
    said = [forms for word in words for forms in known[word]]
    offsets = [at for at, word in enumerate(words) for _ in known[word]]
    for pattern, places in matches(rules, said):
        yield pattern, tuple(offsets[place] for place in places)


def combine(before: Triage, after: Triage) -> Triage:
    """Both verdicts as one: the higher urgency, and the category that goes with it.

    The order does not matter and nothing is ever lowered. Offsets in the reasons keep meaning the
    transcript that each was found in.
    """
    ahead = min(before, after, key=lambda t: (-t.urgency.rank, t.category.precedence))
    reasons = tuple(dict.fromkeys(before.reasons + after.reasons))
    return Triage(ahead.category, max(before.urgency, after.urgency), reasons)


def verdict(reasons: Sequence[Reason]) -> Triage:
    """The category of the weightiest reason; its urgency, and never less than urgent."""
    if not reasons:
        return UNSORTED
    top = min(reasons, key=lambda r: (-r.urgency.rank, r.category.precedence))
    return Triage(top.category, max(top.urgency, Urgency.URGENT), tuple(reasons))


def without_parts(reasons: Sequence[Reason]) -> list[Reason]:
    """In the order said, without those inside a longer one that weighs as much."""
    kept: list[Reason] = []
    widest_first = sorted(
        set(reasons), key=lambda r: (r.first_word, -r.last_word, -r.urgency.rank, r.category)
    )
    for reason in widest_first:
        if not any(is_part(reason, other) for other in kept):
            kept.append(reason)
    return kept


def is_part(reason: Reason, other: Reason) -> bool:
    """Whether `other` says all that `reason` says."""
    return (
        reason.category is other.category
        and reason.urgency <= other.urgency
        and other.first_word <= reason.first_word
        and reason.last_word <= other.last_word
    )


def matches(rules: Rules, said: Sequence[Forms]) -> Iterator[tuple[Pattern, tuple[int, ...]]]:
    """Each pattern wherever it begins in `said`, with the places of its words."""
    beginnings = {forms: rules.beginnings.tokens(forms) for forms in set(said)}
    begun: dict[int, list[int]] = {}  # pattern -> places
    for place, forms in enumerate(said):
        for number in beginnings[forms]:
            begun.setdefault(number, []).append(place)
    for number in sorted(begun):
        pattern = rules.patterns[number]
        for first in begun[number]:
            rest = places_of(pattern.tokens[1:], said, first)
            if rest is not None:
                yield pattern, (first, *rest)


def parse_category(name: str, table: Any) -> Iterator[Pattern]:
    """The patterns of one category's table. Raises ValueError."""
    if name not in set(Category) - {Category.UNSORTED}:
        raise ValueError(f"[triage.{name}] is not a category; see hotline/reports/triage.py.")
    if not isinstance(table, Mapping):
        raise ValueError(f"[triage.{name}] must be a table of urgencies.")
    for urgency, phrases in table.items():
        if urgency not in set(Urgency):
            raise ValueError(f"[triage.{name}] has {urgency!r}, which is not an urgency.")
        for phrase in strings(phrases, f"{name}.{urgency}"):
            for tokens in parse_phrases(phrase):
                yield Pattern(Category(name), Urgency(urgency), tokens)
