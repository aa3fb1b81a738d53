"""The caller's side of a dispatch: waiting, the bridge, its end, hand-over and the menu of `*`."""

import secrets
from datetime import datetime, timedelta

from hotline.database.base import new_id
from hotline.dispatch import moves, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.reports.model import Call
from hotline.tasks.model import TaskKind

# What ends a bridge is told within this time, if it is told at all.
CHECK_S = 3.0
# A responder in the menu of `*` hears its keys twice in this time; a caller who is still waiting
# for them then has been left.
HOLD_LIMIT_S = 60.0


def waiting_began(call: Call, now: datetime) -> None:
    """The caller waits for a person from now on (the opening words are part of the wait)."""
    call.parked_at = call.parked_at or now
    call.conference = None


def waiting_ended(call: Call) -> None:
    """The caller no longer waits for a person: bridged, at the recorder, or gone."""
    call.parked_at = None


def name(books: Books, row: Dispatch) -> str | None:
    """The random name of the bridge to the caller; None when no caller waits on the line, or while
    whoever has it stands in the menu of `*`."""
    call = books.get(Call, row.call_id) if row.call_id else None
    if call is None or call.ended_at is not None or is_held(books, row):
        return None
    if call.conference is None and call.parked_at is not None:
        call.conference = secrets.token_urlsafe(18)
    return call.conference


def taker_of(books: Books, call: Call) -> Attempt | None:
    """The attempt that took the report of a caller who is on the line."""
    row = books.dispatch_of_call(call.id)
    return books.get(Attempt, row.taken_by) if row is not None and row.taken_by else None


def alone_with(books: Books, attempt: Attempt) -> Call | None:
    """The caller who is in (or on the way to) the bridge with this attempt's responder, or waits
    for them to come back from the menu of `*`."""
    row = moves.of_attempt(books, attempt)
    if row.taken_by != attempt.id or row.call_id is None:
        return None
    call = books.get(Call, row.call_id)
    if call is None or call.ended_at is not None:
        return None
    return call if call.conference is not None or attempt.on_hold_at is not None else None


def check(books: Books, attempt: Attempt | None, now: datetime) -> None:
    """Write a task to see whether a caller is alone in the bridge with whoever took the report.

    A leg can die between the press of 1 and the bridge; then no bridge ends and nobody would tell.
    """
    if attempt is not None and alone_with(books, attempt) is not None:
        due = now + timedelta(seconds=CHECK_S)
        books.add_task(TaskKind.LOOK_UP, attempt.id, now, due_at=due, again=new_id())


def ended(books: Books, call: Call, now: datetime) -> bool:
    """Whoever had it left the bridge and the caller is still there: go on with the next person.

    True when somebody else is with the caller already: it is theirs now, and nobody is sought.
    """
    row = books.dispatch_of_call(call.id)
    if row is None:
        return False
    if row.taken_by is not None:
        books.note(row.report_id, now, "bridge_ended", attempt=row.taken_by)
        moves.apply(books, row.id, words.Dropped(row.taken_by), now)
    if row.state is DispatchState.TAKEN:
        return True
    waiting_began(call, now)
    return False


def caller_gone(books: Books, call: Call, now: datetime, *, said_something: bool) -> None:
    """The waiting caller has hung up. Without a word said, the search is withdrawn."""
    row = books.dispatch_of_call(call.id)
    if row is None:
        return
    row.call_id = None
    waiting_ended(call)
    moves.apply(books, row.id, words.CallerLeft(said_something), now)


def caller_left(books: Books, call: Call, now: datetime, wait_s: float) -> None:
    """The caller's leg is over: what was said is sent; without a word the search is withdrawn."""
    said = books.caller_left(call, now, wait_s)
    caller_gone(books, call, now, said_something=said)


# --- the menu of `*` ------------------------------------------------------------------------


def hold(books: Books, attempt: Attempt, now: datetime) -> bool:
    """The responder pressed `*`: the caller waits for them to come back. False when there is no
    caller for them any more."""
    row = moves.of_attempt(books, attempt)
    call = books.get(Call, row.call_id) if row.call_id else None
    if row.taken_by != attempt.id or call is None or call.ended_at is not None:
        return False
    if attempt.on_hold_at is None:
        attempt.on_hold_at = now
        waiting_began(call, now)
        books.note(row.report_id, now, "caller_on_hold", attempt=attempt.id)
    return True


def back(books: Books, attempt: Attempt, now: datetime) -> str | None:
    """The responder comes back to the caller: the name of the bridge, None when they are gone."""
    row = moves.of_attempt(books, attempt)
    if attempt.on_hold_at is not None:
        attempt.on_hold_at = None
        if row.call_id is not None:
            books.add_task(TaskKind.CONNECT_CALLER, row.call_id, now, again=new_id())
    return name(books, row) if row.taken_by == attempt.id else None


def is_held(books: Books, row: Dispatch) -> bool:
    """Whether the caller waits for a responder who stands in the menu of `*`."""
    taker = books.get(Attempt, row.taken_by) if row.taken_by else None
    return (
        taker is not None
        and taker.state is AttemptState.TAKEN
        and taker.on_hold_at is not None
        and taker.leg_ended_at is None
    )


def left_on_hold(books: Books, row: Dispatch, now: datetime) -> bool:
    """Whether a caller has waited too long for a responder to come back from the menu of `*`."""
    taker = books.get(Attempt, row.taken_by) if row.taken_by else None
    limit = now - timedelta(seconds=HOLD_LIMIT_S)
    return taker is not None and taker.on_hold_at is not None and taker.on_hold_at <= limit
