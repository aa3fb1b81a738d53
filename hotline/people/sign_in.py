"""Signing in: the back-off, the password, the session."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline import audit
from hotline.database.engine import Database
from hotline.people import delays, passwords, sessions
from hotline.people.accounts import by_name, login_name
from hotline.people.model import Account


class SignInRefused(Exception):
    """Name and password do not fit, or the account is disabled: which of them is not said."""


class SignInDelayed(Exception):
    """Too many wrong passwords in a row; `wait_s` seconds until the next try."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"wait {wait_s:.0f} s")
        self.wait_s = wait_s


def sign_in(
    database: Database,
    name: str,
    password: str,
    now: datetime,
    *,
    old_token: str = "",
    address: str = "",
) -> tuple[Account, str]:
    """Check a password and start a session, half signed in (`hotline.people.second_step` goes on);
    gives the account and the session's new token.

    `old_token` is the browser's earlier token, if any: its session ends, and it tells a browser
    that was signed in to this account before. `address`: where the browser is, if that is known; it
    is not kept. Raises SignInRefused, SignInDelayed, TooBusy. The
    hash is computed outside of any transaction, so that no caller waits for it.
    """
    name = login_name(name)
    with database.transaction() as session:
        account = by_name(session, name)
        network = delays.network_of(address)
        keys = _delay_keys(session, name, account, old_token, network)
        source = delays.source_key(network) if network else None
        wait_s = delays.reserve(session, keys, now, unless=source)
    if wait_s > 0:
        raise SignInDelayed(wait_s)
    fits = passwords.verify(account.password_hash if account else None, password)
    if account is None or not fits or account.disabled_at is not None:
        _note(database, "account.refused", account, now)
        raise SignInRefused
    with database.transaction() as session:
        if not _is_still_so(session, account):
            raise SignInRefused
        delays.forgive(session, keys, now)
        if old_token:
            sessions.end(session, old_token, now)
        token = sessions.start(session, account.id, now)
    _rehash(database, account, password)
    return account, token


def _is_still_so(session: Session, account: Account) -> bool:
    """Whether the account was neither disabled nor given another password while we hashed."""
    query = select(Account).where(Account.id == account.id).with_for_update()
    row = session.scalars(query, execution_options={"populate_existing": True}).one()
    return row.disabled_at is None and row.password_hash == account.password_hash


def _delay_keys(
    session: Session, name: str, account: Account | None, old_token: str, network: str
) -> list[delays.Key]:
    known = sessions.by_token(session, old_token) if old_token else None
    if known is not None and account is not None and known.account_id == account.id:
        return [delays.browser_key(known.id)]
    keys = [delays.EVERYBODY, delays.name_key(name)]
    if network:
        keys += [delays.source_key(network), delays.pair_key(name, network)]
    return keys


def _note(database: Database, action: str, account: Account | None, now: datetime) -> None:
    """Into the audit chain, by id only: what was typed may be a password in the wrong field."""
    with database.transaction() as session:
        subject = f"account:{account.id}" if account else "account:unknown"
        audit.record(session, now, "nobody", action, subject)


def _rehash(database: Database, account: Account, password: str) -> None:
    """Bring an old hash to today's parameters while the password is at hand."""
    if not passwords.is_outdated(account.password_hash):
        return
    try:
        new = passwords.hash_password(password)
    except passwords.TooBusy:
        return  # the next sign-in will do it
    with database.transaction() as session:
        session.execute(
            update(Account)
            .where(Account.id == account.id, Account.password_hash == account.password_hash)
            .values(password_hash=new)
        )
