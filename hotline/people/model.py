"""Tables of those who use the console: accounts, sessions, second factors, codes, delays."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed


class Role(StrEnum):
    """What an account is for; `permissions` says what each may do."""

    COUNSELOR = "counselor"
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
    """`passwords.NONE` until the person has chosen one with their code."""
    district: Mapped[str | None]
    """Handle of the only district whose reports this account sees; None: every district's."""
    responder_id: Mapped[str | None] = mapped_column(unique=True)
    """The responder that this person is when the phone rings."""
    preferences: Mapped[dict[str, Any] | None]
    """What they have chosen for their pages: locale, theme, shortcuts."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    factors_reset_at: Mapped[datetime | None]
    """When somebody else took their second factors away; told until they have one again."""


class ConsoleSession(Base):
    """One signed-in browser. Only a hash of its token is kept, and nothing about the browser."""

    __tablename__ = "console_session"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    """When its person last proved who they are. None: half signed in, the second step is missing,
    and nothing but that step is reached."""
    challenge: Mapped[str | None]
    """What a passkey is asked to sign next, base64url; good for one answer."""


class SetupCode(Base):
    """A one-time code; only its hash is kept. It makes the first administrator, or lets the person
    of an account choose a password."""

    __tablename__ = "setup_code"

    id: Mapped[Id]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
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


class Authenticator(Base):
    """The secret of an authenticator app (TOTP)."""

    __tablename__ = "authenticator"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("console_session.id"))
    """In which session it was shown: confirmed there and nowhere else, so that nobody else's
    secret becomes this person's."""
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))
    secret: Mapped[Sealed]
    last_step: Mapped[int] = mapped_column(default=0)
    """The newest 30 s step that was accepted; that one and earlier ones are not accepted again."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """None: shown, and not yet confirmed with a code; it lets nobody in."""


class RecoveryCode(Base):
    """One of ten codes for a lost device; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A passkey (WebAuthn): what proves that its private half signed."""

    __tablename__ = "passkey"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    """What its owner calls it."""
    credential_id: Mapped[str] = mapped_column(unique=True)
    """base64url, as browsers give it."""
    public_key: Mapped[bytes]
    """COSE."""
    sign_count: Mapped[int]
    """How often it has signed, where it counts; a lower number tells a copy."""
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BrowserPhone(Base):
    """A browser in which somebody wants to be rung before their telephone; one for each account."""

    __tablename__ = "browser_phone"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), unique=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("console_session.id"), index=True)
    """The sign-in that it belongs to, and ends with."""
    address: Mapped[str] = mapped_column(unique=True)
    """Where our own switch rings it: `client:` and 128 random bits."""
    turned_on_at: Mapped[datetime]
    beat_at: Mapped[datetime | None]
    """When its page last said that it is ready; None: it is not."""


class PushSubscription(Base):
    """A browser that may be told, without any content, that its owner is wanted."""

    __tablename__ = "push_subscription"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))
    endpoint_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the endpoint, so that a browser that subscribes again is known."""
    subscription: Mapped[Sealed]
    """Sealed JSON as the browser gives it: endpoint and keys."""
    created_at: Mapped[datetime]
    failed_at: Mapped[datetime | None]
    """When the push service last refused it."""


class Unlocked(Base):
    """A private key for the time of a session, under a key that only its browser has."""

    __tablename__ = "unlocked"

    session_id: Mapped[str] = mapped_column(ForeignKey("console_session.id"), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("key_holder.id"))
    private: Mapped[Sealed]
