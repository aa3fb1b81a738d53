"""Which second factors an account has, and what is done with them.

An authenticator app or passkeys let in together with the password; recovery codes stand in for
them. Every function is a step of a transaction that the caller opened.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.people import authenticator, recovery, sessions
from hotline.people.accounts import WrongInput
from hotline.people.model import Account, Authenticator, Passkey
from hotline.texts import marked

LAST_FACTOR = marked("This is your last one, and one is required. Add another one first.")
OWN_FACTORS = marked("Nobody resets their own second factors. Ask another administrator.")


@dataclass(frozen=True)
class Factors:
    """What an account proves itself with, besides its password."""

    app: Authenticator | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    def __bool__(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def of(session: Session, account_id: str) -> Factors:
    """The account's factors."""
    query = select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    return Factors(
        authenticator.of(session, account_id),
        tuple(session.scalars(query)),
        recovery.left(session, account_id),
    )


def has(session: Session, account_id: str) -> bool:
    """Whether the account has a factor that lets in; recovery codes alone are none."""
    query = select(Passkey.id).where(Passkey.account_id == account_id).limit(1)
    return authenticator.of(session, account_id) is not None or session.scalar(query) is not None


def added(session: Session, account_id: str, kind: str, now: datetime) -> list[str]:
    """Note that a factor was added. With the first one come recovery codes, to be shown once; an
    empty list when the account has some already."""
    account = session.get_one(Account, account_id)
    account.factors_reset_at = None
    record(session, account_id, "account.factor_added", now, factor=kind)
    return [] if recovery.left(session, account_id) else recovery.issue(session, account_id, now)


def remove_app(session: Session, account_id: str, now: datetime, *, required: bool) -> None:
    """Forget the app. Raises WrongInput for the last factor where one is required."""
    if authenticator.of(session, account_id) is None:
        return
    if required and _passkeys(session, account_id) == 0:
        raise WrongInput("", LAST_FACTOR)
    authenticator.remove(session, account_id)
    _removed(session, account_id, "app", now)


def remove_passkey(
    session: Session, account_id: str, passkey_id: str, now: datetime, *, required: bool
) -> None:
    """Forget a passkey of the account; one that is not its own stays. Raises WrongInput for the
    last factor where one is required."""
    row = session.get(Passkey, passkey_id)
    if row is None or row.account_id != account_id:
        return
    if required and _passkeys(session, account_id) == 1 and not _app(session, account_id):
        raise WrongInput("", LAST_FACTOR)
    session.delete(row)
    session.flush()
    _removed(session, account_id, "passkey", now)


def new_codes(session: Session, account_id: str, now: datetime) -> list[str]:
    """Ten new recovery codes in place of the earlier ones, to be shown once."""
    record(session, account_id, "account.recovery_codes_made", now)
    return recovery.issue(session, account_id, now)


def reset(session: Session, by: Account | None, account: Account, now: datetime) -> None:
    """Take all factors away and end all sessions, for somebody who has lost theirs; they are told
    when they sign in next. `by` None: whoever has the machine's terminal. Raises WrongInput for
    one's own."""
    if by is not None and by.id == account.id:
        raise WrongInput("", OWN_FACTORS)
    _remove_all(session, account.id)
    account.factors_reset_at = now
    sessions.end_all(session, account.id, now)
    actor = f"account:{by.id}" if by is not None else "command-line"
    audit.record(session, now, actor, "account.factors_reset", f"account:{account.id}")


def record(session: Session, account_id: str, action: str, now: datetime, **told: str) -> None:
    """Write into the audit chain what somebody does with their own account."""
    audit.record(session, now, f"account:{account_id}", action, f"account:{account_id}", **told)


def _removed(session: Session, account_id: str, kind: str, now: datetime) -> None:
    """Where the last one went, its codes go too: they would let nobody in."""
    if not has(session, account_id):
        recovery.remove(session, account_id)
    record(session, account_id, "account.factor_removed", now, factor=kind)


def _remove_all(session: Session, account_id: str) -> None:
    authenticator.remove(session, account_id)
    session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    recovery.remove(session, account_id)


def _app(session: Session, account_id: str) -> bool:
    return authenticator.of(session, account_id) is not None


def _passkeys(session: Session, account_id: str) -> int:
    query = select(func.count()).select_from(Passkey).where(Passkey.account_id == account_id)
    return session.scalar(query) or 0
