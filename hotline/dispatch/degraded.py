"""Degraded mode, its rows: no dispatcher is alive, and a caller waits on the line.

The caller's own leg rings people then, one `<Dial>` after the other (`ivr.views_degraded`); only
the web process and the database are needed. It follows the same frozen plan through the same
machine, so timeline, attempts and taker are as always. What keeps a phone from being rung twice:

- An attempt is rung by the caller's leg only after its task to place the call was taken away from
  the dispatcher, by one compare-and-set that fails if a dispatcher ever claimed it. From then on it
  is `chained`. Whoever claimed the task may have rung the phone before dying, so such an attempt is
  left to its timer (15 s), and the caller waits that long.
- While a phone rings that a dispatcher has placed, the caller's leg rings nobody. Its callbacks
  reach the web process as always, and the timers that fired are seen to at each of the caller's
  polls.
- A dispatcher that comes back finds the chained attempt as one that rings, and goes on when it has
  ended: when the `<Dial>` is over, or its timer fires because the caller's leg is gone. The web
  process, asked by the caller's leg what comes next, leaves the rest to it.
- When somebody has pressed 1, the task to fetch the caller is taken away too: a dispatcher that
  comes back would pull the caller out of the conversation.

What degraded mode cannot do: ring the next phone while the first one rings on (an overlap rings one
after the other), and the menu of `*`. Messages are dispatched when a dispatcher is back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hotline.dispatch import alarms, bridge, moves, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.reports.model import Call
from hotline.tasks.model import TaskKind


def next_to_ring(books: Books, call: Call, now: datetime, most: int) -> tuple[Attempt, ...]:
    """Whom the caller's leg rings now, all at once; empty when it has to wait, or nobody is left.

    Only to be called when the caller's leg asks what comes next, so that no `<Dial>` of it runs.
    """
    row = _seeking(books, call)
    if row is None:
        return ()
    turn = None
    while turn != (turn := (row.turn, row.position, row.state)):
        _catch_up(books, row, now)
        if any(_rings_elsewhere(a) for a in _live(books, row)):
            return ()
        for attempt in _live(books, row)[:most]:
            if not attempt.chained and not _take(books, attempt, now):
                _fire(books, row, attempt, now)
    return tuple(a for a in _live(books, row) if a.chained)[:most]


def chained(books: Books, call: Call) -> list[Attempt]:
    """The attempts of this waiting caller that the caller's own leg has rung, ended or not."""
    row = books.dispatch_of_call(call.id)
    return [a for a in books.attempts(row.id) if a.chained] if row is not None else []


def dial_over(
    books: Books, rung: Sequence[Attempt], endings: Mapping[str, AttemptState], now: datetime
) -> None:
    """A `<Dial>` that has rung these is over: how attempts ended (by id); the plan goes on."""
    for attempt in rung:
        if attempt.id in endings:
            moves.tell(books, attempt.id, words.Ended(attempt.id, endings[attempt.id]), now)
        if attempt.state is AttemptState.TAKEN:
            attempt.leg_ended_at = attempt.leg_ended_at or now


def connected(books: Books, row: Dispatch, call: Call, now: datetime) -> None:
    """Somebody has pressed 1 in the caller's own `<Dial>` and is bridged now: nobody fetches the
    caller any more."""
    books.take_away(TaskKind.CONNECT_CALLER, call.id, now)
    bridge.waiting_ended(call)
    books.note(row.report_id, now, "bridged")


def unanswered(books: Books, call: Call, now: datetime) -> Sequence[Alarm]:
    """The caller is asked for a message because nobody came, and no dispatcher goes on: the alarm
    is raised. Those that nobody has rung for yet."""
    row = books.dispatch_of(call.report_id) if call.report_id else None
    row = books.dispatch(row.id) if row is not None else None
    if row is None or row.state not in (*words.SEEKING, DispatchState.EXHAUSTED):
        return ()
    if row.state in words.SEEKING:
        alarms.raise_alarm(books, row.report_id, alarms.NOBODY_TOOK_IT, now)
    found = books.open_alarms(row.report_id, alarms.NOBODY_TOOK_IT)
    return [alarm for alarm in found if not alarm.rounds]


def _seeking(books: Books, call: Call) -> Dispatch | None:
    row = books.dispatch_of_call(call.id)
    row = books.dispatch(row.id) if row is not None else None
    return row if row is not None and row.state in words.SEEKING else None


def _live(books: Books, row: Dispatch) -> list[Attempt]:
    return [a for a in books.attempts(row.id) if a.state in words.LIVE]


def _rings_elsewhere(attempt: Attempt) -> bool:
    """Whether a dispatcher has placed the call."""
    return not attempt.chained and attempt.state is not AttemptState.INTENDED


def _take(books: Books, attempt: Attempt, now: datetime) -> bool:
    if not books.take_away(TaskKind.PLACE_CALL, attempt.id, now):
        return False
    attempt.chained = True
    if attempt.phone_s is not None:  # what the caller's leg rings is the telephone, and at once
        attempt.ring_s += attempt.phone_s
        attempt.browser = attempt.phone_s = None
    books.flush()
    moves.tell(books, attempt.id, words.Placed(attempt.id), now)
    return True


def _catch_up(books: Books, row: Dispatch, now: datetime) -> None:
    """What the dispatcher would have done by now: timers, and a search with nobody ringing."""
    for attempt in _live(books, row):
        if _rings_elsewhere(attempt):
            _fire(books, row, attempt, now)
        elif attempt.chained and attempt.state is AttemptState.SCREENING:  # its `<Dial>` is over
            moves.tell(books, attempt.id, words.Ended(attempt.id, AttemptState.LOST), now)
    moves.apply(books, row.id, words.Begin(), now)


def _fire(books: Books, row: Dispatch, attempt: Attempt, now: datetime) -> None:
    """The timer of an attempt, if it is due."""
    moves.apply(books, row.id, words.Due(attempt.id), now)
