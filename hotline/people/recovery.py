"""Ten codes for whoever has lost their device. Each lets in once; only hashes are kept.

A code has 120 random bits (`codes.new_code`), so that a fast hash is enough (ASVS 6.5.2).
"""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.people import codes
from hotline.people.model import RecoveryCode

HOW_MANY = 10


def issue(session: Session, account_id: str, now: datetime) -> list[str]:
    """Ten new codes in place of all earlier ones; they are shown once and not kept."""
    remove(session, account_id)
    made = [codes.new_code() for _ in range(HOW_MANY)]
    for code in made:
        row = RecoveryCode(id=new_id(), account_id=account_id, code_hash=codes.code_hash(code))
        row.created_at = now
        session.add(row)
    session.flush()
    return made


def accept(session: Session, account_id: str, code: str, now: datetime) -> bool:
    """Use a code of the account up, by compare-and-set. False: it is not one, or was used."""
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == codes.code_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return used is not None


def left(session: Session, account_id: str) -> int:
    """How many codes are still good."""
    query = select(func.count()).select_from(RecoveryCode)
    query = query.where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def remove(session: Session, account_id: str) -> None:
    """Make all codes of the account worthless."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
