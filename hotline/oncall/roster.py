"""The roster as a file: who is rung, when, by which policy. TOML; docs/roster.md explains it.

[[responder]]
handle = "counselor-1"          # how schedules and policies name them
kind = "counselor"              # counselor | law-enforcement | school-official
name = "Ana Alvarez"
number = "+15550100111"         # E.164
languages = ["en", "es"]

[policy.default]
rounds = 2
steps = [{ targets = ["counselor-1"], ring_s = 25 }]
last_resort = { targets = ["police-desk"], ring_s = 30 }
alarm = ["supervisor-1"]

People, places and schedules are read here; what policies and routes mean is said in
`hotline.dispatch.roster`.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hotline.languages import DIRECTORY
from hotline.mistakes import Mistake
from hotline.oncall import calendar, recipient_forms, roster_forms, roster_names, schedule_forms
from hotline.oncall.forms import Path, Problem, guess
from hotline.oncall.lines import Lines, read_lines
from hotline.oncall.recipient_forms import RecipientEntry
from hotline.oncall.roster_forms import DistrictEntry, Entry, ResourceEntry, SchoolEntry

LISTS = ("responder", "district", "school", "resource", "recipient", "route")
TABLES = ("schedule", "policy")
T = TypeVar("T")
Reader = Callable[[object, Path, str, list[Problem]], T | None]
Placed = list[tuple[Path, T]]


class RosterError(Mistake):
    """The roster file is wrong; the message says where and what to mend."""


@dataclass(frozen=True)
class Roster:
    """What a file says. Policies and routes are as they stand in it: `dispatch` reads them."""

    responders: tuple[Entry, ...] = ()
    policies: Mapping[str, Any] = field(default_factory=dict)
    schedules: Mapping[str, calendar.Schedule] = field(default_factory=dict)
    districts: tuple[DistrictEntry, ...] = ()
    schools: tuple[SchoolEntry, ...] = ()
    routes: tuple[Any, ...] = ()
    resources: tuple[ResourceEntry, ...] = ()
    recipients: tuple[RecipientEntry, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A file as far as it can be read, what is wrong with it, and where everything stands."""

    roster: Roster
    problems: list[Problem]
    lines: Lines
    is_toml: bool = True

    def located(self) -> list[tuple[int, str]]:
        """Line and sentence of every problem, from above to below."""
        found = {(self.lines.line(p.path), p.sentence): None for p in self.problems}
        return sorted(found, key=lambda place: place[0])


def known_languages() -> list[str]:
    """Codes of the languages the hotline has."""
    return sorted(path.stem for path in DIRECTORY.glob("*.toml"))


def parse(text: str) -> Roster:
    """Read a roster. Raises RosterError for the first thing that is wrong."""
    reading = read(text)
    for line, sentence in reading.located():
        raise RosterError(f"Line {line}: {sentence}")
    return reading.roster


def read(text: str) -> Reading:
    """Read a roster as far as possible, with everything that is wrong with it."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return _not_toml(text, str(error))
    problems = _unknown_tables(raw)
    people = _each(raw, "responder", roster_forms.responder, problems)
    districts = _each(raw, "district", roster_forms.district, problems)
    schools = _each(raw, "school", roster_forms.school, problems)
    resources = _each(raw, "resource", roster_forms.resource, problems)
    recipients = _each(raw, "recipient", recipient_forms.recipient, problems)
    roster = Roster(
        tuple(entry for _, entry in people),
        _table(raw, "policy"),
        _schedules(_table(raw, "schedule"), problems),
        tuple(entry for _, entry in districts),
        tuple(entry for _, entry in schools),
        tuple(_list(raw, "route")),
        tuple(entry for _, entry in resources),
        tuple(entry for _, entry in recipients),
    )
    known = known_languages()
    problems += roster_names.unknown_languages(people, known)
    problems += roster_names.unknown_languages(recipients, known, "Recipient")
    problems += roster_names.unknown_wordings(resources, known)
    named: list[tuple[str, Placed[Any]]] = [
        ("responder", people),
        ("district", districts),
        ("school", schools),
        ("resource", resources),
        ("recipient", recipients),
    ]
    for name, placed in named:
        problems += roster_names.doubles(placed, name)
    problems += roster_names.double_numbers(people, districts)
    for name, placed in named[2:]:
        problems += roster_names.homeless(name, placed, _handles(raw, "district"))
    problems += _strangers(raw)
    return Reading(roster, problems, read_lines(text))


def _strangers(raw: Mapping[str, Any]) -> list[Problem]:
    plans = _table(raw, "schedule")
    names = [
        *roster_names.named_by_schedules(plans),
        *roster_names.named_by_policies(_table(raw, "policy")),
    ]
    return list(roster_names.strangers(_handles(raw, "responder"), list(plans), names))


def _not_toml(text: str, message: str) -> Reading:
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", message)
    last = len(text.splitlines()) or 1
    line = int(found[1]) if found and found[1] else last
    problem = Problem((), f"The roster is not valid TOML: {message[: found and found.start()]}.")
    return Reading(Roster(), [problem], Lines({(): line}), is_toml=False)


def _unknown_tables(raw: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for name, value in raw.items():
        if name not in (*LISTS, *TABLES):
            sentence = f"The roster has the unknown table {name!r}; "
            problems.append(Problem((name,), sentence + guess(name, [*LISTS, *TABLES])))
        elif not isinstance(value, list if name in LISTS else dict):
            form = f"[[{name}]]" if name in LISTS else f"[{name}.NAME]"
            problems.append(Problem((name,), f"What is called {name!r} must be tables: {form}."))
    return problems


def _each(
    raw: Mapping[str, Any], name: str, reader: Reader[T], problems: list[Problem]
) -> Placed[T]:
    """Those of a list of tables that can be read, each with its path."""
    found: Placed[T] = []
    for i, table in enumerate(_list(raw, name)):
        handle = table.get("handle") if isinstance(table, Mapping) else None
        called = f"{name} {handle!r}" if isinstance(handle, str) else f"{name} number {i + 1}"
        value = reader(table, (name, i), called, problems)
        if value is not None:
            found.append(((name, i), value))
    return found


def _schedules(tables: Mapping[str, Any], problems: list[Problem]) -> dict[str, calendar.Schedule]:
    found = {}
    for name, raw in tables.items():
        schedule, wrong = schedule_forms.check(raw, name)
        problems += [Problem(("schedule", name, *p.path), p.sentence) for p in wrong]
        if schedule is not None:
            found[name] = schedule
    return found


def _handles(raw: Mapping[str, Any], name: str) -> list[str]:
    """Every handle in a list of tables, also of those that have another mistake."""
    handles = [t.get("handle") for t in _list(raw, name) if isinstance(t, Mapping)]
    return [handle for handle in handles if isinstance(handle, str)]


def _table(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    return value if isinstance(value, list) else []
