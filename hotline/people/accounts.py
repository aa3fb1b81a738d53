"""Accounts, and the first one: a one-time code shown on the terminal becomes an administrator."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.audit import AuditEntry
from hotline.database.base import new_id
from hotline.database.engine import Database
from hotline.people import codes, passwords
from hotline.people.guessable import is_guessable
from hotline.people.model import Account, Role
from hotline.texts import marked

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
MAX_DISPLAY_NAME = 80
MADE = tuple(
    f"account.{act}" for act in ("created", "changed", "enabled", "code_issued", "factors_reset")
)
"""What is done to an account by whoever manages people, as the audit calls it."""

WRONG_CODE = marked(
    "This code is not valid. Use the newest one on the terminal; each works once, for a day."
)
GUESSABLE = marked(
    "This is too easy to guess. Take four or five words that have nothing to do with each other, "
    "or with you."
)


class WrongInput(ValueError):
    """A form field is wrong; the message says what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def any_account(session: Session) -> bool:
    """Whether there is an account at all; while not, the set-up page is open."""
    return session.scalar(select(Account.id).limit(1)) is not None


def is_only_one(session: Session) -> bool:
    """Whether there has only ever been one account: accounts are disabled, and never deleted."""
    return session.scalar(select(func.count(Account.id))) == 1


def is_settled(session: Session, account: Account, now: datetime, since: timedelta) -> bool:
    """Whether nobody else has made, changed or enabled the account, or given it a new code or new
    factors, within that time: whoever manages people could else be its person, and so two."""
    query = select(AuditEntry.seq).where(
        AuditEntry.subject == f"account:{account.id}",
        AuditEntry.action.in_(MADE),
        AuditEntry.at > now - since,
    )
    return account.created_at <= now - since and session.scalar(query.limit(1)) is None


def login_name(name: str) -> str:
    """The form in which names are kept and compared."""
    return name.strip().casefold()


def check_new(name: str, display_name: str, password: str) -> tuple[str, str]:
    """Check what a new account is made of; gives name and display name as kept.

    Raises WrongInput for the first field that is wrong.
    """
    name, display_name = check_names(name, display_name)
    check_password(password, (name, display_name))
    return name, display_name


def check_names(name: str, display_name: str) -> tuple[str, str]:
    """Name and display name as kept. Raises WrongInput for the first that is wrong."""
    name, display_name = login_name(name), " ".join(display_name.split())
    if not _NAME.fullmatch(name):
        says = marked("Use 2 to 64 letters, digits or . _ @ + - without spaces.")
        raise WrongInput("name", says)
    if not 1 <= len(display_name) <= MAX_DISPLAY_NAME:
        raise WrongInput("display_name", marked("Enter the name that colleagues should see."))
    return name, display_name


def check_password(password: str, about: Sequence[str] = ()) -> None:
    """Raises WrongInput unless the password has an acceptable length and is hard to guess.

    about: names of its owner, which make it easier.
    """
    if len(password) < passwords.MIN_LENGTH:
        raise WrongInput("password", f"Use at least {passwords.MIN_LENGTH} characters.")
    if len(password) > passwords.MAX_LENGTH:
        raise WrongInput("password", f"Use at most {passwords.MAX_LENGTH} characters.")
    if is_guessable(password, about):
        raise WrongInput("password", GUESSABLE)


def by_name(session: Session, name: str) -> Account | None:
    """The account of a login name as typed; what cannot be a name is not even looked up."""
    name = login_name(name)
    if not _NAME.fullmatch(name):
        return None
    return session.scalar(select(Account).where(Account.name == name))


def add_account(
    session: Session,
    name: str,
    display_name: str,
    role: Role,
    password_hash: str,
    now: datetime,
) -> Account:
    """Add an account from checked fields (`check_new`) and a hash (`passwords.hash_password`)."""
    account = Account(
        id=new_id(),
        name=name,
        display_name=display_name,
        role=role,
        password_hash=password_hash,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def issue_setup_code(session: Session, now: datetime) -> str:
    """A new code in place of every earlier one, to be shown while no account exists."""
    return codes.issue(session, None, now)


def redeem_setup_code(
    database: Database, code: str, name: str, display_name: str, password: str, now: datetime
) -> Account:
    """Make the first administrator. Raises WrongInput (which field, what to do) and TooBusy.

    The password is hashed between two short transactions; the second one uses up the code by
    compare-and-set, so that of two redemptions at once one wins.
    """
    name, display_name = check_new(name, display_name, password)
    with database.transaction() as session:
        if any_account(session) or not codes.is_open(session, code, None, now):
            raise WrongInput("code", WRONG_CODE)
    password_hash = passwords.hash_password(password)
    with database.transaction() as session:
        if not codes.use_up(session, code, None, now) or any_account(session):
            raise WrongInput("code", WRONG_CODE)
        account = add_account(session, name, display_name, Role.ADMINISTRATOR, password_hash, now)
        audit.record(session, now, "setup-code", "account.created", f"account:{account.id}")
    return account
