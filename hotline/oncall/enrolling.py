"""One responder is added, outside of the roster file.

The file stays the roster's truth: who is not in it when it is applied the next time is switched
off (`hotline.oncall.roster_rows.bring_people`). `hotline roster show --numbers` writes the file
with everybody who was added here.
"""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.mistakes import Mistake
from hotline.oncall import responders
from hotline.oncall.model import District, Responder, ResponderKind
from hotline.oncall.roster_forms import e164
from hotline.privacy.cipher import Vault
from hotline.texts import marked

_HANDLE = re.compile(r"[^\s:]{1,64}")
MAX_NAME = 80

BAD_HANDLE = marked("Use a short name without spaces and colons, counselor-1 for example.")
HANDLE_TAKEN = marked("There is a responder of this handle already. Choose another one.")
NO_NAME = marked("Enter the name that colleagues know.")
NO_NUMBER = marked("Enter a phone number with its country code, +1 555 010 0111 for example.")
OWN_LINE = marked("This is a number of the hotline itself. Enter the person’s own.")
NUMBER_TAKEN = marked("Another responder has this number already.")
NO_LANGUAGE = marked("Choose at least one language.")


class NotEnrolled(Mistake):
    """A field is wrong; the message says what to do and never holds the number."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Newcomer:
    """Who is added, as typed."""

    handle: str
    kind: ResponderKind
    name: str
    number: str
    languages: tuple[str, ...]


def enroll(session: Session, vault: Vault, new: Newcomer, own_number: str) -> Responder:
    """Add the responder, in service and not confirmed. Raises NotEnrolled; nobody is changed.

    Who was switched off, or was proposed and never came into service, is brought up to date.

    own_number: the hotline's own (E.164), which nobody can be rung at.
    """
    handle, name = new.handle.strip(), " ".join(new.name.split())
    if not _HANDLE.fullmatch(handle):
        raise NotEnrolled("handle", BAD_HANDLE)
    taken = select(Responder.id).where(Responder.handle == handle, Responder.active)
    if session.scalar(taken) is not None:
        raise NotEnrolled("handle", HANDLE_TAKEN)
    if not 1 <= len(name) <= MAX_NAME:
        raise NotEnrolled("name", NO_NAME)
    if not new.languages:
        raise NotEnrolled("languages", NO_LANGUAGE)
    number = free_number(session, vault, new.number, own_number)
    languages = list(new.languages)
    try:
        with session.begin_nested():
            row = responders.put(
                session,
                vault,
                handle=handle,
                kind=new.kind,
                name=name,
                number=number,
                languages=languages,
            )
            row.confirmed_at = None
            return row
    except IntegrityError:  # somebody else was first, between the look and the row
        raise NotEnrolled("handle", HANDLE_TAKEN) from None


def free_number(session: Session, vault: Vault, typed: str, own_number: str) -> str:
    """The number as typed, in E.164; NotEnrolled (`number`) where nobody can be rung at it, or
    somebody in service is."""
    try:
        number = e164(typed)
    except ValueError:
        raise NotEnrolled("number", NO_NUMBER) from None
    lines = {line for district in session.scalars(select(District)) for line in district.lines}
    if number in lines | {own_number}:
        raise NotEnrolled("number", OWN_LINE)
    for id_ in session.scalars(select(Responder.id).where(Responder.active)):
        if responders.contact(session, vault, id_).number == number:
            raise NotEnrolled("number", NUMBER_TAKEN)
    return number
