"""A supervisor's key pair: made with a passphrase, unlocked for a session, shared with colleagues.

The private key is stored twice, and neither form opens with the database alone: under a key derived
from the passphrase (argon2id), and, while somebody has unlocked, under a key derived from the token
of their session, which only their browser has.
"""

from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.database.engine import Database
from hotline.mistakes import Mistake
from hotline.people import delays, passwords
from hotline.people.model import Account, ConsoleSession, Role, Unlocked
from hotline.people.sessions import ABSOLUTE, SignedIn
from hotline.people.sign_in import SignInDelayed
from hotline.privacy import boxes, locks
from hotline.privacy.cipher import CannotOpen, place, seal, unseal
from hotline.privacy.keys import KEY_BYTES
from hotline.privacy.locks import KeyHolder, Reader, SealedKey

PURPOSE = b"hotline: unlocked for a session, 1"


class WrongPassphrase(Mistake):
    """It does not open the person's key."""


def holder_of(session: Session, account_id: str) -> KeyHolder | None:
    """The key pair of an account, if it has one."""
    return session.scalar(select(KeyHolder).where(KeyHolder.account_id == account_id))


def recipients(session: Session, district: str | None = None) -> list[KeyHolder]:
    """To whom a report of the district is sealed: the supervisors who see it, may sign in and have
    a key pair, and the recovery key. Without a district: all of them.

    Empty while either is missing: nothing is sealed that nobody could open.
    """
    query = (
        select(KeyHolder)
        .join(Account, Account.id == KeyHolder.account_id)
        .where(Account.role == Role.SUPERVISOR, Account.disabled_at.is_(None))
        .order_by(KeyHolder.id)
    )
    if district is not None:
        query = query.where(or_(Account.district.is_(None), Account.district == district))
    people, paper = list(session.scalars(query)), locks.recovery(session)
    return [*people, paper] if people and paper is not None else []


def colleagues(session: Session, account_id: str) -> list[Account]:
    """The other supervisors who have a key pair, by name."""
    query = select(Account).join(KeyHolder, KeyHolder.account_id == Account.id)
    query = query.where(
        Account.id != account_id,
        Account.role == Role.SUPERVISOR,
        Account.disabled_at.is_(None),
    )
    return list(session.scalars(query.order_by(Account.display_name)))


def make(database: Database, account_id: str, passphrase: str, now: datetime) -> Reader:
    """A new key pair for the account, in place of one whose passphrase was forgotten: what was
    sealed to that one opens again once a colleague shares. Raises TooBusy."""
    pair = boxes.new_pair()
    row = KeyHolder(id=new_id(), account_id=account_id, public=pair.public, created_at=now)
    _wrap(row, pair.private, passphrase)
    with database.transaction() as session:
        old = holder_of(session, account_id)
        if old is not None:
            session.execute(delete(Unlocked).where(Unlocked.holder_id == old.id))
            session.execute(delete(SealedKey).where(SealedKey.holder_id == old.id))
            session.delete(old)
            session.flush()
        session.add(row)
    return Reader(row.id, pair.private)


def open_with(database: Database, who: SignedIn, passphrase: str, now: datetime) -> Reader:
    """The private key of who is signed in. Wrong tries are delayed, as for their password.

    Raises WrongPassphrase, SignInDelayed, TooBusy.
    """
    delay = delays.browser_key(who.session.id)
    with database.transaction() as session:
        row = holder_of(session, who.account.id)
        wait_s = delays.reserve(session, [delay], now)
    if wait_s > 0:
        raise SignInDelayed(wait_s)
    if row is None or row.private is None or row.derivation is None:
        raise WrongPassphrase("You have no key yet; choose a passphrase first.")
    key = passwords.derive(passphrase, row.derivation)
    try:
        reader = Reader(row.id, unseal(key, _place(row), row.private))
    except CannotOpen:
        raise WrongPassphrase("This is not your passphrase.") from None
    with database.transaction() as session:
        delays.forgive(session, [delay], now)
    return reader


def change(database: Database, who: Reader, passphrase: str) -> None:
    """Another passphrase for the same key: everything that was sealed to it still opens."""
    made = KeyHolder(id=who.holder_id)
    _wrap(made, who.private, passphrase)
    with database.transaction() as session:
        row = session.get_one(KeyHolder, who.holder_id)
        row.private, row.derivation = made.private, made.derivation


def keep(session: Session, session_id: str, token: str, who: Reader) -> None:
    """Unlock for the session with that token."""
    lock(session, session_id)
    sealed = seal(_session_key(token), place("unlocked", session_id, "private"), who.private)
    session.add(Unlocked(session_id=session_id, holder_id=who.holder_id, private=sealed))
    session.flush()


def kept(session: Session, session_id: str, token: str) -> Reader | None:
    """Who has unlocked in that session; None: nobody, or the token is another one by now."""
    row = session.get(Unlocked, session_id)
    if row is None:
        return None
    try:
        where = place("unlocked", session_id, "private")
        return Reader(row.holder_id, unseal(_session_key(token), where, row.private))
    except CannotOpen:
        return None


def lock(session: Session, session_id: str) -> None:
    """Lock again in that session."""
    session.execute(delete(Unlocked).where(Unlocked.session_id == session_id))


def sweep(session: Session, now: datetime) -> None:
    """Delete what was unlocked in sessions that are over."""
    old = ConsoleSession.created_at <= now - ABSOLUTE
    over = select(ConsoleSession.id).where(or_(ConsoleSession.ended_at.is_not(None), old))
    session.execute(delete(Unlocked).where(Unlocked.session_id.in_(over)))


def _wrap(row: KeyHolder, private: bytes, passphrase: str) -> None:
    row.derivation = passwords.new_derivation()
    row.private = seal(passwords.derive(passphrase, row.derivation), _place(row), private)


def _place(row: KeyHolder) -> str:
    return place("key_holder", row.id, "private")


def _session_key(token: str) -> bytes:
    """The token has 256 random bits, and the database keeps only its hash."""
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
    return hkdf.derive(token.encode())
