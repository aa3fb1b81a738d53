"""Read responders; their names, numbers and PINs are opened only here."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.oncall.model import Responder, ResponderKind
from hotline.privacy.cipher import CannotOpen, Vault, place


@dataclass(frozen=True)
class Contact:
    """An opened responder. `number` is E.164 and goes only to the carrier."""

    id: str
    handle: str
    kind: ResponderKind
    name: str
    number: str
    languages: tuple[str, ...]


def put(
    session: Session,
    vault: Vault,
    *,
    handle: str,
    kind: ResponderKind,
    name: str,
    number: str,
    languages: list[str],
) -> Responder:
    """Add a responder or bring the one of that handle up to date."""
    row = session.scalar(select(Responder).where(Responder.handle == handle))
    if row is None:
        row = Responder(id=new_id(), handle=handle, data_key_id=vault.new_key(session))
    key_id = row.data_key_id
    row.name = vault.seal_json(session, key_id, place("responder", row.id, "name"), name)
    row.number = vault.seal_json(session, key_id, place("responder", row.id, "number"), number)
    row.kind = kind
    row.languages = languages
    row.active = True
    session.add(row)
    session.flush()
    return row


def contact(session: Session, vault: Vault, responder_id: str) -> Contact:
    """Open a responder. Raises CannotOpen, or NoResultFound for an unknown id."""
    row = session.get_one(Responder, responder_id)
    return Contact(
        row.id,
        row.handle,
        row.kind,
        vault.open_json(session, row.data_key_id, place("responder", row.id, "name"), row.name),
        vault.open_json(session, row.data_key_id, place("responder", row.id, "number"), row.number),
        tuple(row.languages),
    )


def name(session: Session, vault: Vault, row: Responder) -> str:
    """A responder's name; their handle where the key is gone. The number stays sealed."""
    where = place("responder", row.id, "name")
    try:
        return str(vault.open_json(session, row.data_key_id, where, row.name))
    except CannotOpen:
        return row.handle


def pin(session: Session, vault: Vault, responder_id: str) -> str | None:
    """The digits a responder is asked for after the press of 1; None: nothing is asked.

    Raises CannotOpen, or NoResultFound for an unknown id.
    """
    row = session.get_one(Responder, responder_id)
    if row.pin is None:
        return None
    where = place("responder", row.id, "pin")
    return str(vault.open_json(session, row.data_key_id, where, row.pin))
