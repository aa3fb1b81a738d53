"""Whoever has the database and the key ring: every sealed value that opens with them."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.database.types import Sealed, SealedBytes
from hotline.privacy.cipher import CannotOpen, DataKey, Vault, place
from tests.support.models import all_tables


def opened(runtime: Runtime) -> dict[str, bytes]:
    """Every sealed value of every table by its place, opened with whichever data key fits it."""
    found: dict[str, bytes] = {}
    with runtime.database.reading() as session:
        keys = list(session.scalars(select(DataKey.id)))
        for table in all_tables().sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, SealedBytes)]
            for row in session.execute(select(table)).mappings() if columns else ():
                name = ".".join(str(row[c.name]) for c in table.primary_key)
                for column in columns:
                    where = place(table.name, name, column.name)
                    plain = _opened(session, runtime.vault, keys, where, row[column.name])
                    if plain is not None:
                        found[where] = plain
    return found


def _opened(
    session: Session, vault: Vault, keys: list[str], where: str, sealed: Sealed | None
) -> bytes | None:
    """What is sealed at a place; None when no key opens it (a data key itself, for example)."""
    for key in keys if sealed is not None else ():
        with suppress(CannotOpen):
            return vault.open_bytes(session, key, where, sealed)
    return None
