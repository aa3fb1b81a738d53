"""A person chooses a password of their own: with a code, or in place of the one they have."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.database.engine import Database
from hotline.people import accounts, codes, delays, passwords, sessions
from hotline.people.accounts import WrongInput, check_password
from hotline.people.model import Account
from hotline.people.sessions import SignedIn
from hotline.people.sign_in import SignInDelayed
from hotline.texts import marked

WRONG_CODE = marked(
    "Name and code do not fit together. A code works once, for a day; ask your administrator for a "
    "new one."
)
WRONG_OLD = marked("This is not your password now.")


def choose_with_code(database: Database, name: str, code: str, password: str, now: datetime) -> str:
    """Redeem a code of the account of that name; gives the token of a new session.

    The password is hashed between two short transactions; the second uses the code up, so that of
    two redemptions at once one wins. Raises WrongInput and TooBusy.
    """
    check_password(password)
    with database.transaction() as session:
        account = accounts.by_name(session, name)
        if account is None or not _is_open_for(session, account, code, now):
            raise WrongInput("code", WRONG_CODE)
    check_password(password, (account.name, account.display_name))
    password_hash = passwords.hash_password(password)
    with database.transaction() as session:
        account = _locked(session, account.id)
        if account.disabled_at is not None or not codes.use_up(session, code, account.id, now):
            raise WrongInput("code", WRONG_CODE)
        account.password_hash = password_hash
        sessions.end_all(session, account.id, now)
        token = sessions.start(session, account.id, now)
        _record(session, account, "account.password_chosen", now)
    return token


def change(database: Database, who: SignedIn, old: str, new: str, now: datetime) -> None:
    """Put `new` in place of `old`, and end the account's other sessions.

    Wrong tries are delayed as at sign-in, under this session: whoever finds it open does not guess.
    Raises WrongInput (field `old` or `password`), SignInDelayed, TooBusy.
    """
    check_password(new, (who.account.name, who.account.display_name))
    key = delays.browser_key(who.session.id)
    with database.transaction() as session:
        wait_s = delays.reserve(session, [key], now)
        current = session.get_one(Account, who.account.id).password_hash
    if wait_s > 0:
        raise SignInDelayed(wait_s)
    if not passwords.verify(current, old):
        raise WrongInput("old", WRONG_OLD)
    password_hash = passwords.hash_password(new)
    with database.transaction() as session:
        account = _locked(session, who.account.id)
        if account.password_hash != current:  # taken away, or changed elsewhere, while we hashed
            raise WrongInput("old", WRONG_OLD)
        delays.forgive(session, [key], now)
        account.password_hash = password_hash
        sessions.end_all(session, account.id, now, but=who.session.id)
        _record(session, account, "account.password_changed", now)


def _is_open_for(session: Session, account: Account, code: str, now: datetime) -> bool:
    return account.disabled_at is None and codes.is_open(session, code, account.id, now)


def _locked(session: Session, account_id: str) -> Account:
    query = select(Account).where(Account.id == account_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _record(session: Session, account: Account, action: str, now: datetime) -> None:
    audit.record(session, now, f"account:{account.id}", action, f"account:{account.id}")
