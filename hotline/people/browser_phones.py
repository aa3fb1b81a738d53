"""Browsers in which people want to be rung: turned on, kept up by their page, and ended with it.

A browser may be rung for as long as its page says every few seconds that it is ready: joined to the
switch, microphone and sound allowed, not in a call. It ends with the session in which it was turned
on. A session that nobody has used for a while goes on here as the board's does: it may still ring.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.people import sessions
from hotline.people.model import Account, BrowserPhone, ConsoleSession

BEAT_S = 5.0
"""So often a page says that it is ready."""
FRESH = timedelta(seconds=12)
"""So long one word of a page counts: two may be late or lost."""
ADDRESS_BYTES = 16


def turn_on(session: Session, account_id: str, session_id: str, now: datetime) -> BrowserPhone:
    """Let this session's browser be rung from its first beat on, in place of an earlier one."""
    session.execute(delete(BrowserPhone).where(BrowserPhone.account_id == account_id))
    row = BrowserPhone(
        id=new_id(),
        account_id=account_id,
        session_id=session_id,
        address=f"client:{secrets.token_hex(ADDRESS_BYTES)}",
        turned_on_at=now,
        beat_at=None,
    )
    session.add(row)
    session.flush()
    return row


def turn_off(session: Session, account_id: str) -> bool:
    """Ring the telephone alone again. False: it was so already."""
    gone = delete(BrowserPhone).where(BrowserPhone.account_id == account_id)
    return session.scalar(gone.returning(BrowserPhone.id)) is not None


def beat(
    session: Session, phone_id: str, session_id: str, now: datetime, *, ready: bool
) -> BrowserPhone | None:
    """What a page says of itself. None: it is not the one any more, another took its place or it
    was turned off."""
    row = session.get(BrowserPhone, phone_id, with_for_update=True)
    if row is None or row.session_id != session_id:
        return None
    row.beat_at = now if ready else None
    return row


def to_ring(session: Session, responder_id: str, now: datetime) -> str | None:
    """The address of a responder's browser that is ready now; None where there is none."""
    query = (
        select(BrowserPhone.address)
        .join(Account, Account.id == BrowserPhone.account_id)
        .join(ConsoleSession, ConsoleSession.id == BrowserPhone.session_id)
        .where(Account.responder_id == responder_id, Account.disabled_at.is_(None))
        .where(ConsoleSession.ended_at.is_(None), ConsoleSession.verified_at.is_not(None))
        .where(ConsoleSession.created_at > now - sessions.ABSOLUTE)
        .where(BrowserPhone.beat_at > now - FRESH)
    )
    return session.scalar(query)
