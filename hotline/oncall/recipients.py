"""Recipients: to whom reports are delivered. Their names, numbers and addresses are opened here.

Which of them a report is for is decided by its district, its category and their hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.oncall import calendar
from hotline.oncall.calendar import Window
from hotline.oncall.model import Recipient, RecipientKind
from hotline.oncall.recipient_forms import RecipientEntry
from hotline.oncall.schedule_forms import DAYS
from hotline.privacy.cipher import CannotOpen, Vault, place


@dataclass(frozen=True)
class Reached:
    """An opened recipient. phone: E.164, goes only to the carrier; mail goes only to the mail
    server. pin: digits asked for after the press of 1."""

    name: str
    phone: str | None
    mail: str | None
    pin: str | None


def opened(session: Session, vault: Vault, row: Recipient) -> Reached:
    """Open a recipient. Raises CannotOpen."""
    where = place("recipient", row.id, "contact")
    said: dict[str, Any] = vault.open_json(session, row.data_key_id, where, row.contact)
    return Reached(said["name"], said["phone"], said["mail"], said["pin"])


def name(session: Session, vault: Vault, row: Recipient) -> str:
    """A recipient's name; their handle where the key is gone."""
    try:
        return opened(session, vault, row).name
    except CannotOpen:
        return row.handle


def of_district(session: Session, district: str | None) -> Sequence[Recipient]:
    """Whoever may be given reports of this district (a handle), in order; a report of no district
    is for those of all districts alone."""
    here = or_(Recipient.district.is_(None), Recipient.district == district)
    query = select(Recipient).where(Recipient.active, here)
    return list(session.scalars(query.order_by(Recipient.position)))


def is_meant(row: Recipient, category: str, at: datetime) -> bool:
    """Whether such a report is theirs at this moment, by itself."""
    return (not row.categories or category in row.categories) and is_open(row.hours, at)


def is_open(hours: dict[str, Any], at: datetime) -> bool:
    """Whether a moment lies in the hours as `Recipient.hours` keeps them."""
    if not hours:
        return True
    windows = tuple(
        Window(
            tuple(sorted({DAYS.index(day) for day in one["days"]})),
            time.fromisoformat(one["from"]),
            time.fromisoformat(one["to"]),
        )
        for one in hours["between"]
    )
    turn = calendar.Rotation(("open",), "week", 52, date(2000, 1, 3), time(), windows)
    return bool(calendar.on_call(calendar.Schedule("", hours["timezone"], (turn,)), at))


# --- the roster file ------------------------------------------------------------------------


def entries(session: Session, vault: Vault) -> list[RecipientEntry]:
    """The recipients of the database, opened, in their order."""
    rows = session.scalars(select(Recipient).where(Recipient.active).order_by(Recipient.position))
    return [_entry(row, opened(session, vault, row)) for row in rows]


def bring(session: Session, vault: Vault, wanted: Sequence[RecipientEntry]) -> list[str]:
    """Bring the recipients to what the entries say, switch all others off; a line per change, with
    no name, number or address."""
    before = {entry.handle: entry for entry in entries(session, vault)}
    rows = {row.handle: row for row in session.scalars(select(Recipient))}
    lines = []
    for entry in wanted:
        if entry == before.get(entry.handle):
            continue
        _put(session, vault, entry, rows.get(entry.handle))
        done = "changed" if entry.handle in before else "added"
        lines.append(f"recipient {entry.handle}: {done}")
    named = {entry.handle for entry in wanted}
    for handle in sorted(before.keys() - named):
        rows[handle].active = False
        lines.append(f"recipient {handle}: switched off")
    session.flush()
    return lines


def to_dict(entry: RecipientEntry, *, secrets: bool) -> dict[str, Any]:
    """The form of the file. secrets: with number, address and PIN."""
    told: dict[str, Any] = {
        "handle": entry.handle,
        "kind": str(entry.kind),
        "name": entry.name,
        "district": entry.district,
        "category": list(entry.categories),
        "languages": list(entry.languages),
        "between": [{"days": list(d), "from": a, "to": b} for d, a, b in entry.between],
        "timezone": entry.timezone,
        "phone": _veiled(entry.phone, f"ends in {(entry.phone or '')[-2:]}", secrets),
        "mail": _veiled(entry.mail, "given", secrets),
        "pin": _veiled(entry.pin, "given", secrets),
    }
    return {key: value for key, value in told.items() if value not in (None, [])}


def _veiled(value: str | None, said: str, secrets: bool) -> str | None:
    return value if secrets or value is None else said


def _entry(row: Recipient, reached: Reached) -> RecipientEntry:
    between = row.hours.get("between", []) if row.hours else []
    return RecipientEntry(
        row.handle,
        row.position,
        RecipientKind(row.kind),
        reached.name,
        row.district,
        tuple(row.categories),
        tuple(row.languages),
        tuple((tuple(one["days"]), one["from"], one["to"]) for one in between),
        row.hours.get("timezone") if row.hours else None,
        reached.phone,
        reached.mail,
        reached.pin,
    )


def _put(session: Session, vault: Vault, entry: RecipientEntry, row: Recipient | None) -> None:
    if row is None:
        row = Recipient(id=new_id(), handle=entry.handle, data_key_id=vault.new_key(session))
    contact = {
        "name": entry.name,
        "phone": entry.phone,
        "mail": entry.mail,
        "pin": entry.pin,
    }
    where = place("recipient", row.id, "contact")
    row.contact = vault.seal_json(session, row.data_key_id, where, contact)
    row.position, row.kind, row.district = entry.position, entry.kind, entry.district
    row.categories, row.languages = list(entry.categories), list(entry.languages)
    row.hours, row.active = _hours(entry), True
    session.add(row)
    session.flush()


def _hours(entry: RecipientEntry) -> dict[str, Any]:
    if not entry.between:
        return {}
    between = [{"days": list(d), "from": a, "to": b} for d, a, b in entry.between]
    return {"timezone": entry.timezone, "between": between}
