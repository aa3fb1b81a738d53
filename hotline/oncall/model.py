"""Tables of the people who are rung, and of who is on call when."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed


class ResponderKind(StrEnum):
    """Who a responder is to the caller."""

    COUNSELOR = "counselor"
    LAW_ENFORCEMENT = "law-enforcement"
    SCHOOL_OFFICIAL = "school-official"


class Responder(Base):
    """Somebody who can be rung. Name and number are sealed; `handle` is their name in files."""

    __tablename__ = "responder"

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ResponderKind]
    name: Mapped[Sealed]
    number: Mapped[Sealed]
    languages: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    pin: Mapped[Sealed | None]
    """Digits asked for after the press of 1; None: nothing is asked."""
    confirmed_at: Mapped[datetime | None]
    """When somebody last pressed 1 on a test call to this number; cleared when it changes."""
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))


class DutyState(StrEnum):
    """on: rung as the schedule says · break: not until `until_at` · off: not until they say so."""

    ON = "on"
    BREAK = "break"
    OFF = "off"


class Duty(Base):
    """What a responder has said of themselves; without a row they are on duty.

    It puts them last, it never takes them out: whoever is away is rung only when nobody else of the
    step is left.
    """

    __tablename__ = "duty"

    responder_id: Mapped[str] = mapped_column(ForeignKey("responder.id"), primary_key=True)
    state: Mapped[DutyState]
    since_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class Schedule(Base):
    """Who is on call when: time zone and rotations as `hotline.oncall.schedules` reads them."""

    __tablename__ = "schedule"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    definition: Mapped[dict[str, Any]]


class ScheduleOverride(Base):
    """For a while `person` is on call: instead of `replaces`, of everybody, or besides."""

    __tablename__ = "schedule_override"

    id: Mapped[Id]
    schedule_id: Mapped[str] = mapped_column(ForeignKey("schedule.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    person: Mapped[str | None]
    """Handle; None: nobody (a shift that is given up)."""
    replaces: Mapped[str | None]
    """Handle; None: everybody who would be on call."""
    source: Mapped[str]
    """roster · console · calendar: who wrote it, and so who may remove it."""


class District(Base):
    """A district, told apart by the line that was dialed."""

    __tablename__ = "district"

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    lines: Mapped[list[str]]
    """The hotline's own numbers (E.164) that belong to it."""


class School(Base):
    """A school of a district."""

    __tablename__ = "school"

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    district: Mapped[str]
    """Handle of its district."""


class Resource(Base):
    """Somebody else who can help: a place or a number that callers are told of."""

    __tablename__ = "resource"

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    """Of those that are read out, from the first."""
    district: Mapped[str | None]
    """Handle of the district whose callers are told of it; None: all."""
    text: Mapped[dict[str, Any]]
    """What is said, by language code; the first one stands in for those that are missing."""


class RecipientKind(StrEnum):
    """What a recipient is. Disclosures say the same (`hotline.reports.casework.model`)."""

    SCHOOL = "school"
    LAW_ENFORCEMENT = "law-enforcement"
    EMS = "ems"
    HUMAN_SERVICES = "human-services"


class Recipient(Base):
    """Somebody outside the hotline to whom reports are delivered (`hotline.oncall.recipients`)."""

    __tablename__ = "recipient"

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    """Of those of a district, from the first."""
    kind: Mapped[RecipientKind]
    district: Mapped[str | None]
    """Handle of the district whose reports they get; None: all."""
    categories: Mapped[list[str]]
    """What they get by themselves, and are suggested for; empty: whatever it is about."""
    hours: Mapped[dict[str, Any]]
    """{timezone, between} as a route has them; empty: at all hours."""
    languages: Mapped[list[str]]
    contact: Mapped[Sealed]
    """Sealed JSON {name, phone, mail, pin}."""
    active: Mapped[bool] = mapped_column(default=True)
    """False: no longer in the roster; kept for what was delivered before."""
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))


class RoutingRule(Base):
    """Which policy runs: the first rule that fits, by `position`."""

    __tablename__ = "routing_rule"

    id: Mapped[Id]
    position: Mapped[int] = mapped_column(unique=True)
    definition: Mapped[dict[str, Any]]


class RosterChange(Base):
    """A number that somebody has proposed for a responder (`hotline.oncall.changes`)."""

    __tablename__ = "roster_change"

    id: Mapped[Id]
    responder_id: Mapped[str] = mapped_column(ForeignKey("responder.id"), index=True)
    number: Mapped[Sealed]
    """Under the responder's data key."""
    proposed_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended: Mapped[str | None]
    """done · withdrawn · refused · replaced"""


class CheckCall(Base):
    """One call that asked a responder to press 1: a drill, or the check-in of a shift."""

    __tablename__ = "check_call"

    id: Mapped[Id]
    responder_id: Mapped[str] = mapped_column(ForeignKey("responder.id"), index=True)
    purpose: Mapped[str]
    """drill · check_in · change"""
    change_id: Mapped[str | None] = mapped_column(ForeignKey("roster_change.id"))
    """The change whose number is rung, in place of the responder's own."""
    token: Mapped[str] = mapped_column(unique=True)
    carrier_call_id: Mapped[str | None]
    placed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
