"""The people who are rung: whether somebody's number is made up."""

import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.doctor.finding import Finding, bad, for_real_callers
from hotline.doctor.looking import look
from hotline.oncall import responders
from hotline.oncall.model import Responder
from hotline.privacy.cipher import CannotOpen, Vault
from hotline.settings import Settings
from hotline.texts import marked

MADE_UP = re.compile(r"\+15550100\d{3}")
"""The numbers of the made-up people in our examples and of `hotline up --example-people`."""


def made_up_people(settings: Settings) -> Iterator[Finding]:
    """With a carrier, nobody on the roster has a number of our examples: nobody would answer it."""
    handles = look(settings, _made_up) if for_real_callers(settings) else None
    if handles:
        yield bad(
            "made_up_people",
            marked("People who would be rung have numbers that nobody has: %(handles)s."),
            marked("Give them their own numbers, or take them off the roster (docs/roster.md)."),
            handles=", ".join(handles),
        )


def _made_up(session: Session, vault: Vault) -> list[str]:
    query = select(Responder).where(Responder.active).order_by(Responder.handle)
    return [row.handle for row in session.scalars(query) if _is_made_up(session, vault, row)]


def _is_made_up(session: Session, vault: Vault, row: Responder) -> bool:
    try:
        number = responders.contact(session, vault, row.id).number
    except CannotOpen:
        return False  # told by the check of the key ring
    return MADE_UP.fullmatch(number) is not None
