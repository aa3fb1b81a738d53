"""Tables of calling back: the number left, each call back, how often a number was rung."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed
from hotline.reports.callback_words import CallbackOutcome, CallbackPlace
from hotline.reports.day_secrets import DaySecret


class Callback(Base):
    """A number that a caller has entered to be called back at; of each report one is in force."""

    __tablename__ = "callback"

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    call_id: Mapped[str] = mapped_column(String(36), index=True)
    """The caller's leg in which it was entered."""
    token: Mapped[str] = mapped_column(unique=True)
    """Unguessable; lets the carrier fetch the digits for reading them back."""
    data_key_id: Mapped[str | None] = mapped_column(String(36))
    """A data key of its own; the number is sealed under it and, around that, under the report's:
    dropping either of them shreds it."""
    number: Mapped[Sealed | None]
    entered_at: Mapped[datetime]
    kept_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the caller confirmed it; None: it is being read back."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    gone_at: Mapped[datetime | None]
    gone_why: Mapped[str | None]
    """A `hotline.reports.callback.Gone`."""


class CallbackCall(Base):
    """One call back: first the responder's own phone, then the number that was left."""

    __tablename__ = "callback_call"

    id: Mapped[Id]
    callback_id: Mapped[str] = mapped_column(ForeignKey("callback.id"), index=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    responder_id: Mapped[str] = mapped_column(ForeignKey("responder.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    """Unguessable; in the URLs of the responder's leg."""
    caller_token: Mapped[str] = mapped_column(unique=True)
    """The same for the caller's leg."""
    conference: Mapped[str]
    """Random name of the bridge."""
    place: Mapped[CallbackPlace] = mapped_column(default=CallbackPlace.ASKED, index=True)
    own_leg: Mapped[str | None] = mapped_column(index=True)
    """The carrier's id of the responder's leg."""
    caller_leg: Mapped[str | None] = mapped_column(index=True)
    """The same of the caller's leg."""
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """Last webhook of the responder's leg: its heartbeat while it waits."""
    moved_at: Mapped[datetime]
    """Since when it stands where it does."""
    rung_at: Mapped[datetime | None]
    """When the caller's phone was to be rung; a try that failed for want of lines is the same."""
    met_at: Mapped[datetime | None]
    """When both were in the bridge."""
    ended_at: Mapped[datetime | None]
    outcome: Mapped[CallbackOutcome | None]
    carrier_deleted_at: Mapped[datetime | None]
    """Proof that the carrier's record of the caller's leg, which holds the number, is gone."""


class CallbackRing(Base):
    """That some number was rung, under a name that nobody can trace once its day's secret is gone.

    Kept for a day, so that no number is rung more often than HOTLINE_CALLBACK_RINGS_A_DAY.
    """

    __tablename__ = "callback_ring"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(index=True)
    """Keyed hash of the number."""
    rung_at: Mapped[datetime]
    refused: Mapped[bool] = mapped_column(default=False)
    """Whoever picked up there did not want it: it is not rung again that day."""


class CallbackSecret(DaySecret):
    """The key of one day's `CallbackRing.name`, sealed under a data key; both go after two days."""

    __tablename__ = "callback_secret"
