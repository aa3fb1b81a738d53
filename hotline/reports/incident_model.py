"""Tables of incidents: many reports that tell of one thing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed


class Membership(StrEnum):
    """first: the one that the incident began with · suggested: alike by its words, and nobody has
    said whether it is · confirmed: a person has said that it is · rejected: that it is not."""

    FIRST = "first"
    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


WITHIN = (Membership.SUGGESTED, Membership.CONFIRMED)
"""Reports that somebody's ring for another report of the incident may stand for."""


class Incident(Base):
    """One thing of which several reports tell. It has one owner at most, by this one column."""

    __tablename__ = "incident"

    id: Mapped[Id]
    responder_id: Mapped[str | None] = mapped_column(ForeignKey("responder.id"))
    """The owner: whoever was the last to take a report of it."""
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("report.id"))
    """The report for which somebody was rung last."""
    rung_at: Mapped[datetime | None]
    """When the search for that one began."""
    created_at: Mapped[datetime]


class IncidentReport(Base):
    """The place of a report in an incident; a report has one at most."""

    __tablename__ = "incident_report"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"), index=True)
    state: Mapped[Membership]
    newer: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It says something life-safety that no earlier one has said: it rings at once."""
    likeness: Mapped[float | None]
    """0 to 1, as `hotline.reports.likeness` has it; None for the first one."""
    shared: Mapped[Sealed | None]
    """Sealed JSON list of its words that decided, the rarest first."""
    joined_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    """Id of the account that has confirmed or rejected it."""
