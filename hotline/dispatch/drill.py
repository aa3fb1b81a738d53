"""Test calls: a responder's phone is rung and asks for a press of 1, which confirms the number.

Only that press does; an answer, a voicemail box or any other key never is. Whoever does not press
it loses the confirmation of before, so that `hotline.oncall.coverage` shows the number.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.carrier.port import Busy, CarrierError, LegState, NotThere, Refused
from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch.sql import SqlBooks
from hotline.mistakes import Mistake
from hotline.oncall import changes, responders
from hotline.oncall.model import CheckCall, Responder, RosterChange
from hotline.privacy.cipher import Vault
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind

log = structlog.get_logger()

DRILL, CHECK_IN, CHANGE = "drill", "check_in", "change"
"""What a test call is for."""
OUTCOME = "outcome"
"""No test: whoever looks after a report is reminded of its outcome
(`hotline.dispatch.late_outcomes`). Whoever does not answer it keeps their number confirmed."""
RING_S = 30.0
# To hear the sentence twice and press, the carrier's delays included.
PRESS_S = 60.0
# Between two looks at the rows, which the web process writes; and between two questions to the
# carrier, whose callback may have been lost.
LOOK_EVERY_S, ASK_EVERY_S = 0.25, 5.0
# A carrier that has no capacity is asked again so often, a second apart.
PLACE_TRIES = 5

SAID = {
    LegState.COMPLETED: "picked up, but nobody pressed 1",
    LegState.BUSY: "busy",
    LegState.UNANSWERED: "no answer",
    LegState.FAILED: "the call failed; check the number",
    LegState.CANCELLED: "the call was cancelled",
}


class DrillError(Mistake):
    """Nobody can be rung; the message says what to mend."""


@dataclass(frozen=True)
class Outcome:
    """How a test call went: a sentence, and whether the press of 1 came."""

    handle: str
    confirmed: bool
    said: str


@dataclass(frozen=True)
class Check:
    """A test call under way: its row, whom it rings, and when it was begun."""

    id: str
    handle: str
    number: str
    begun_at: datetime


# --- rows -----------------------------------------------------------------------------------


def intend(
    session: Session, responder: Responder, purpose: str, now: datetime, change: str | None = None
) -> CheckCall:
    """Write the row of a test call before the carrier is asked for it. change: id of the change
    whose number is rung, in place of the responder's own."""
    row = CheckCall(
        id=new_id(),
        responder_id=responder.id,
        purpose=purpose,
        change_id=change,
        token=secrets.token_urlsafe(24),
        placed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def ask_for(
    session: Session, vault: Vault, responder: Responder, now: datetime, purpose: str = DRILL
) -> bool:
    """Let the dispatcher ring somebody (`hotline.dispatch.check_task`). False: they are on a call
    of the hotline, or being rung for another test, and are left alone."""
    if responder.handle in SqlBooks(session, vault).busy("", now):
        return False
    if _is_rung(session, CheckCall.responder_id == responder.id, now):
        return False
    queue.add(session, TaskKind.DRILL, intend(session, responder, purpose, now).id, now)
    return True


def ask_for_change(session: Session, change: RosterChange, now: datetime) -> bool:
    """Let the dispatcher ring the number of an approved change. False: it is being rung."""
    if _is_rung(session, CheckCall.change_id == change.id, now):
        return False
    responder = session.get_one(Responder, change.responder_id)
    row = intend(session, responder, CHANGE, now, change.id)
    queue.add(session, TaskKind.DRILL, row.id, now)
    return True


def _is_rung(session: Session, whose: ColumnElement[bool], now: datetime) -> bool:
    recent = CheckCall.placed_at > now - timedelta(seconds=RING_S + PRESS_S)
    running = select(CheckCall.id).where(whose, recent, CheckCall.ended_at.is_(None))
    return session.scalar(running) is not None


@dataclass(frozen=True)
class Tried:
    """The last test call to somebody. ended_at None: it goes on. code: how it ended without 1: a
    state of the leg, `refused` or `too_late`; None where nobody asked the carrier."""

    at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    code: str | None

    def goes_on(self, now: datetime) -> bool:
        """Whether somebody may still press 1."""
        over = self.confirmed_at is not None or self.ended_at is not None
        return not over and now - self.at < timedelta(seconds=RING_S + PRESS_S)


def last_tries(session: Session) -> dict[str, Tried]:
    """The last test call to each responder, by the responder's id; and the last call to the number
    of each change, by the change's id."""
    key = literal(f"{TaskKind.DRILL}:") + CheckCall.id
    query = select(CheckCall, Task.error).outerjoin(Task, Task.key == key)
    query = query.where(CheckCall.purpose != OUTCOME)
    found: dict[str, Tried] = {}
    for row, code in session.execute(query.order_by(CheckCall.placed_at, CheckCall.id)):
        tried = Tried(row.placed_at, row.confirmed_at, row.ended_at, code)
        found[row.change_id or row.responder_id] = tried
    return found


def by_token(session: Session, token: str) -> CheckCall | None:
    """The test call whose URLs hold this token."""
    return session.scalar(select(CheckCall).where(CheckCall.token == token))


def confirm(session: Session, vault: Vault, row: CheckCall, now: datetime) -> bool:
    """Somebody pressed 1: the number works, and one that was proposed is in force. A second press
    changes nothing. False: the change was over, so that nothing came of it."""
    if row.confirmed_at is not None:
        return True
    if row.change_id is None:
        session.get_one(Responder, row.responder_id).confirmed_at = now
    elif not changes.confirm(session, vault, row.change_id, now):
        return False
    else:
        subject = f"responder:{row.responder_id}"
        audit.record(session, now, "phone", "roster.changed", subject, change=row.change_id)
    row.confirmed_at = now
    return True


def refuse(session: Session, row: CheckCall, now: datetime) -> None:
    """Whoever answered the number of a change did not expect it: nothing comes of the change."""
    if row.change_id is not None and changes.refuse(session, row.change_id, now):
        subject = f"responder:{row.responder_id}"
        audit.record(session, now, "phone", "roster.refused", subject, change=row.change_id)


def ended(session: Session, row: CheckCall, now: datetime) -> None:
    """The call is over. Without a press of 1 the responder's number is not confirmed any more."""
    if row.ended_at is None:
        row.ended_at = now
        if row.confirmed_at is None and row.change_id is None and row.purpose != OUTCOME:
            session.get_one(Responder, row.responder_id).confirmed_at = None


# --- calls ----------------------------------------------------------------------------------


def ring(runtime: Runtime, check: Check, *, pause: Callable[[float], None] = time.sleep) -> bool:
    """Place the call of a row. False when the carrier refuses it: the row is then over."""
    with runtime.database.transaction() as session:
        token = session.get_one(CheckCall, check.id).token
    url = runtime.url(f"/voice/check/{token}")
    for left in range(PLACE_TRIES - 1, -1, -1):
        try:
            call_id = runtime.carrier.place_call(
                to=check.number, url=url, status_url=f"{url}/status", ring_s=RING_S
            )
        except Busy:
            if left:
                pause(1.0)
            continue
        except Refused as error:
            log.warning("check_refused", call=check.id, code=error.code)
            return _over(runtime, check.id)
        except CarrierError as error:  # it may ring all the same; its webhooks will tell
            log.warning("check_unsure", call=check.id, code=error.code)
            return True
        with runtime.database.transaction() as session:
            session.get_one(CheckCall, check.id).carrier_call_id = call_id
        return True
    return _over(runtime, check.id)


def _over(runtime: Runtime, check_id: str) -> bool:
    with runtime.database.transaction() as session:
        ended(session, session.get_one(CheckCall, check_id), runtime.clock())
    return False


def drill(
    runtime: Runtime,
    handles: Sequence[str],
    *,
    wait: bool = True,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Outcome]:
    """Ring these responders (all of them when `handles` is empty) and say how each call went.

    wait: until each has ended, at most the ring time and a minute; otherwise nothing is given for
    those that were rung. Who is on a call of the hotline is not rung. Raises DrillError.
    """
    checks, occupied = _begin(runtime, handles)
    yield from (Outcome(h, False, "on a call of the hotline now; not rung") for h in occupied)
    for check in list(checks):
        if not ring(runtime, check, pause=pause):
            checks.remove(check)
            yield Outcome(check.handle, False, "the carrier refuses to ring this number")
    if wait:
        yield from _watch(runtime, checks, pause)


def _begin(runtime: Runtime, handles: Sequence[str]) -> tuple[list[Check], list[str]]:
    """Rows and audit entries of those who can be rung; and the handles of those on a call."""
    now = runtime.clock()
    with runtime.database.transaction() as session:
        people = _people(session, handles)
        busy = SqlBooks(session, runtime.vault).busy("", now)
        checks = [begun(runtime, session, p, DRILL, now) for p in people if p.handle not in busy]
        for check, person in zip(checks, (p for p in people if p.handle not in busy), strict=True):
            subject = f"responder:{person.id}"
            audit.record(session, now, "cli", "oncall.drilled", subject, check=check.id)
    return checks, [p.handle for p in people if p.handle in busy]


def begun(
    runtime: Runtime, session: Session, person: Responder, purpose: str, now: datetime
) -> Check:
    """A test call that may be rung after the commit. Raises CannotOpen."""
    number = responders.contact(session, runtime.vault, person.id).number
    return Check(intend(session, person, purpose, now).id, person.handle, number, now)


def _people(session: Session, handles: Sequence[str]) -> list[Responder]:
    active = select(Responder).where(Responder.active).order_by(Responder.handle)
    found = {p.handle: p for p in session.scalars(active)}
    for handle in handles:
        if handle not in found:
            raise DrillError(
                f"There is no responder {handle!r} in service; `hotline roster show` lists them."
            )
    if not found:
        raise DrillError("There is nobody to ring yet; apply a roster first.")
    return [found[h] for h in dict.fromkeys(handles)] or list(found.values())


# --- how they went --------------------------------------------------------------------------


def _watch(
    runtime: Runtime, checks: Sequence[Check], pause: Callable[[float], None]
) -> Iterator[Outcome]:
    asked = {check.id: check.begun_at for check in checks}
    waiting = list(checks)
    while waiting:
        for check in list(waiting):
            now = runtime.clock()
            ask = now - asked[check.id] >= timedelta(seconds=ASK_EVERY_S)
            asked[check.id] = now if ask else asked[check.id]
            outcome = _look(runtime, check, now, ask=ask)
            if outcome is not None:
                waiting.remove(check)
                yield outcome
        if waiting:
            pause(LOOK_EVERY_S)


def _look(runtime: Runtime, check: Check, now: datetime, *, ask: bool) -> Outcome | None:
    """How it went, None while it goes on. ask: the carrier too, which may know of its end."""
    with runtime.database.transaction() as session:
        row = session.get_one(CheckCall, check.id)
        confirmed_at, over, call_id = (
            row.confirmed_at,
            row.ended_at is not None,
            row.carrier_call_id,
        )
    if confirmed_at is not None:
        took_s = (confirmed_at - check.begun_at).total_seconds()
        return Outcome(check.handle, True, f"pressed 1 after {took_s:.0f} s")
    state = _state(runtime, call_id) if ask or over else LegState.UNKNOWN
    late = now - check.begun_at >= timedelta(seconds=RING_S + PRESS_S)
    if not (over or late or state.over):
        return None
    _over(runtime, check.id)
    said = SAID.get(state, "nobody pressed 1 in time")
    return Outcome(check.handle, False, said)


def _state(runtime: Runtime, call_id: str | None) -> LegState:
    """What the carrier says of the call; UNKNOWN when it does not say."""
    if call_id is None:
        return LegState.UNKNOWN
    try:
        return runtime.carrier.call_state(call_id)
    except NotThere:
        return LegState.FAILED
    except CarrierError:
        return LegState.UNKNOWN
