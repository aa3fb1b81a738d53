"""Tables of sharing: each delivery, each ring of one, and how far the vetting of a report has come.

They hold ids, moments and closed words; what is delivered is read from the report each time.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.reports.delivery_words import DeliveryPlace


class Delivery(Base):
    """A report that is brought to one recipient, by phone, by mail, or both."""

    __tablename__ = "delivery"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    """Makes the one that nobody asked for exist once for report and recipient."""
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    recipient_id: Mapped[str] = mapped_column(ForeignKey("recipient.id"), index=True)
    basis: Mapped[str]
    """Why it may be given: a `hotline.reports.casework.disclosing.Basis`."""
    grave: Mapped[bool]
    """Life-safety when it was asked for: rung again soon, and an alarm if nobody confirms."""
    asked_by: Mapped[str | None]
    """Id of the account that wanted it; None: life-safety, by itself."""
    asked_at: Mapped[datetime]
    place: Mapped[DeliveryPlace] = mapped_column(index=True)
    moved_at: Mapped[datetime]
    """Since when it stands where it does."""
    due_at: Mapped[datetime]
    """When the phone is to be rung (again), or the mail is late."""
    by_mail: Mapped[bool]
    rings: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime | None]
    mail_error: Mapped[str | None]
    """Why the last mail was not taken: a code; None: it was, or none is wanted."""
    heard_at: Mapped[datetime | None]
    """When 1 was first pressed: from then on it counts as given."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    """Id of the account that said so in the console; None: the key on the phone."""


class DeliveryCall(Base):
    """One ring of a recipient's phone."""

    __tablename__ = "delivery_call"

    id: Mapped[Id]
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    """Unguessable; in the URLs of this ring."""
    leg: Mapped[str | None] = mapped_column(index=True)
    """The carrier's id of the call."""
    rung_at: Mapped[datetime] = mapped_column(index=True)
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Vetting(Base):
    """How far a report has come between its reception and its outcome."""

    __tablename__ = "vetting"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    vetting_at: Mapped[datetime | None]
    """When somebody who may read the words first opened it."""
    vetting_by: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    """When the first recipient had it in hand: heard it, was mailed, or confirmed it."""
    acknowledged_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    """When somebody was last reminded that its outcome is late."""
