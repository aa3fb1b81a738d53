"""One-time codes: one makes the first administrator, the others let a person choose a password.

Only hashes are kept. A code belongs to one account (or to none: the first administrator's) and is
good for nothing else.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.people.model import SetupCode

VALID_FOR = timedelta(hours=24)
# 24 letters of 5 bits are 120 bits, above the 112 that ASVS 6.5.2 asks of a code kept by a fast
# hash. Letters and digits that look alike are left out.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 4, 6


def new_code() -> str:
    """A code nobody has had: 120 random bits, in groups to be read out or written down."""
    return "-".join(_group() for _ in range(GROUPS))


def code_hash(code: str) -> str:
    """What is kept of a code, however it was spaced or cased when it was typed."""
    letters = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def issue(session: Session, account_id: str | None, now: datetime) -> str:
    """A new code in place of every earlier one of this account; it is shown once and not kept."""
    code = new_code()
    withdraw(session, account_id)
    row = SetupCode(id=new_id(), account_id=account_id, code_hash=code_hash(code), created_at=now)
    row.expires_at = now + VALID_FOR
    session.add(row)
    session.flush()
    return code


def withdraw(session: Session, account_id: str | None) -> None:
    """Make the account's unused codes worthless."""
    session.execute(
        delete(SetupCode).where(SetupCode.used_at.is_(None), SetupCode.account_id == account_id)
    )


def is_open(session: Session, code: str, account_id: str | None, now: datetime) -> bool:
    """Whether the code could be used for this account now."""
    row = session.scalar(select(SetupCode).where(SetupCode.code_hash == code_hash(code)))
    fits = row is not None and row.account_id == account_id
    return fits and row is not None and row.used_at is None and row.expires_at > now


def use_up(session: Session, code: str, account_id: str | None, now: datetime) -> bool:
    """Use the code for this account, by compare-and-set: of two uses at once one wins."""
    used = session.scalars(
        update(SetupCode)
        .where(
            SetupCode.code_hash == code_hash(code),
            SetupCode.account_id == account_id,
            SetupCode.used_at.is_(None),
            SetupCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(SetupCode.id)
    )
    return used.first() is not None


def waiting(session: Session, now: datetime) -> dict[str, datetime]:
    """Until when each account's unused code is good, by account id."""
    query = select(SetupCode.account_id, SetupCode.expires_at)
    query = query.where(SetupCode.used_at.is_(None), SetupCode.expires_at > now)
    return {
        account_id: until for account_id, until in session.execute(query) if account_id is not None
    }


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP))
