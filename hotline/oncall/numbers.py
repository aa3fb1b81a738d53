"""Every number that may have to be rung now: of whoever is on the roster, and of whoever may be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.oncall import changes, recipients, responders
from hotline.oncall.model import Recipient, Responder
from hotline.privacy.cipher import CannotOpen, Vault


def to_ring(session: Session, vault: Vault, now: datetime) -> frozenset[str]:
    """The numbers (E.164) of everybody in service, agencies and alarm phones among them, of whoever
    reports are delivered to, and of changes that a second person has approved: those are rung to be
    confirmed. One that cannot be opened is left out."""
    found = set()
    for recipient in session.scalars(select(Recipient).where(Recipient.active)):
        try:
            phone = recipients.opened(session, vault, recipient).phone
        except CannotOpen:
            continue
        found |= {phone} if phone is not None else set()
    for responder_id in session.scalars(select(Responder.id).where(Responder.active)):
        try:
            found.add(responders.contact(session, vault, responder_id).number)
        except CannotOpen:
            continue
    for change in changes.approved(session, now):
        try:
            found.add(changes.number(session, vault, change))
        except CannotOpen:
            continue
    return frozenset(found)
