"""A person sets up a second factor: at the first sign-in, where one is required, or later.

Somebody who is half signed in may do so only while the account has none: else whoever learns a
password could add a factor of their own to it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.people import authenticator, factors, passkeys, sessions
from hotline.people.model import Account
from hotline.people.passkeys import PasskeyRefused
from hotline.people.second_step import Checker, Kind, ProofRefused, complete
from hotline.people.sessions import SignedIn


@dataclass(frozen=True)
class Enrolled:
    """The session's new token, and recovery codes to be shown this once; empty where the account
    has some already."""

    token: str
    codes: list[str]


class NotAllowed(Exception):
    """The account has a factor meanwhile, and this session has not proved it."""


def app(checker: Checker, who: SignedIn, token: str, typed: str, now: datetime) -> Enrolled:
    """Confirm the app that was shown in this session. Raises ProofRefused, NotAllowed."""
    with checker.database.transaction() as session:
        _hold(session, who)
        me, here = who.account.id, who.session.id
        fits = authenticator.confirm(session, checker.vault, me, here, typed, now)
        done = _done(session, who, token, Kind.APP, now) if fits else None
    if done is None:
        raise ProofRefused
    return done


def passkey(
    checker: Checker, who: SignedIn, token: str, answer: str, name: str, now: datetime
) -> Enrolled:
    """Keep the passkey that the browser has made. Raises ProofRefused, NotAllowed."""
    if checker.site is None:
        raise ProofRefused
    with checker.database.transaction() as session:
        _hold(session, who)
        me, here = who.account.id, who.session.id
        try:
            passkeys.register(session, here, me, checker.site, answer, name, now)
            done = _done(session, who, token, Kind.PASSKEY, now)
        except PasskeyRefused:
            done = None  # and the question is used up
    if done is None:
        raise ProofRefused
    return done


def _done(
    session: Session, who: SignedIn, token: str, kind: Kind, now: datetime
) -> Enrolled | None:
    codes = factors.added(session, who.account.id, str(kind), now)
    new = complete(session, who, token, kind, now)
    if new is None:  # ended meanwhile: nothing of this is kept
        raise ProofRefused
    return Enrolled(new, codes)


def _hold(session: Session, who: SignedIn) -> None:
    """Hold the account, so that of two who set up its first factor the second one is refused."""
    query = select(Account).where(Account.id == who.account.id).with_for_update()
    session.scalars(query, execution_options={"populate_existing": True}).one()
    if not sessions.is_whole(who.session) and factors.has(session, who.account.id):
        raise NotAllowed
