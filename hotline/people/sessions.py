"""Console sessions: made at sign-in, found by token, ended by idleness, age or sign-out.

What a page asks by itself is nobody's activity: it never keeps a session alive. A session that has
been idle too long may still watch that something rings (`look`), and see nothing else.

After the password a session is half signed in (`verified_at` is None): `find` and `look` do not
know it, so that nothing but the second step is reached (`half`).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.people.model import Account, ConsoleSession

# docs/facts.md P3: at least 128 bit, idle 15 min, absolute 8 h.
TOKEN_BYTES = 32
IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=8)
# How long the second step may take.
HALF = timedelta(minutes=10)
# How long a proof counts for what asks for a fresh one: exports, reveals, changes of people.
FRESH = timedelta(minutes=10)
# `seen_at` is not written more often than this, so that reading pages stays cheap.
SEEN_STEP = timedelta(seconds=30)


@dataclass(frozen=True)
class SignedIn:
    """A valid session and the account it belongs to.

    idle: nobody has used it for IDLE; then it only watches (docs/adr/0016).
    """

    session: ConsoleSession
    account: Account
    idle: bool = False


def start(session: Session, account_id: str, now: datetime, *, verified: bool = False) -> str:
    """Start a session and give its token, which is kept nowhere. It is half signed in, unless
    `verified`: nothing more has to be proved."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = ConsoleSession(id=new_id(), token_hash=token_hash(token), account_id=account_id)
    row.created_at = row.seen_at = now
    row.verified_at = now if verified else None
    session.add(row)
    session.flush()
    return token


def rotate(session: Session, token: str, now: datetime) -> str | None:
    """Give the session of a token another one, and note that its person has proved themselves now.

    By compare-and-set: of two at once one wins, and the other gets None, as does a session that is
    over.
    """
    new = secrets.token_urlsafe(TOKEN_BYTES)
    turned = session.scalar(
        update(ConsoleSession)
        .where(ConsoleSession.token_hash == token_hash(token), ConsoleSession.ended_at.is_(None))
        .values(token_hash=token_hash(new), verified_at=now, seen_at=now)
        .returning(ConsoleSession.id)
    )
    return new if turned is not None else None


def find(session: Session, token: str, now: datetime) -> SignedIn | None:
    """The valid session of a token; None when it is unknown, over, or half signed in. Only reads:
    whoever did something in it is marked as seen, `mark_seen`."""
    found = look(session, token, now)
    return None if found is None or found.idle else found


def was_seen_long_ago(row: ConsoleSession, now: datetime) -> bool:
    """Whether it is time to mark it as seen again (SEEN_STEP)."""
    return now - row.seen_at >= SEEN_STEP


def mark_seen(session: Session, session_id: str, now: datetime) -> None:
    """Somebody did something in that session: it idles from now on."""
    session.execute(
        update(ConsoleSession).where(ConsoleSession.id == session_id).values(seen_at=now)
    )


def look(session: Session, token: str, now: datetime) -> SignedIn | None:
    """The session of a token as it stands, also when it is idle; None when it
    is unknown, over, or half signed in."""
    found = _open(session, token, now, ABSOLUTE)
    return found if found is not None and is_whole(found.session) else None


def half(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Who has given their password and not yet proved more, within HALF; else None."""
    found = _open(session, token, now, HALF)
    return found if found is not None and not is_whole(found.session) else None


def is_whole(row: ConsoleSession) -> bool:
    """Whether everything that sign-in asks for has been proved in the session."""
    return row.verified_at is not None


def is_fresh(row: ConsoleSession, now: datetime) -> bool:
    """Whether its person has proved themselves within FRESH."""
    return row.verified_at is not None and now - row.verified_at < FRESH


def _open(session: Session, token: str, now: datetime, lasts: timedelta) -> SignedIn | None:
    row = by_token(session, token)
    if row is None or row.ended_at is not None or now - row.created_at >= lasts:
        return None
    account = session.get_one(Account, row.account_id)
    if account.disabled_at is not None:
        return None
    return SignedIn(row, account, idle=now - row.seen_at >= IDLE)


def by_token(session: Session, token: str) -> ConsoleSession | None:
    """The session of a token, valid or over: an ended one still tells which browser it was."""
    query = select(ConsoleSession).where(ConsoleSession.token_hash == token_hash(token))
    return session.scalar(query)


def end(session: Session, token: str, now: datetime) -> None:
    """End the session of a token; unknown and ended ones stay as they are."""
    session.execute(
        update(ConsoleSession)
        .where(ConsoleSession.token_hash == token_hash(token), ConsoleSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all(session: Session, account_id: str, now: datetime, *, but: str = "") -> None:
    """End every session of an account (disabled, or its password changed); `but`: id of one that
    goes on."""
    session.execute(
        update(ConsoleSession)
        .where(
            ConsoleSession.account_id == account_id,
            ConsoleSession.ended_at.is_(None),
            ConsoleSession.id != but,
        )
        .values(ended_at=now)
    )


def end_one(session: Session, account_id: str, session_id: str, now: datetime) -> bool:
    """End one session of an account. False: it is over already, or not this account's."""
    ended = session.scalar(
        update(ConsoleSession)
        .where(ConsoleSession.id == session_id, ConsoleSession.account_id == account_id)
        .where(ConsoleSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(ConsoleSession.id)
    )
    return ended is not None


def valid_of(session: Session, account_id: str, now: datetime) -> list[ConsoleSession]:
    """The sessions of an account that are valid now, the one last seen first."""
    query = select(ConsoleSession).where(
        ConsoleSession.account_id == account_id,
        ConsoleSession.ended_at.is_(None),
        ConsoleSession.verified_at.is_not(None),
        ConsoleSession.seen_at > now - IDLE,
        ConsoleSession.created_at > now - ABSOLUTE,
    )
    query = query.order_by(ConsoleSession.seen_at.desc(), ConsoleSession.id)
    return list(session.scalars(query))


def last_seen(session: Session) -> dict[str, datetime]:
    """When each account was last seen, by account id; who never was is not in it."""
    newest = func.max(ConsoleSession.seen_at)
    query = select(ConsoleSession.account_id, newest).group_by(ConsoleSession.account_id)
    return dict(session.execute(query).all())


def token_hash(token: str) -> str:
    """SHA-256 of a token: enough, for it has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
