"""The people who can be rung, as pages show them: with their names, never with a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.oncall import responders
from hotline.oncall.model import Responder, ResponderKind
from hotline.privacy.cipher import Vault


@dataclass(frozen=True)
class Member:
    """A responder without their number."""

    id: str
    handle: str
    name: str
    kind: ResponderKind
    languages: tuple[str, ...]
    active: bool
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Members:
    """Everybody who is or was in the roster, by handle."""

    by_handle: Mapping[str, Member]

    def name(self, handle: str) -> str:
        """The name of a handle; the handle itself where nobody has it."""
        found = self.by_handle.get(handle)
        return found.name if found is not None else handle

    def names(self, handles: Iterable[str]) -> list[str]:
        """The names of handles, in their order."""
        return [self.name(handle) for handle in handles]

    def of_id(self, responder_id: str | None) -> Member | None:
        """The member of that id."""
        return next((m for m in self.by_handle.values() if m.id == responder_id), None)

    @property
    def in_service(self) -> list[Member]:
        """Those who can be rung, by name."""
        active = (m for m in self.by_handle.values() if m.active)
        return sorted(active, key=lambda m: m.name.casefold())


def members(session: Session, vault: Vault) -> Members:
    """Everybody, with their names opened."""
    rows = session.scalars(select(Responder).order_by(Responder.handle))
    return Members({row.handle: _member(session, vault, row) for row in rows})


def _member(session: Session, vault: Vault, row: Responder) -> Member:
    return Member(
        row.id,
        row.handle,
        responders.name(session, vault, row),
        row.kind,
        tuple(row.languages),
        row.active,
        row.confirmed_at,
    )
