"""The people who are rung: whether somebody's number is made up."""

import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hotline.database.engine import Database
from hotline.doctor.finding import Finding, bad, for_real_callers
from hotline.doctor.stores import is_not_made_yet, ring_of
from hotline.oncall import responders
from hotline.oncall.model import Responder
from hotline.privacy.cipher import CannotOpen, Vault
from hotline.privacy.keys import KeyRingError
from hotline.settings import Settings
from hotline.texts import marked

MADE_UP = re.compile(r"\+15550100\d{3}")
"""The numbers of the made-up people in our examples and of `hotline up --example-people`."""


def made_up_people(settings: Settings) -> Iterator[Finding]:
    """With a carrier, nobody on the roster has a number of our examples: nobody would answer it."""
    if not for_real_callers(settings) or is_not_made_yet(settings):
        return
    try:
        ring = ring_of(settings)
    except (KeyRingError, OSError):
        return  # told by the check of the key ring
    if ring is None:
        return
    handles = _made_up(settings, Vault(ring))
    if handles:
        yield bad(
            "made_up_people",
            marked("People who would be rung have numbers that nobody has: %(handles)s."),
            marked("Give them their own numbers, or take them off the roster (docs/roster.md)."),
            handles=", ".join(handles),
        )


def _made_up(settings: Settings, vault: Vault) -> list[str]:
    opened = Database(settings.database)
    try:
        with opened.reading() as session:
            rows = session.scalars(
                select(Responder).where(Responder.active).order_by(Responder.handle)
            )
            return [
                row.handle
                for row in rows
                if MADE_UP.fullmatch(responders.contact(session, vault, row.id).number)
            ]
    except (SQLAlchemyError, CannotOpen):
        return []  # told by the checks of the database and of the key ring
    finally:
        opened.close()
