"""What comes after the password: a second factor, and the same again before grave acts.

Whoever proves themselves gets a new token for the session they have; what was unlocked in it stays
so. A refused proof is counted, so that guessing takes longer and longer (`delays.codes_key`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from hotline.database.engine import Database
from hotline.people import (
    authenticator,
    delays,
    factors,
    passkeys,
    passwords,
    recovery,
    sessions,
    totp,
    unlocking,
)
from hotline.people.model import Account
from hotline.people.passkeys import PasskeyRefused, Site
from hotline.people.sessions import SignedIn
from hotline.people.sign_in import SignInDelayed
from hotline.privacy.cipher import Vault


class Kind(StrEnum):
    """With what somebody proves themselves; recorded."""

    APP = "app"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105


class ProofRefused(Exception):
    """The code, passkey or password does not fit. Which part of it, is not said."""


@dataclass(frozen=True)
class Proof:
    """What was sent: a code (of the app, or a recovery code), a passkey's answer, or a password,
    which counts only for accounts without a second factor."""

    code: str = ""
    passkey: str = ""
    password: str = ""


@dataclass(frozen=True)
class Checker:
    """What a proof is checked with."""

    database: Database
    vault: Vault
    site: Site | None


def after_password(session: Session, token: str, now: datetime, *, required: bool) -> str | None:
    """The new token of a session whose person has nothing more to prove; None: they have."""
    found = sessions.half(session, token, now)
    if found is None or required or factors.has(session, found.account.id):
        return None
    return complete(session, found, token, Kind.PASSWORD, now)


def prove(
    checker: Checker, who: SignedIn, token: str, proof: Proof, now: datetime
) -> tuple[str, Kind]:
    """Check a proof; gives the session's new token and what it was.

    Raises ProofRefused, SignInDelayed, TooBusy.
    """
    keys = _delay_keys(who, proof)
    with checker.database.transaction() as session:
        wait_s = delays.reserve(session, keys, now) if keys else 0.0
        current = session.get_one(Account, who.account.id).password_hash
        counts = _password_counts(session, who)
    if wait_s > 0:
        raise SignInDelayed(wait_s)
    by_password = counts and passwords.verify(current, proof.password)
    with checker.database.transaction() as session:
        kind = Kind.PASSWORD if by_password else _kind(session, checker, who, proof, now)
        new = complete(session, who, token, kind, now) if kind is not None else None
        if new is None:
            factors.record(session, who.account.id, "account.factor_refused", now)
        elif keys:
            delays.forgive(session, keys, now)
    if kind is None or new is None:
        raise ProofRefused
    return new, kind


def complete(session: Session, who: SignedIn, token: str, kind: Kind, now: datetime) -> str | None:
    """Give the session another token, as proved now, and take along what is unlocked in it. None:
    it is over, or somebody else was first."""
    action = "account.proved" if sessions.is_whole(who.session) else "account.signed_in"
    opened = unlocking.kept(session, who.session.id, token)
    new = sessions.rotate(session, token, now)
    if new is None:
        return None
    if opened is not None:
        unlocking.keep(session, who.session.id, new, opened)
    factors.record(session, who.account.id, action, now, by=str(kind))
    return new


def _kind(
    session: Session, checker: Checker, who: SignedIn, proof: Proof, now: datetime
) -> Kind | None:
    """What the proof is, if it fits."""
    if proof.passkey:
        return Kind.PASSKEY if _passkey_fits(session, checker, who, proof.passkey, now) else None
    if totp.typed_code(proof.code) is not None:
        fits = authenticator.accept(session, checker.vault, who.account.id, proof.code, now)
        return Kind.APP if fits else None
    if factors.has(session, who.account.id) and proof.code:
        fits = recovery.accept(session, who.account.id, proof.code, now)
        return Kind.RECOVERY_CODE if fits else None
    return None


def _password_counts(session: Session, who: SignedIn) -> bool:
    """The password proves again who is signed in wholly and has nothing else. It is never the
    second step: whoever comes to that has given it already."""
    return sessions.is_whole(who.session) and not factors.has(session, who.account.id)


def _passkey_fits(
    session: Session, checker: Checker, who: SignedIn, answer: str, now: datetime
) -> bool:
    if checker.site is None:
        return False
    try:
        passkeys.accept(session, who.session.id, who.account.id, checker.site, answer, now)
    except PasskeyRefused:
        return False
    return True


def _delay_keys(who: SignedIn, proof: Proof) -> list[delays.Key]:
    """Codes of an app can be guessed, and a password; what has 112 bits and more is not held up by
    somebody else's guesses."""
    if proof.passkey or (proof.code and totp.typed_code(proof.code) is None):
        return []
    if proof.code:
        return [delays.EVERYBODYS_CODES, delays.codes_key(who.account.id)]
    return [delays.browser_key(who.session.id)]
