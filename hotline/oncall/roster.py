"""The roster as a file: who is rung, when, by which policy. TOML; see docs/roster.md.

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

Here people, places and schedules are read; what policies and routes mean, `hotline.dispatch` says.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hotline.languages import DIRECTORY
from hotline.mistakes import Mistake
from hotline.oncall import calendar, roster_forms, schedules
from hotline.oncall.forms import Path, Problem, guess
from hotline.oncall.lines import Lines, read_lines
from hotline.oncall.roster_forms import District, Entry, School

__all__ = ["District", "Entry", "Reading", "Roster", "RosterError", "School", "parse", "read"]

TABLES = {
    "responder": list,
    "schedule": dict,
    "policy": dict,
    "district": list,
    "school": list,
    "route": list,
}
T = TypeVar("T")


class RosterError(Mistake):
    """The roster file is wrong; the message says where and what to mend."""


@dataclass(frozen=True)
class Roster:
    """What a file says. Policies and routes are as they stand in it: `dispatch` reads them."""

    responders: tuple[Entry, ...] = ()
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    schedules: Mapping[str, calendar.Schedule] = field(default_factory=dict)
    districts: tuple[District, ...] = ()
    schools: tuple[School, ...] = ()
    routes: tuple[Mapping[str, Any], ...] = ()


@dataclass
class Reading:
    """A file, as far as it can be read. `raw`: as TOML has it. `problems`: what is wrong."""

    roster: Roster
    problems: list[Problem]
    lines: Lines
    raw: Mapping[str, Any] = field(default_factory=dict)

    def handles(self) -> list[str]:
        """Every handle of a responder, also of those whose table has a mistake."""
        tables = _list(self.raw, "responder")
        return [h for t in tables if isinstance(t, Mapping) and isinstance(h := t.get("handle"), str)]

    def located(self) -> list[tuple[int, str]]:
        """Line and sentence of every problem, from above to below."""
        found = {(self.lines.line(p.path), p.sentence): None for p in self.problems}
        return sorted(found, key=lambda place: place[0])


def known_languages() -> list[str]:
    """Codes of the languages the hotline can speak."""
    return sorted(path.stem for path in DIRECTORY.glob("*.toml"))


def parse(text: str) -> Roster:
    """Read a roster. Raises RosterError for the first thing that is wrong."""
    reading = read(text)
    for line, sentence in reading.located():
        raise RosterError(f"Line {line}: {sentence}")
    return reading.roster


def read(text: str) -> Reading:
    """Read a roster as far as possible, and everything that is wrong with it."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return _not_toml(str(error))
    problems: list[Problem] = []
    _refuse_unknown_tables(raw, problems)
    entries = _each(raw, "responder", roster_forms.entry, problems)
    districts = _each(raw, "district", roster_forms.district, problems)
    schools = _each(raw, "school", roster_forms.school, problems)
    roster = Roster(
        tuple(e for _, e in entries),
        _dict(raw, "policy"),
        _schedules(_dict(raw, "schedule"), problems),
        tuple(d for _, d in districts),
        tuple(s for _, s in schools),
        tuple(_list(raw, "route")),
    )
    reading = Reading(roster, problems, read_lines(text), raw)
    _languages(entries, problems)
    _doubles(entries, districts, schools, problems)
    _places(_list(raw, "district"), schools, problems)
    _people(reading)
    return reading


def _not_toml(message: str) -> Reading:
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else 1
    what = message[: found.start()].strip() if found else message
    problem = Problem((), f"The roster is not valid TOML: {what}.")
    return Reading(Roster(), [problem], Lines({(): line}))


def _refuse_unknown_tables(raw: Mapping[str, Any], problems: list[Problem]) -> None:
    for name, value in raw.items():
        if name not in TABLES:
            meant = guess(name, list(TABLES))
            problems.append(Problem((name,), f"The roster has the unknown table {name!r}; {meant}"))
        elif not isinstance(value, TABLES[name]):
            form = f"[[{name}]]" if TABLES[name] is list else f"[{name}.NAME]"
            problems.append(Problem((name,), f"Write {name!r} as tables: {form}."))


def _each(
    raw: Mapping[str, Any], name: str, reader: Any, problems: list[Problem]
) -> list[tuple[Path, Any]]:
    """Those of a list of tables that can be read, each with its path."""
    found = [
        ((name, i), reader(table, (name, i), f"{name} {_called(table, i)}", problems))
        for i, table in enumerate(_list(raw, name))
    ]
    return [(path, value) for path, value in found if value is not None]


def _called(table: object, index: int) -> str:
    handle = table.get("handle") if isinstance(table, Mapping) else None
    return repr(handle) if isinstance(handle, str) and handle else f"number {index + 1}"


def _schedules(
    tables: Mapping[str, Any], problems: list[Problem]
) -> dict[str, calendar.Schedule]:
    found = {}
    for name, raw in tables.items():
        try:
            found[name] = schedules.parse(raw, name)
        except Mistake as error:
            problems += _schedule_problems(name, raw) or [Problem(("schedule", name), str(error))]
    return found


def _schedule_problems(name: str, raw: object) -> Iterator[Problem]:
    """"""
    return iter(())


def _languages(entries: list[tuple[Path, Entry]], problems: list[Problem]) -> None:
    known = known_languages()
    for path, entry in entries:
        for i, code in enumerate(entry.languages):
            if code not in known:
                meant = guess(code, known)
                sentence = f"Responder {entry.handle!r} speaks the unknown language {code!r}; {meant}"
                problems.append(Problem((*path, "languages", i), sentence))


def _dict(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name, {})
    return value if isinstance(value, dict) else {}


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name, [])
    return value if isinstance(value, list) else []
