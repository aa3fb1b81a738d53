"""An account's authenticator app: its secret is shown, confirmed with a code, and then lets in.

The secret is kept sealed. Every function is a step of a transaction that the caller opened.
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.people import totp
from hotline.people.model import Authenticator
from hotline.people.sessions import HALF
from hotline.privacy.cipher import Vault, place


def begin(session: Session, vault: Vault, account_id: str, session_id: str, now: datetime) -> str:
    """The secret to be put into an app, the same one while this session has not confirmed it."""
    row = _pending(session, account_id, session_id, now)
    if row is not None:
        return _opened(session, vault, row)
    own = Authenticator.account_id == account_id
    unconfirmed = Authenticator.confirmed_at.is_(None)
    session.execute(
        delete(Authenticator).where(own, unconfirmed, Authenticator.created_at <= now - HALF)
    )
    secret = totp.new_secret()
    row = Authenticator(
        id=new_id(),
        account_id=account_id,
        session_id=session_id,
        data_key_id=vault.new_key(session),
        last_step=0,
        created_at=now,
    )
    row.secret = vault.seal_bytes(session, row.data_key_id, _place(row), secret.encode())
    session.add(row)
    session.flush()
    return secret


def confirm(
    session: Session, vault: Vault, account_id: str, session_id: str, typed: str, now: datetime
) -> bool:
    """Make the app that was shown in this session the account's, in place of another one. False:
    the code does not fit, or nothing was shown here lately."""
    row = _pending(session, account_id, session_id, now)
    if row is None or not _use(session, vault, row, typed, now):
        return False
    session.execute(
        delete(Authenticator).where(
            Authenticator.account_id == account_id, Authenticator.id != row.id
        )
    )
    row.confirmed_at = now
    session.flush()
    return True


def accept(session: Session, vault: Vault, account_id: str, typed: str, now: datetime) -> bool:
    """Whether the code is the app's, and was not used before."""
    row = of(session, account_id)
    return row is not None and _use(session, vault, row, typed, now)


def of(session: Session, account_id: str) -> Authenticator | None:
    """The account's app, if it has one that was confirmed."""
    query = select(Authenticator).where(
        Authenticator.account_id == account_id, Authenticator.confirmed_at.is_not(None)
    )
    return session.scalar(query)


def remove(session: Session, account_id: str) -> None:
    """Forget the account's app, and any that was shown."""
    session.execute(delete(Authenticator).where(Authenticator.account_id == account_id))


def _use(session: Session, vault: Vault, row: Authenticator, typed: str, now: datetime) -> bool:
    """Use a step up, by compare-and-set: of two requests with one code one wins."""
    secret = _opened(session, vault, row)
    step = totp.fitting_step(secret, typed, now, row.last_step)
    if step is None:
        return False
    used = session.scalar(
        update(Authenticator)
        .where(Authenticator.id == row.id, Authenticator.last_step < step)
        .values(last_step=step)
        .returning(Authenticator.id)
    )
    return used is not None


def _pending(
    session: Session, account_id: str, session_id: str, now: datetime
) -> Authenticator | None:
    query = select(Authenticator).where(
        Authenticator.account_id == account_id,
        Authenticator.session_id == session_id,
        Authenticator.confirmed_at.is_(None),
        Authenticator.created_at > now - HALF,
    )
    return session.scalars(query.order_by(Authenticator.id.desc())).first()


def _opened(session: Session, vault: Vault, row: Authenticator) -> str:
    return vault.open_bytes(session, row.data_key_id, _place(row), row.secret).decode()


def _place(row: Authenticator) -> str:
    return place("authenticator", row.id, "secret")
