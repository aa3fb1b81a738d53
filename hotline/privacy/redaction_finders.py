"""Where telephone numbers, e-mail addresses, street addresses and names stand. Pure.

Each finder gives spans of parts, first and last included; they may overlap. `deciding` are offsets
of the words that triage decided by: no name and no street is made of them.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hotline.privacy.redaction_numbers import is_number, run_at
from hotline.privacy.redaction_parts import Part
from hotline.privacy.redaction_rules import Layout, Phrases, Rules
from hotline.spelling import is_han

MIN_DIGITS = 7  # the shortest subscriber number of the North American plan
MOST_HOUSE_DIGITS = 6
MOST_STREET_WORDS = 4
MOST_HOST_WORDS = 3
MOST_EMAIL_WORDS = 8
MIN_SPELLED = 3  # single letters in a row that spell a name

Span = tuple[int, int]
WRITTEN_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w")


@dataclass(frozen=True)
class Said:
    """What was said, in parts, and what is known of it."""

    parts: Sequence[Part]
    rules: Rules
    deciding: Collection[int] = ()
    unsure: Collection[int] = ()

    def decides(self, at: int) -> bool:
        """Whether triage decided by the word of that part."""
        return self.parts[at].word in self.deciding

    def stops(self, at: int) -> bool:
        """Whether nothing that is masked goes on beyond this part."""
        part = self.parts[at]
        return part.closed or self.rules.stops(part) or self.decides(at)

    def cues(self, phrases: Phrases) -> Iterator[int]:
        """Where each of the phrases has ended: the offset of the part after it."""
        for at in range(len(self.parts)):
            if length := self.rules.length_at(phrases, self.parts, at):
                yield at + length


def telephones(said: Said) -> Iterator[Span]:
    """Runs of seven digits or more, without the numbers of the public at their beginning."""
    at = 0
    while at < len(said.parts):
        run = run_at(said.parts, at, said.rules, said.unsure)
        if run is None:
            at += 1
            continue
        first = _without_services(said, at, run.last)
        rest = run_at(said.parts, first, said.rules, said.unsure) if first <= run.last else None
        if rest is not None and rest.digits >= MIN_DIGITS and not rest.counting:
            yield rest.first, rest.last
        at = run.last + 1


def _without_services(said: Said, first: int, last: int) -> int:
    """Where a run begins that began with a number of the public, or with a word triage knows."""
    while first <= last:
        length = said.rules.length_at(said.rules.telephone.services, said.parts, first)
        if said.decides(first):
            first += 1
        elif length and _digits_from(said, first + length) >= MIN_DIGITS:
            first += length
        else:
            break
    return first


def _digits_from(said: Said, at: int) -> int:
    run = run_at(said.parts, at, said.rules, said.unsure)
    return run.digits if run else 0


def emails(said: Said) -> Iterator[Span]:
    """Spoken addresses: "john dot smith at example dot org"."""
    begun = set(said.cues(said.rules.email.cues))
    for at in range(1, len(said.parts)):
        length = said.rules.length_at(said.rules.email.at, said.parts, at)
        last = _host_end(said, at + length) if length else None
        if last is None:
            continue
        near = [cue for cue in begun if at - MOST_EMAIL_WORDS <= cue < at]
        first = min(near, default=_mailbox(said, at - 1))
        if first < at:
            yield first, last


def _host_end(said: Said, at: int) -> int | None:
    """The last part of the host that begins there: "mail dot example dot org"."""
    parts, email = said.parts, said.rules.email
    place = at
    while place < len(parts) and place - at < MOST_HOST_WORDS and not _ends_host(said, place):
        place += 1
    last = None
    while place > at and place + 1 < len(parts) and parts[place].text in email.dot:
        last = place + 1
        place += 2
    if last is not None and parts[last].text in email.endings:
        return last
    return at if at < len(parts) and parts[at].text in email.hosts else None


def _ends_host(said: Said, at: int) -> bool:
    dot = said.rules.email.dot
    before_dot = at + 1 < len(said.parts) and said.parts[at + 1].text in dot
    return said.parts[at].text in dot or (said.stops(at) and not before_dot)


def _mailbox(said: Said, last: int) -> int:
    """Where the mailbox begins whose last part is there; behind it when there is none."""
    if said.stops(last):
        return last + 1
    first = last
    while first > 0 and last - first < MOST_EMAIL_WORDS and _belongs(said, first):
        first -= 1
    return first


def _belongs(said: Said, at: int) -> bool:
    """Whether the part before belongs to the same mailbox as the one there."""
    email, before = said.rules.email, said.parts[at - 1]
    if said.decides(at - 1):
        return False
    joiners = email.joiners | email.dot
    if before.text in joiners:
        return True
    if said.parts[at].text in joiners:
        return not said.stops(at - 1)
    number = is_number(said.parts[at], said.rules) or is_number(before, said.rules)
    return number and not said.stops(at - 1)


def written_emails(words: Sequence[str]) -> Iterator[int]:
    """Offsets of words that are, or hold, an e-mail address."""
    return (at for at, word in enumerate(words) if WRITTEN_EMAIL.search(word))


def addresses(said: Said) -> Iterator[Span]:
    """A house number and a street, in the orders the language has."""
    layouts = said.rules.address.layouts
    for at in range(len(said.parts)):
        if Layout.STREET_NAME_NUMBER in layouts and _is_street(said, at, doubtful=True):
            yield from _street_first(said, at)
        if Layout.NAME_STREET_NUMBER in layouts and _is_street(said, at, doubtful=True):
            yield from _name_first(said, at)
        run = run_at(said.parts, at, said.rules)
        starts = at == 0 or not is_number(said.parts[at - 1], said.rules)
        if run is None or not starts or run.digits > MOST_HOUSE_DIGITS or said.decides(at):
            continue
        if Layout.NUMBER_NAME_STREET in layouts:
            yield from _name_then_street(said, at, run.last + 1, run.digits)
        if Layout.NUMBER_STREET_NAME in layouts:
            yield from _street_then_name(said, at, run.last + 1)


def _name_then_street(said: Said, first: int, at: int, digits: int) -> Iterator[Span]:
    """ "221 baker street"."""
    for place in range(at, min(at + MOST_STREET_WORDS + 1, len(said.parts))):
        if place > at and _is_street(said, place, doubtful=digits > 1):
            yield first, _with_unit(said, place)
            return
        if said.stops(place):
            return


def _street_then_name(said: Said, first: int, at: int) -> Iterator[Span]:
    """ "12 calle castillo"."""
    if at < len(said.parts) and _is_street(said, at, doubtful=True):
        last = _named_until(said, at + 1) - 1
        if last > at:
            yield first, _with_unit(said, last)


def _street_first(said: Said, first: int) -> Iterator[Span]:
    """ "calle castillo número 12"; without the word "número", a number of two digits or more."""
    parts, address = said.parts, said.rules.address
    place = _named_until(said, first + 1)
    marked = place < len(parts) and said.rules.among(parts[place], address.marks)
    place += marked
    run = run_at(parts, place, said.rules) if place < len(parts) else None
    if run is None or run.digits > MOST_HOUSE_DIGITS or (place == first + 1 and not marked):
        return
    counts = run.last + 1 < len(parts) and said.rules.among(parts[run.last + 1], said.rules.counted)
    if marked or (run.digits > 1 and not counts):
        yield first, _with_unit(said, run.last)


def _name_first(said: Said, street: int) -> Iterator[Span]:
    """ "中山路12号": the name, the street, the number."""
    run = run_at(said.parts, street + 1, said.rules)
    first = street
    while first > 0 and street - first < MOST_STREET_WORDS and not said.stops(first - 1):
        first -= 1
    if first < street and run is not None and run.digits <= MOST_HOUSE_DIGITS:
        yield first, _with_unit(said, _with_mark(said, run.last))


def _with_mark(said: Said, last: int) -> int:
    """The end of a number with the mark behind it: "12号"."""
    marked = last + 1 < len(said.parts) and said.parts[last + 1].text in said.rules.address.marks
    return last + marked


def _named_until(said: Said, at: int) -> int:
    """The part after the name of a street. A number is part of it before "de": "5 de mayo"."""
    place = at
    while place < len(said.parts) and place - at < MOST_STREET_WORDS + 1:
        part = said.parts[place]
        if said.rules.among(part, said.rules.address.marks):
            break
        particle = part.text in said.rules.particles
        if is_number(part, said.rules):
            if not _particle_or_mark(said, place + 1):
                break
        elif not particle and said.stops(place):
            break
        place += 1
    return place


def _particle_or_mark(said: Said, at: int) -> bool:
    if at >= len(said.parts):
        return False
    part = said.parts[at]
    return part.text in said.rules.particles or part.text in said.rules.address.marks


def _is_street(said: Said, at: int, *, doubtful: bool) -> bool:
    part, address = said.parts[at], said.rules.address
    if said.decides(at):
        return False
    return said.rules.among(part, address.streets) or (
        doubtful and said.rules.among(part, address.doubtful)
    )


def _with_unit(said: Said, last: int) -> int:
    """The end of an address with its apartment: a number, a letter, or both."""
    place = last + 1
    if place >= len(said.parts) or not said.rules.among(
        said.parts[place], said.rules.address.units
    ):
        return last
    run = run_at(said.parts, place + 1, said.rules)
    end = run.last if run else place
    if end + 1 < len(said.parts) and _is_letter(said, end + 1) and not said.stops(end + 1):
        end += 1
    return end if end > place else last


def names(said: Said) -> Iterator[Span]:
    """What follows "my name is", as far as it is a name."""
    for at in said.cues(said.rules.name.cues):
        named = list(_named(said, at))
        if named:
            yield named[0], named[-1]


def _named(said: Said, place: int) -> Iterator[int]:
    """The parts from there on that are a name; a particle is, when a word of it follows."""
    count, particles = 0, list[int]()
    while place < len(said.parts):
        part = said.parts[place]
        if spelled := _spelled(said, place):
            yield from range(place, place + spelled)
            place += spelled
            continue
        if part.text in said.rules.particles:
            particles.append(place)
        elif not _is_between(said, part):
            if count == said.rules.name.most_words or not _is_name(said, place, begun=count > 0):
                return
            yield from (*particles, place)
            count, particles = count + 1, []
        if part.ends:
            return
        place += 1


def _spelled(said: Said, at: int) -> int:
    """How many single letters stand in a row, when they are enough to spell a name."""
    place = at
    while place < len(said.parts) and _is_letter(said, place):
        if is_number(said.parts[place], said.rules):
            break
        place += 1
    return place - at if place - at >= MIN_SPELLED else 0


def _is_letter(said: Said, at: int) -> bool:
    """Whether a part is a single letter, as when somebody spells; a Chinese word is none."""
    text = said.parts[at].text
    return len(text) == 1 and not is_han(text)


def _is_between(said: Said, part: Part) -> bool:
    return part.lost or part.text == "." or part.text in said.rules.fillers


def _is_name(said: Said, at: int, *, begun: bool) -> bool:
    """Whether a part can be a name, the first one or a further one."""
    part, name = said.parts[at], said.rules.name
    if not begun and part.text in name.also:
        return True
    if said.stops(at) or is_number(part, said.rules) or part.text[0].isdigit():
        return False
    return not (begun and part.text.startswith(name.ends_at) and part.text not in name.also)
