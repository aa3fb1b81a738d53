"""What administrators do with accounts: add, change, disable, enable, give a new code.

Every function is a step of a transaction that the caller opened, works on an account that is held
(`locked`), and ends in the audit chain. What they keep: there is always an administrator who can
sign in, and nobody takes away their own role.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline import audit
from hotline.people import accounts, codes, passwords, sessions
from hotline.people.accounts import WrongInput
from hotline.people.model import Account, Role
from hotline.texts import marked

NAME_TAKEN = marked("There is an account of this name already. Choose another one.")
RESPONDER_TAKEN = marked(
    "Another account is this responder already. Choose nobody, or another one."
)
OWN_ROLE = marked("Nobody changes their own role. Ask another administrator.")
OWN_ACCOUNT = marked("Nobody does this to their own account. Ask another administrator.")
LAST = marked("This is the last administrator who can sign in. Make another one first.")


class ChangedMeanwhile(Exception):
    """Somebody else has changed the account since the form was made; nothing was overwritten."""


@dataclass(frozen=True)
class Terms:
    """What an account is for. `district` is a handle, None: every one; `responder_id`: who this
    person is when the phone rings."""

    role: Role
    district: str | None = None
    responder_id: str | None = None


def terms_of(account: Account) -> Terms:
    """The terms an account has now."""
    return Terms(account.role, account.district, account.responder_id)


def version(account: Account) -> str:
    """A mark of what can be changed about an account: forms carry it, a changed one is refused."""
    parts = (account.role, account.district, account.responder_id, account.disabled_at)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def locked(session: Session, account_id: str) -> Account | None:
    """The account, held against others until the transaction ends; None: there is none.

    All administrators are held too, in the order of their ids: of two who disable each other at
    once the second one sees what the first has done.
    """
    held = or_(Account.id == account_id, Account.role == Role.ADMINISTRATOR)
    query = select(Account).where(held).order_by(Account.id).with_for_update()
    rows = session.scalars(query, execution_options={"populate_existing": True}).all()
    return next((row for row in rows if row.id == account_id), None)


def create(
    session: Session, by: Account, name: str, display_name: str, terms: Terms, now: datetime
) -> tuple[Account, str]:
    """Add an account without a password; gives it and the code with which to choose one.

    Raises WrongInput: a name that cannot be or is taken, a responder who is somebody else's.
    """
    name, display_name = accounts.check_names(name, display_name)
    if accounts.by_name(session, name) is not None:
        raise WrongInput("name", NAME_TAKEN)
    _check_responder(session, terms, None)
    try:
        with session.begin_nested():
            account = accounts.add_account(
                session, name, display_name, terms.role, passwords.NONE, now
            )
            account.district, account.responder_id = terms.district, terms.responder_id
    except IntegrityError:  # somebody else was first, between the look and the row
        if accounts.by_name(session, name) is not None:
            raise WrongInput("name", NAME_TAKEN) from None
        raise WrongInput("responder", RESPONDER_TAKEN) from None
    code = codes.issue(session, account.id, now)
    _record(session, by, "account.created", account, now, **_told(terms))
    return account, code


def change(
    session: Session, by: Account, account: Account, seen: str, terms: Terms, now: datetime
) -> None:
    """Give an account other terms. `seen` is the version that the form was made from.

    Raises ChangedMeanwhile, and WrongInput for one's own role, the last administrator, or a
    responder who is somebody else's. Without a difference nothing is done.
    """
    if seen != version(account):
        raise ChangedMeanwhile
    before = terms_of(account)
    if terms == before:
        return
    if terms.role is not before.role:
        if by.id == account.id:
            raise WrongInput("role", OWN_ROLE)
        if before.role is Role.ADMINISTRATOR:
            _keep_one(session, account, "role")
    _check_responder(session, terms, account.id)
    try:
        with session.begin_nested():
            account.role = terms.role
            account.district, account.responder_id = terms.district, terms.responder_id
    except IntegrityError:
        raise WrongInput("responder", RESPONDER_TAKEN) from None
    _record(session, by, "account.changed", account, now, **_difference(before, terms))


def disable(session: Session, by: Account, account: Account, now: datetime) -> None:
    """Close an account: its sessions end and its code is worthless. A disabled one stays so.

    Raises WrongInput for one's own, and for the last administrator.
    """
    if by.id == account.id:
        raise WrongInput("", OWN_ACCOUNT)
    if account.disabled_at is not None:
        return
    _keep_one(session, account, "")
    account.disabled_at = now
    codes.withdraw(session, account.id)
    sessions.end_all(session, account.id, now)
    _record(session, by, "account.disabled", account, now)


def enable(session: Session, by: Account, account: Account, now: datetime) -> None:
    """Open a disabled account again, with the password it had."""
    if account.disabled_at is None:
        return
    account.disabled_at = None
    _record(session, by, "account.enabled", account, now)


def new_code(session: Session, by: Account | None, account: Account, now: datetime) -> str:
    """Take the password away, end all sessions, and give a code with which to choose another.

    `by` None: whoever has the machine's terminal. Raises WrongInput for one's own account (its
    page changes the password), for a disabled one, and for the last administrator unless at the
    terminal.
    """
    if by is not None and by.id == account.id:
        raise WrongInput("", OWN_ACCOUNT)
    if account.disabled_at is not None:
        raise WrongInput("", marked("This account is disabled. Enable it first."))
    if by is not None:
        _keep_one(session, account, "")
    account.password_hash = passwords.NONE
    sessions.end_all(session, account.id, now)
    code = codes.issue(session, account.id, now)
    _record(session, by, "account.code_issued", account, now)
    return code


def end_session(
    session: Session, by: Account, account: Account, session_id: str, now: datetime
) -> None:
    """End one session of an account; one that is over, or somebody else's, stays as it is."""
    if sessions.end_one(session, account.id, session_id, now):
        _record(session, by, "account.session_ended", account, now)


def _keep_one(session: Session, account: Account, field: str) -> None:
    """Raises WrongInput unless another administrator can sign in; all are held by `locked`."""
    query = select(Account.id).where(
        Account.role == Role.ADMINISTRATOR,
        Account.disabled_at.is_(None),
        Account.password_hash != passwords.NONE,
    )
    if session.scalars(query).all() == [account.id]:
        raise WrongInput(field, LAST)


def _check_responder(session: Session, terms: Terms, account_id: str | None) -> None:
    if terms.responder_id is None:
        return
    query = select(Account.id).where(Account.responder_id == terms.responder_id)
    if session.scalar(query) not in (None, account_id):
        raise WrongInput("responder", RESPONDER_TAKEN)


def _record(
    session: Session, by: Account | None, action: str, account: Account, now: datetime, **told: str
) -> None:
    actor = f"account:{by.id}" if by is not None else "command-line"
    audit.record(session, now, actor, action, f"account:{account.id}", **told)


def _told(terms: Terms) -> dict[str, str]:
    return {
        "role": str(terms.role),
        "district": terms.district or "",
        "responder": terms.responder_id or "",
    }


def _difference(before: Terms, after: Terms) -> dict[str, str]:
    """from and to of what is different, by codes."""
    old, new = _told(before), _told(after)
    changed = [key for key in old if old[key] != new[key]]
    return {
        f"{key}_{end}": told[key] for key in changed for end, told in (("from", old), ("to", new))
    }
