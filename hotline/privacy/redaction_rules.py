"""How personal data is said in one language: the `[redaction]` table of a language file. Pure.

    [redaction]
    prefixes = []                        # letters that may be written onto the front of a word
    stop = ["i", "and", "the", "is"]     # words that end a name and are in no street's name
    counted = ["kids", "minutes"]        # what numbers count; a house number counts nothing
    particles = ["de", "la"]             # small words within a name
    fillers = ["uh", "um"]

    [redaction.labels]                   # shown, and spoken, in place of what is masked
    telephone = "a telephone number"
    email = "an e-mail address"
    address = "a street address"
    name = "a name"

    [redaction.telephone]
    numbers = { zero = 0, five = 5, fifty = 50, hundred = 100 }
    multipliers = ["hundred"]            # "five hundred" is 500
    joiners = ["and"]                    # "five hundred and five" is 505
    repeats = { double = 2 }             # "double five" is 55
    inside = ["dash"]                    # may stand between the digits
    services = ["nine one one"]          # numbers of the public, which are never masked

    [redaction.email]
    cues = ["my email is"]
    at = ["at"]
    dot = ["dot"]
    joiners = ["underscore"]
    hosts = ["gmail"]                    # need no ending
    endings = ["com", "org"]

    [redaction.address]
    streets = ["street", "avenue"]
    doubtful = ["way", "place"]          # only after a house number of two digits or more
    layouts = ["number name street"]     # or "number street name", "street name number",
                                         # "name street number"
    marks = ["number"]                   # may stand before a house number
    units = ["apartment"]

    [redaction.name]
    cues = ["my name is"]
    most_words = 3                       # of one name, particles not counted
    also = ["will"]                      # names though `stop` or triage know them as words
    ends_at = []                         # a further word with this prefix is no part of the name

An entry of several words stands for these words one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any

from hotline.privacy.redaction_parts import Part, split
from hotline.spelling import word_forms

LARGEST_NUMBER_WORD = 1000
MOST_NAME_WORDS = 8


class Kind(StrEnum):
    """What is masked; a word that could be two of them is the first."""

    TELEPHONE = "telephone"
    EMAIL = "email"
    ADDRESS = "address"
    NAME = "name"


class Layout(StrEnum):
    """In which order a street address is said."""

    NUMBER_NAME_STREET = "number name street"
    NUMBER_STREET_NAME = "number street name"
    STREET_NAME_NUMBER = "street name number"
    NAME_STREET_NUMBER = "name street number"


Phrase = tuple[Part, ...]
"""The parts of a phrase, one after the other."""


_order = itemgetter(0)


class Phrases:
    """Phrases in their order, found by the first word of each: most words begin none of them."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[tuple[int, Phrase]]] = {}
        for order, phrase in enumerate(phrases):
            self._by_first.setdefault(phrase[0].text, []).append((order, phrase))

    def __len__(self) -> int:
        """How many phrases begin differently."""
        return len(self._by_first)

    def that_begin_with(self, texts: Iterable[str]) -> Sequence[Phrase]:
        """Those whose first word is one of the texts, in their order."""
        found = [one for text in texts for one in self._by_first.get(text, ())]
        return [phrase for _, phrase in sorted(found, key=_order)] if found else ()


@dataclass(frozen=True)
class Telephone:
    """How digits are said. `numbers` and `repeats` by word, in the spelling of `Part.text`."""

    numbers: Mapping[str, int]
    multipliers: frozenset[str]
    joiners: frozenset[str]
    repeats: Mapping[str, int]
    inside: frozenset[str]
    services: Phrases


@dataclass(frozen=True)
class Email:
    """How an e-mail address is said."""

    cues: Phrases
    at: Phrases
    dot: frozenset[str]
    joiners: frozenset[str]
    hosts: frozenset[str]
    endings: frozenset[str]


@dataclass(frozen=True)
class Address:
    """How a street address is said."""

    streets: frozenset[str]
    doubtful: frozenset[str]
    layouts: tuple[Layout, ...]
    marks: frozenset[str]
    units: frozenset[str]


@dataclass(frozen=True)
class Name:
    """How somebody says their own name."""

    cues: Phrases
    most_words: int
    also: frozenset[str]
    ends_at: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """The `[redaction]` table of one language. `maksura`: those of `stop` that end in ى: على stops
    a name, and علي is one."""

    prefixes: tuple[str, ...]
    stop: frozenset[str]
    maksura: frozenset[str]
    counted: frozenset[str]
    particles: frozenset[str]
    fillers: frozenset[str]
    labels: Mapping[Kind, str]
    telephone: Telephone
    email: Email
    address: Address
    name: Name

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Rules":
        """The rules of a `[redaction]` table. Raises ValueError saying what is wrong with it."""
        top = _Table(table, "redaction")
        return cls(
            prefixes=tuple(sorted(top.words("prefixes"))),
            stop=top.words("stop"),
            maksura=frozenset(top.word(text) for text in top.strings("stop") if "ى" in text),
            counted=top.words("counted"),
            particles=top.words("particles"),
            fillers=top.words("fillers"),
            labels=_labels(top.table("labels")),
            telephone=_telephone(top.table("telephone")),
            email=_email(top.table("email")),
            address=_address(top.table("address")),
            name=_name(top.table("name")),
        )

    def among(self, part: Part, words: frozenset[str]) -> bool:
        """Whether the part, or what is left of it without its prefixes, is one of the words."""
        if part.text in words or not self.prefixes:
            return part.text in words
        return not words.isdisjoint(word_forms(part.text, self.prefixes))

    def stops(self, part: Part) -> bool:
        """Whether a name ends before this part, and no street is called so."""
        if part.text in self.maksura and not part.maksura:
            return False
        return self.among(part, self.stop) or self.among(part, self.counted)

    def stands(self, phrase: Phrase, parts: Sequence[Part], at: int) -> bool:
        """Whether the phrase stands at that place; its first word may have prefixes.

        Accents count where they were written: "me llamo" is not in "me llamó".
        """
        here = parts[at : at + len(phrase)]
        if len(here) < len(phrase) or not self.among(here[0], frozenset({phrase[0].text})):
            return False
        pairs = list(zip(here, phrase, strict=True))
        return all(said.text == wanted.text for said, wanted in pairs[1:]) and all(
            said.accents in ("", wanted.accents) for said, wanted in pairs
        )

    def length_at(self, phrases: Phrases, parts: Sequence[Part], at: int) -> int:
        """How many parts the first of the phrases has that stands at that place, or 0."""
        if at >= len(parts):
            return 0
        text = parts[at].text
        forms = word_forms(text, self.prefixes) if self.prefixes else (text,)
        near = phrases.that_begin_with(forms)
        return next((len(p) for p in near if self.stands(p, parts, at)), 0)


class _Table:
    """A table of the file that complains by its full name."""

    def __init__(self, table: Any, where: str) -> None:
        if not isinstance(table, Mapping):
            raise ValueError(f"[{where}] must be a table.")
        self.where = where
        self.entries = table

    def entry(self, key: str) -> Any:
        """The entry. Raises ValueError when there is none."""
        if key not in self.entries:
            raise ValueError(f"[{self.where}] lacks {key!r}; see en.toml.")
        return self.entries[key]

    def table(self, key: str) -> "_Table":
        """A table within."""
        return _Table(self.entry(key), f"{self.where}.{key}")

    def strings(self, key: str) -> list[str]:
        """A list of strings."""
        value = self.entry(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"[{self.where}] {key} must be a list of strings.")
        return value

    def words(self, key: str) -> frozenset[str]:
        """A list of single words, as `Part.text` spells them."""
        return frozenset(self.word(text) for text in self.strings(key))

    def word(self, text: str) -> str:
        """One word as `Part.text` spells it."""
        phrase = self.phrase(text)
        if len(phrase) != 1:
            raise ValueError(f"[{self.where}] has {text!r}, which is not one word.")
        return phrase[0].text

    def phrase(self, text: str) -> Phrase:
        """The parts of one entry."""
        phrase = tuple(split(text.split()))
        if not phrase:
            raise ValueError(f"[{self.where}] has {text!r}, which is no word.")
        return phrase

    def phrases(self, key: str) -> tuple[Phrase, ...]:
        """A list of phrases, the longest first: "my name is" before "name is"."""
        found = [self.phrase(text) for text in self.strings(key)]
        return tuple(sorted(found, key=len, reverse=True))

    def figures(self, key: str, least: int, most: int) -> dict[str, int]:
        """A table from single words to whole numbers between the two, both included."""
        values = self.table(key).entries
        for word, value in values.items():
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"[{self.where}.{key}] {word} must be from {least} to {most}.")
        return {self.word(word): value for word, value in values.items()}


def _labels(table: _Table) -> dict[Kind, str]:
    labels = {kind: table.entry(kind.value) for kind in Kind}
    for kind, label in labels.items():
        if not isinstance(label, str) or not label.strip():
            raise ValueError(f"[{table.where}] {kind} must be some words.")
    return labels


def _telephone(table: _Table) -> Telephone:
    rules = Telephone(
        numbers=table.figures("numbers", 0, LARGEST_NUMBER_WORD),
        multipliers=table.words("multipliers"),
        joiners=table.words("joiners"),
        repeats=table.figures("repeats", 2, 4),
        inside=table.words("inside"),
        services=Phrases(table.phrases("services")),
    )
    if missing := set(range(10)) - set(rules.numbers.values()):
        raise ValueError(f"[{table.where}.numbers] has no word for {min(missing)}.")
    if unknown := rules.multipliers - set(rules.numbers):
        raise ValueError(f"[{table.where}] {min(unknown)!r} multiplies and is not in numbers.")
    return rules


def _email(table: _Table) -> Email:
    return Email(
        cues=Phrases(table.phrases("cues")),
        at=Phrases([*table.phrases("at"), (Part(0, "@"),)]),
        dot=table.words("dot") | {"."},
        joiners=table.words("joiners"),
        hosts=table.words("hosts"),
        endings=table.words("endings"),
    )


def _address(table: _Table) -> Address:
    layouts = table.strings("layouts")
    if unknown := set(layouts) - set(Layout):
        raise ValueError(f"[{table.where}] {min(unknown)!r} is not a layout; see en.toml.")
    return Address(
        streets=table.words("streets"),
        doubtful=table.words("doubtful"),
        layouts=tuple(Layout(text) for text in layouts),
        marks=table.words("marks"),
        units=table.words("units"),
    )


def _name(table: _Table) -> Name:
    most = table.entry("most_words")
    if type(most) is not int or not 1 <= most <= MOST_NAME_WORDS:
        raise ValueError(f"[{table.where}] most_words must be from 1 to {MOST_NAME_WORDS}.")
    return Name(
        cues=Phrases(table.phrases("cues")),
        most_words=most,
        also=table.words("also"),
        ends_at=tuple(sorted(table.words("ends_at"))),
    )
