"""Runs of numbers, typed or spoken, and how many digits each has. Pure.

"five fifty five oh one hundred" is 5 55 0 100: seven digits. Where a language leaves it open how
many digits were meant ("fifty five" is 55 or 50 5), the fewer count.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hotline.privacy.redaction_parts import Part
from hotline.privacy.redaction_rules import Rules, Telephone

MOST_INSIDE = 2  # words that may stand between two digits: "five five [unintelligible] um oh"


@dataclass(frozen=True)
class Run:
    """Numbers that follow each other. first, last: offsets of parts, both included. digits: how
    many. counting: they go up or down one by one, and beyond nine, as grades and ages do."""

    first: int
    last: int
    digits: int
    counting: bool


@dataclass
class _Counter:
    """Digits so far. `group`: the number that a further word may still add to, or None."""

    rules: Telephone
    digits: int = 0
    group: int | None = None
    values: list[int] | None = None

    def typed(self, digits: str) -> None:
        """Digits as somebody typed them: nothing adds to them."""
        self.digits += len(digits)
        self.group = None
        self._note(int(digits) if len(digits) < 4 else 0)

    def spoken(self, word: str, joined: bool) -> None:
        """A number word; `joined` when an "and" is written onto it."""
        value, before = self.rules.numbers[word], self.group
        if before and word in self.rules.multipliers and before < value:
            total = before * value
            self.digits += len(str(total)) - len(str(before))
        elif before and self.adds(value):
            total = before + value
        elif before and joined and _tens_after_unit(before, value):
            total = before + value
            self.digits += len(str(total)) - len(str(before))
        else:
            total = value
            self.digits += len(str(value))
            self._note(value)
        self.group = total

    def repeat(self, times: int) -> None:
        """ "Double" or "triple": the next number counts so many times."""
        self.digits += times - 1
        self.group = None

    def adds(self, value: int) -> bool:
        """Whether a value takes the place of zeros that were said: fifty, five."""
        return bool(self.group) and value > 0 and (self.group or 1) % 10 ** len(str(value)) == 0

    def counting(self) -> bool:
        """Whether the numbers go up or down one by one, some of them beyond nine."""
        values = self.values or []
        steps = {later - earlier for earlier, later in pairwise(values)}
        return max(values, default=0) > 9 and steps in ({1}, {-1})

    def _note(self, value: int) -> None:
        self.values = [*(self.values or ()), value]


def _tens_after_unit(before: int, value: int) -> bool:
    """Whether it is as in خمسة وعشرين, "five and twenty"."""
    return 1 <= before % 100 <= 9 and 20 <= value < 100 and value % 10 == 0


def number_word(part: Part, rules: Rules) -> tuple[str, bool] | None:
    """The number word that a part is, and whether a prefix is written onto it."""
    if part.text in rules.telephone.numbers:
        return part.text, False
    for prefix in rules.prefixes:
        rest = part.text.removeprefix(prefix)
        if rest != part.text and rest in rules.telephone.numbers:
            return rest, True
    return None


def is_number(part: Part, rules: Rules) -> bool:
    """Whether a part is digits or a number word."""
    return bool(part.digits) or number_word(part, rules) is not None


def run_at(
    parts: Sequence[Part], at: int, rules: Rules, unsure: Collection[int] = ()
) -> Run | None:
    """The longest run that begins at that place, if one does.

    unsure: offsets of words that may have been something else; a run goes on behind them.
    """
    if at >= len(parts) or not _may_begin(parts[at], rules):
        return None  # nearly everywhere, and told without counting
    counter = _Counter(rules.telephone)
    last, place = None, at
    while (length := _next(parts, place, rules, counter, unsure if place > at else None)) > 0:
        place += length
        last = place - 1
    return None if last is None else Run(at, last, counter.digits, counter.counting())


def _may_begin(part: Part, rules: Rules) -> bool:
    return part.text in rules.telephone.repeats or is_number(part, rules)


def _next(
    parts: Sequence[Part],
    place: int,
    rules: Rules,
    counter: _Counter,
    unsure: Collection[int] | None,
) -> int:
    """Count the next number of a run; how many parts it took to its end, 0 when there is none.

    unsure is None at the beginning of a run, where nothing may be passed over.
    """
    begin = place
    if unsure is not None:
        place += _passed(parts, place, rules, counter, unsure)
    if place < len(parts) and (repeats := rules.telephone.repeats.get(parts[place].text, 0)):
        place += 1
        counter.repeat(repeats if place < len(parts) and is_number(parts[place], rules) else 1)
    if place >= len(parts):
        return 0
    if parts[place].digits:
        counter.typed(parts[place].digits)
    elif (word := number_word(parts[place], rules)) is not None:
        counter.spoken(*word)
    else:
        return 0
    return place + 1 - begin


def _passed(
    parts: Sequence[Part], place: int, rules: Rules, counter: _Counter, unsure: Collection[int]
) -> int:
    """How many parts that are no numbers stand before the next number of a run."""
    if place + 1 < len(parts) and parts[place].text in rules.telephone.joiners:
        following = number_word(parts[place + 1], rules)
        return 1 if following and counter.adds(rules.telephone.numbers[following[0]]) else 0
    count = 0
    while count < MOST_INSIDE and place + count < len(parts):
        if not _may_stand_inside(parts[place + count], rules, unsure):
            break
        count += 1
    if count:
        counter.group = None
    return count


def _may_stand_inside(part: Part, rules: Rules, unsure: Collection[int]) -> bool:
    if is_number(part, rules):
        return False
    known = part.text in rules.telephone.inside or part.text in rules.fillers
    return known or part.lost or (part.word in unsure and part.text not in rules.telephone.repeats)
