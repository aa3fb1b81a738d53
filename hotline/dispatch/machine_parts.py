"""The parts that moves of the dispatch machine are made of. Pure: no I/O, no clock."""

from dataclasses import replace
from datetime import datetime, timedelta

from hotline.dispatch.effect_words import Effect
from hotline.dispatch.limits import CANCEL_LIMIT_S
from hotline.dispatch.words import HAS_IT, Attempt, AttemptState, Dispatch

Result = tuple[Dispatch, tuple[Effect, ...]]


class IllegalMove(Exception):
    """An event that cannot happen in this state: a mistake of ours, never of carrier or people."""


def stale(d: Dispatch) -> Result:
    """Nothing changes."""
    return d, ()


def known(d: Dispatch, attempt_id: str) -> Attempt:
    """The attempt of that id. Raises IllegalMove."""
    attempt = d.attempt(attempt_id)
    if attempt is None:
        raise IllegalMove("an attempt of another dispatch")
    return attempt


def put(d: Dispatch, attempt: Attempt) -> Dispatch:
    """With this attempt in the place of the one of its id."""
    return replace(d, attempts=tuple(attempt if a.id == attempt.id else a for a in d.attempts))


def enter(d: Dispatch, attempt: Attempt, state: AttemptState, due: datetime | None) -> Dispatch:
    """With the attempt in that state, and the timer of it: early enough that the carrier can still
    be waited for within the person's turn, where that has an end of its own."""
    if due is not None and attempt.ends_by is not None:
        due = min(due, attempt.ends_by - timedelta(seconds=CANCEL_LIMIT_S))
    return put(d, replace(attempt, state=state, due_at=due, overdue=0))


def put_down(d: Dispatch) -> Dispatch:
    """Nobody has it any more, however many were with the caller."""
    for attempt in d.attempts:
        if attempt.state in HAS_IT:
            d = enter(d, attempt, AttemptState.LEFT, None)
    return replace(d, taken_by=None)
