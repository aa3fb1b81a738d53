"""Between the roster file and the rows of people and places."""

from collections.abc import Collection, Sequence
from dataclasses import astuple, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.oncall import responders
from hotline.oncall.model import District, Resource, Responder, School
from hotline.oncall.roster_forms import DistrictEntry, Entry, ResourceEntry, SchoolEntry
from hotline.privacy.cipher import Vault, place

Place = DistrictEntry | SchoolEntry | ResourceEntry


def people(session: Session, vault: Vault, *, active: bool = True) -> list[Entry]:
    """The people of the database, opened, by handle. active: only those who are rung."""
    query = select(Responder).order_by(Responder.handle)
    rows = session.scalars(query.where(Responder.active) if active else query)
    return [_opened(session, vault, row) for row in rows]


def places(session: Session) -> tuple[list[DistrictEntry], list[SchoolEntry]]:
    """The districts and schools of the database, by handle."""
    districts = session.scalars(select(District).order_by(District.handle))
    schools = session.scalars(select(School).order_by(School.handle))
    return (
        [DistrictEntry(d.handle, d.name, tuple(d.lines)) for d in districts],
        [SchoolEntry(s.handle, s.name, s.district) for s in schools],
    )


def resources(session: Session) -> list[ResourceEntry]:
    """Who else can help, as the database has it, in the order in which callers hear it."""
    rows = session.scalars(select(Resource).order_by(Resource.position))
    return [ResourceEntry(r.handle, r.position, r.district, tuple(r.text.items())) for r in rows]


def bring_people(session: Session, vault: Vault, entries: Sequence[Entry]) -> list[str]:
    """Bring the people to what the entries say, switch everybody else off; a line per change."""
    before = {e.handle: e for e in people(session, vault, active=False)}
    rows = {r.handle: r for r in session.scalars(select(Responder))}
    lines: list[str] = []
    for entry in entries:
        old, row = before.get(entry.handle), rows.get(entry.handle)
        changes = _changes(old, entry) if old is not None else ["added"]
        if row is not None and not row.active:
            changes.insert(0, "switched on")
        if changes:
            _put(session, vault, entry, old)
        lines += [f"{entry.handle}: {change}" for change in changes]
    named = {entry.handle for entry in entries}
    for handle, row in sorted(rows.items()):
        if row.active and handle not in named:
            row.active = False
            lines.append(f"{handle}: switched off")
    session.flush()
    return lines


def bring_places(
    session: Session,
    districts: Sequence[DistrictEntry],
    schools: Sequence[SchoolEntry],
    others: Sequence[ResourceEntry],
) -> list[str]:
    """Make these the districts, the schools and who else can help; a line per change."""
    old_districts, old_schools = places(session)
    return [
        *_bring(session, "district", District, old_districts, districts),
        *_bring(session, "school", School, old_schools, schools),
        *_bring(session, "resource", Resource, resources(session), others),
    ]


def _bring(
    session: Session,
    what: str,
    table: type[District] | type[School] | type[Resource],
    old: Collection[Place],
    new: Collection[Place],
) -> list[str]:
    before, after = {p.handle: p for p in old}, {p.handle: p for p in new}
    found: Any = session.scalars(select(table))
    rows = {row.handle: row for row in found}
    lines = []
    for handle in sorted(before.keys() | after.keys()):
        entry = after.get(handle)
        if entry == before.get(handle):
            continue
        if entry is None:
            session.delete(rows[handle])
            lines.append(f"{what} {handle}: removed")
            continue
        row = rows.get(handle) or table(id=new_id(), handle=handle)
        for field in fields(entry):
            setattr(row, field.name, _as_column(field.name, getattr(entry, field.name)))
        session.add(row)
        lines.append(f"{what} {handle}: {'changed' if handle in before else 'added'}")
    session.flush()
    return lines


def _as_column(name: str, value: Any) -> Any:
    """A value of an entry as its column takes it: texts by language, other tuples as lists."""
    if isinstance(value, tuple):
        return dict(value) if name == "text" else list(value)
    return value


def _opened(session: Session, vault: Vault, row: Responder) -> Entry:
    known = responders.contact(session, vault, row.id)
    pin: str | None = None
    if row.pin is not None:
        pin = vault.open_json(session, row.data_key_id, place("responder", row.id, "pin"), row.pin)
    return Entry(known.handle, known.kind, known.name, known.number, known.languages, pin)


def _changes(old: Entry, new: Entry) -> list[str]:
    """One line per field; numbers, names and PINs stay out of them."""
    languages = f"languages now {', '.join(new.languages)}"
    pin = "PIN changed" if new.pin else "PIN taken away"
    said = ["", f"kind now {new.kind}", "name changed", "number changed, to be confirmed"]
    said += [languages, "PIN given" if new.pin and not old.pin else pin]
    pairs = zip(astuple(old), astuple(new), said, strict=True)
    return [line for before, after, line in pairs if before != after]


def _put(session: Session, vault: Vault, entry: Entry, old: Entry | None) -> None:
    row = responders.put(
        session,
        vault,
        handle=entry.handle,
        kind=entry.kind,
        name=entry.name,
        number=entry.number,
        languages=list(entry.languages),
    )
    where = place("responder", row.id, "pin")
    row.pin = vault.seal_json(session, row.data_key_id, where, entry.pin) if entry.pin else None
    if old is None or old.number != entry.number:
        row.confirmed_at = None
