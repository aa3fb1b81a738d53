"""Tables of those who use the console: accounts, their sessions, the first code, sign-in delays."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id


class Role(StrEnum):
    """What an account is for; `permissions` says what each may do."""

    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Account(Base):
    """Somebody who signs in to the console. `name` is the login, lower case and unique."""

    __tablename__ = "account"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class ConsoleSession(Base):
    """One signed-in browser. Only a hash of its token is kept, and nothing about the browser."""

    __tablename__ = "console_session"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SetupCode(Base):
    """The one-time code that makes the first administrator; only its hash is kept."""

    __tablename__ = "setup_code"

    id: Mapped[Id]
    code_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInDelay(Base):
    """Failed sign-ins under a key (`hotline.people.delays`), and until when to wait."""

    __tablename__ = "sign_in_delay"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime]
