"""Tables of dispatch: policy, dispatch, attempt, alarm, break-glass."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id, where
from hotline.dispatch.words import AttemptState, DispatchState, Role


class EscalationPolicy(Base):
    """A named policy as it stands now; a dispatch keeps its own frozen copy."""

    __tablename__ = "escalation_policy"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    definition: Mapped[dict[str, Any]]


class Dispatch(Base):
    """The search for somebody who takes a report."""

    __tablename__ = "dispatch"
    # Holds what the list's count of what nobody has asks of each search.
    __table_args__ = (
        Index("ix_dispatch_report_id_state", "report_id", "state"),
        Index("ix_dispatch_unread", "unread_at", **where("unread_at IS NOT NULL")),
    )

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), unique=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("call.id"))
    """The caller's leg while the caller waits on the line."""
    state: Mapped[DispatchState] = mapped_column(index=True)
    policy: Mapped[str] = mapped_column(default="default", server_default="default")
    """Name of the policy that is followed now; its frozen steps are in `snapshot`."""
    urgency: Mapped[str] = mapped_column(default="urgent", server_default="urgent")
    """The urgency that chose it; only a higher one makes another policy take over."""
    snapshot: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=-1)
    """Index into the plan (rounds × steps, then the last resort); −1 before the first step."""
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts the steps begun, also when the plan begins again."""
    taken_by: Mapped[str | None]
    """The attempt whose press of 1 took it; set by one compare-and-set. None while it is taken: it
    was taken at the desk, by whom the timeline says (`taken_at_desk`)."""
    responder_id: Mapped[str | None] = mapped_column(ForeignKey("responder.id"), index=True)
    """Whose attempt `taken_by` is; kept beside it, so that an index finds somebody's reports."""
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the next phone starts beside those that ring (a step with an overlap)."""
    said_more: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The caller has said something since that somebody must hear, and nobody has heard it yet."""
    unread_at: Mapped[datetime | None]
    """Since when words that came after it was taken wait to be heard or read by whoever has it."""
    started_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Attempt(Base):
    """One ring of one responder. `due_at` is its timer. Where a browser is rung first, a second
    row, which names the first, is the next part of the same turn (ADR 0043)."""

    __tablename__ = "attempt"

    id: Mapped[Id]
    dispatch_id: Mapped[str] = mapped_column(ForeignKey("dispatch.id"), index=True)
    responder_id: Mapped[str] = mapped_column(ForeignKey("responder.id"), index=True)
    position: Mapped[int]
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    role: Mapped[Role] = mapped_column(default=Role.SEEK, server_default="seek")
    ring_s: Mapped[float] = mapped_column(default=25.0, server_default="25")
    state: Mapped[AttemptState] = mapped_column(index=True)
    token: Mapped[str] = mapped_column(unique=True)
    """Unguessable; stands in the URLs of this attempt's call."""
    carrier_call_id: Mapped[str | None] = mapped_column(unique=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    overdue: Mapped[int] = mapped_column(default=0)
    intended_at: Mapped[datetime]
    placed_at: Mapped[datetime | None]
    rang_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    leg_ended_at: Mapped[datetime | None]
    """When the carrier said that the leg is over; until then whoever took it is on the line."""
    on_hold_at: Mapped[datetime | None]
    """Since when the responder stands in the menu of `*` while the caller waits for them."""
    chained: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Rung by the caller's own leg, without the dispatcher (`hotline.dispatch.degraded`)."""
    browser: Mapped[str | None]
    """The address on our own switch that is rung in place of a telephone."""
    phone_s: Mapped[float | None]
    """Of a browser: for how many seconds the ordinary phone rings after it."""
    ends_by: Mapped[datetime | None]
    """When the turn of somebody who was rung in the browser is over, on whatever they are rung."""
    follows: Mapped[str | None] = mapped_column(ForeignKey("attempt.id"))
    """The browser's ring whose turn this one goes on with."""


class Alarm(Base):
    """Raised when nobody took a report, or something needs a human now; open until acknowledged."""

    __tablename__ = "alarm"

    id: Mapped[Id]
    report_id: Mapped[str | None] = mapped_column(ForeignKey("report.id"), index=True)
    reason: Mapped[str]
    raised_at: Mapped[datetime]
    rounds: Mapped[int] = mapped_column(default=0)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]


class AlarmCall(Base):
    """One ring of one alarm phone."""

    __tablename__ = "alarm_call"

    id: Mapped[Id]
    alarm_id: Mapped[str] = mapped_column(ForeignKey("alarm.id"), index=True)
    responder_id: Mapped[str] = mapped_column(ForeignKey("responder.id"))
    token: Mapped[str] = mapped_column(unique=True)
    carrier_call_id: Mapped[str | None]
    placed_at: Mapped[datetime]


class AlarmWay(Base):
    """What became of the last try to tell an alarm by one way (`hotline.dispatch.outside.Way`)."""

    __tablename__ = "alarm_way"

    way: Mapped[str] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime]
    reached_at: Mapped[datetime | None]
    """When it last worked."""
    error: Mapped[str | None]
    """Why the last try failed: a code; None: it worked."""


class BreakGlass(Base):
    """One administrator asks for the number of a live call; a second one may agree.

    The number itself is in no row.
    """

    __tablename__ = "break_glass"

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"))
    call_id: Mapped[str] = mapped_column(ForeignKey("call.id"), index=True)
    reason: Mapped[str]
    """A code of `hotline.dispatch.break_glass.REASONS`."""
    asked_by: Mapped[str]
    """Id of an account, as `agreed_by`."""
    asked_at: Mapped[datetime]
    agreed_by: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """An `Outcome`; None until the carrier has answered."""
