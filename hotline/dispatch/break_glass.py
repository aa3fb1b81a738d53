"""Break-glass: two administrators together ask the carrier who is calling, in imminent danger.

Off unless the deployment turned it on (`HOTLINE_BREAK_GLASS`). The number goes from the carrier to
the one answer that shows it: into no row, no log and no job. What was asked, by whom and why is in
the audit and on the timeline before the carrier is asked, so that nobody learns a number unseen.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.carrier.port import CarrierError, NotThere, Refused
from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch import alarms
from hotline.dispatch.model import BreakGlass
from hotline.dispatch.sql import SqlBooks
from hotline.people.accounts import is_settled
from hotline.people.model import Account, Role
from hotline.people.permissions import Action, may
from hotline.reports import timeline
from hotline.reports.model import Call

VALID = timedelta(minutes=15)
"""So long a second administrator may agree."""
SETTLED = timedelta(days=7)
"""An account counts only so long after it was made, changed or given a code: whoever makes
accounts would else be two people at once."""
REASONS = ("caller_may_die", "others_may_die", "caller_is_held")


class No(StrEnum):
    """Why it is refused."""

    CALL_OVER = "call_over"
    NEW_ACCOUNT = "new_account"
    SAME_PERSON = "same_person"
    ASKED_ALREADY = "asked_already"
    TOO_LATE = "too_late"
    DONE = "done"
    FIRST_IS_GONE = "first_is_gone"


class NotAllowed(Exception):
    """It is refused; `why` says for what reason."""

    def __init__(self, why: No) -> None:
        super().__init__(why.value)
        self.why = why


class Outcome(StrEnum):
    """What the carrier said."""

    SHOWN = "shown"
    WITHHELD = "withheld"
    OVER = "over"
    UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Told:
    """The carrier's answer, to be shown once and kept nowhere. `number` is E.164."""

    outcome: Outcome
    number: str | None = None

    def __repr__(self) -> str:
        """Without the number, so that no log can hold it."""
        return f"Told({self.outcome.value})"


def open_for(session: Session, call_id: str, now: datetime) -> BreakGlass | None:
    """The asking about a call to which somebody may still agree."""
    query = select(BreakGlass).where(
        BreakGlass.call_id == call_id,
        BreakGlass.agreed_at.is_(None),
        BreakGlass.asked_at > now - VALID,
    )
    return session.scalar(query.order_by(BreakGlass.id.desc()).limit(1))


def ask(session: Session, by: Account, call: Call, reason: str, now: datetime) -> BreakGlass:
    """The first of the two asks. `call`: locked, with a report. Raises NotAllowed, and ValueError
    for a reason that is not of the list."""
    if reason not in REASONS:
        raise ValueError("no reason of the list")
    if call.ended_at is not None or call.report_id is None:
        raise NotAllowed(No.CALL_OVER)
    _check_settled(session, by, now)
    if open_for(session, call.id, now) is not None:
        raise NotAllowed(No.ASKED_ALREADY)
    row = BreakGlass(
        id=new_id(),
        report_id=call.report_id,
        call_id=call.id,
        reason=reason,
        asked_by=by.id,
        asked_at=now,
    )
    session.add(row)
    _write(session, row, by, "number_asked", "glass.asked", now)
    return row


def agree(runtime: Runtime, asking_id: str, by: Account) -> Told:
    """The second of the two agrees, and the carrier is asked. Raises NotAllowed.

    Where the carrier does not answer, somebody may agree again in what is left of the time.
    """
    carrier_call_id = _begin(runtime, asking_id, by)
    told = _ask_carrier(runtime, carrier_call_id)
    now = runtime.clock()
    with runtime.database.transaction() as session:
        row = session.get_one(BreakGlass, asking_id, with_for_update=True)
        row.outcome = told.outcome
        if told.outcome is Outcome.UNANSWERED:
            row.agreed_by = row.agreed_at = None
        kind = f"number_{told.outcome.value}"
        _write(session, row, by, kind, f"glass.{told.outcome.value}", now)
    return told  # only now: what could not be written down is not shown


def who_counts(session: Session, now: datetime) -> list[Account]:
    """The accounts that could ask or agree now."""
    roles = [role for role in Role if may(role, Action.BREAK_GLASS)]
    query = select(Account).where(Account.role.in_(roles), Account.disabled_at.is_(None))
    return [
        account for account in session.scalars(query) if is_settled(session, account, now, SETTLED)
    ]


def _begin(runtime: Runtime, asking_id: str, by: Account) -> str:
    """Write down that it is done, and raise the alarm; gives the carrier's id of the call."""
    now = runtime.clock()
    with runtime.database.transaction() as session:
        row = session.get_one(BreakGlass, asking_id, with_for_update=True)
        _check(session, row, by, now)
        call = session.get_one(Call, row.call_id)
        if call.ended_at is not None:
            raise NotAllowed(No.CALL_OVER)
        row.agreed_by, row.agreed_at = by.id, now
        alarms.raise_alarm(
            SqlBooks(session, runtime.vault), row.report_id, alarms.GLASS_BROKEN, now
        )
        _write(session, row, by, "number_agreed", "glass.broken", now)
        return call.carrier_call_id


def _check(session: Session, row: BreakGlass, by: Account, now: datetime) -> None:
    if row.agreed_at is not None:
        raise NotAllowed(No.DONE)
    if now - row.asked_at >= VALID:
        raise NotAllowed(No.TOO_LATE)
    _check_two(row, by)
    _check_settled(session, by, now)
    first = session.get(Account, row.asked_by)
    if first is None or first.disabled_at is not None or not may(first.role, Action.BREAK_GLASS):
        raise NotAllowed(No.FIRST_IS_GONE)


def _check_two(row: BreakGlass, by: Account) -> None:
    if row.asked_by == by.id:
        raise NotAllowed(No.SAME_PERSON)


def _check_settled(session: Session, by: Account, now: datetime) -> None:
    if not is_settled(session, by, now, SETTLED):
        raise NotAllowed(No.NEW_ACCOUNT)


def _ask_carrier(runtime: Runtime, carrier_call_id: str) -> Told:
    try:
        number = runtime.carrier.caller_number(carrier_call_id)
    except (NotThere, Refused):
        return Told(Outcome.OVER)
    except CarrierError:
        return Told(Outcome.UNANSWERED)
    if number is None:
        return Told(Outcome.WITHHELD)
    return Told(Outcome.SHOWN, number)


def _write(
    session: Session, row: BreakGlass, by: Account, kind: str, action: str, now: datetime
) -> None:
    """On the timeline and into the audit: who and why, never the number."""
    timeline.add(session, row.report_id, now, kind, by=by.id, glass=row.reason)
    actor, subject = f"account:{by.id}", f"report:{row.report_id}"
    audit.record(session, now, actor, action, subject, reason=row.reason, asked_by=row.asked_by)
