"""What the tables of a roster file say of each other: handles, numbers, languages, places. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hotline.oncall.forms import Path, Problem, guess
from hotline.oncall.recipient_forms import RecipientEntry
from hotline.oncall.roster_forms import DistrictEntry, Entry, ResourceEntry

Placed = Sequence[tuple[Path, Any]]
SCHEDULE = "schedule:"


def unknown_languages(
    entries: Sequence[tuple[Path, Entry | RecipientEntry]],
    known: list[str],
    name: str = "Responder",
) -> Iterator[Problem]:
    """Languages that the hotline does not have. name: of such a table, for sentences."""
    for path, entry in entries:
        for i, code in enumerate(entry.languages):
            if code not in known:
                yield Problem(
                    (*path, "languages", i),
                    f"{name} {entry.handle!r} has the unknown language {code!r}; "
                    + guess(code, known),
                )


def doubles(tables: Placed, name: str) -> Iterator[Problem]:
    """Handles that were given before. name: of such a table, "responder" for example."""
    seen: set[str] = set()
    for path, table in tables:
        if table.handle in seen:
            sentence = f"Another {name} has the handle {table.handle!r} already."
            yield Problem((*path, "handle"), sentence)
        seen.add(table.handle)


def double_numbers(
    entries: Sequence[tuple[Path, Entry]], districts: Sequence[tuple[Path, DistrictEntry]]
) -> Iterator[Problem]:
    """Numbers that were given before, to a person or as a line of the hotline."""
    owners: dict[str, str] = {}
    for path, district in districts:
        for i, line in enumerate(district.lines):
            if line in owners:
                sentence = (
                    f"Line {i + 1} of district {district.handle!r} is {owners[line]} already."
                )
                yield Problem((*path, "lines", i), sentence)
            owners.setdefault(line, f"a line of district {district.handle!r}")
    for path, entry in entries:
        if entry.number in owners:
            sentence = (
                f"The number of responder {entry.handle!r} is {owners[entry.number]} already."
            )
            yield Problem((*path, "number"), sentence)
        owners.setdefault(entry.number, f"that of responder {entry.handle!r}")


def unknown_wordings(
    resources: Sequence[tuple[Path, ResourceEntry]], known: list[str]
) -> Iterator[Problem]:
    """Texts in languages that the hotline does not have."""
    for path, resource in resources:
        for code, _ in resource.text:
            if code not in known:
                yield Problem(
                    (*path, "text"),
                    f"Resource {resource.handle!r} has a text in the unknown language {code!r}; "
                    + guess(code, known),
                )


def homeless(name: str, tables: Placed, districts: list[str]) -> Iterator[Problem]:
    """What is of a district that is not in the file; None is no district. name: as in `doubles`."""
    for path, table in tables:
        if table.district is not None and table.district not in districts:
            yield Problem(
                (*path, "district"),
                f"{name.title()} {table.handle!r} is of the unknown district {table.district!r}; "
                + guess(table.district, districts),
            )


def strangers(
    people: list[str], schedules: list[str], names: Iterable[tuple[Path, str, str]]
) -> Iterator[Problem]:
    """Names (path, what names it, name) of people and schedules that are not in the file."""
    for path, what, name in names:
        if name.startswith(SCHEDULE):
            kind, wanted, known = "schedule", name.removeprefix(SCHEDULE), schedules
        else:
            kind, wanted, known = "responder", name, people
        if wanted not in known:
            meant = guess(wanted, known)
            yield Problem(path, f"{what} names the unknown {kind} {wanted!r}; {meant}")


def named_by_policies(policies: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Every target, alarm and agency of the policies, as far as they can be read."""
    for name, raw in policies.items():
        path: Path = ("policy", name)
        for i, step in enumerate(_list(raw, "steps")):
            where = (*path, "steps", i, "targets")
            yield from _texts(where, f"Step {i + 1} of policy {name!r}", _list(step, "targets"))
        last = raw.get("last_resort") if isinstance(raw, Mapping) else None
        where = (*path, "last_resort", "targets")
        yield from _texts(where, f"The last resort of policy {name!r}", _list(last, "targets"))
        for key in ("alarm", "agency"):
            what = f"The {key} of policy {name!r}"
            yield from _texts((*path, key), what, _list(raw, key))


def named_by_schedules(schedules: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Everybody in rotations, overrides and swaps, as far as they can be read."""
    for name, raw in schedules.items():
        what = f"Schedule {name!r}"
        for i, rotation in enumerate(_list(raw, "rotation")):
            where: Path = ("schedule", name, "rotation", i, "people")
            yield from _texts(where, what, _list(rotation, "people"))
        for i, override in enumerate(_list(raw, "override")):
            for key in ("person", "instead_of"):
                person = override.get(key) if isinstance(override, Mapping) else None
                where = ("schedule", name, "override", i, key)
                yield from _texts(where, what, [person])
        for i, swap in enumerate(_list(raw, "swap")):
            for person in swap if isinstance(swap, Mapping) else ():
                yield ("schedule", name, "swap", i, person), what, person


def _texts(path: Path, what: str, values: Sequence[Any]) -> Iterator[tuple[Path, str, str]]:
    for i, value in enumerate(values):
        if isinstance(value, str):
            yield (*path, i), what, value


def _list(raw: object, key: str) -> list[Any]:
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, list) else []
