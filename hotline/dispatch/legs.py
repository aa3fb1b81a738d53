"""What the carrier says of responders' legs, as events of their dispatch."""

from datetime import datetime

from hotline.carrier.port import LegState
from hotline.dispatch import bridge, moves, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import AttemptState

# How a leg that is over is written down. Completed: picked up and hung up without a press of 1.
_OUTCOMES = {
    LegState.COMPLETED: AttemptState.DECLINED,
    LegState.BUSY: AttemptState.BUSY,
    LegState.UNANSWERED: AttemptState.UNANSWERED,
    LegState.FAILED: AttemptState.FAILED,
    LegState.CANCELLED: AttemptState.UNANSWERED,
}
# In a browser busy is the button to pass, for one in a call is not dialed; and over without a press
# of 1 or 2 is a page that went away.
_IN_A_BROWSER = {
    LegState.COMPLETED: AttemptState.UNANSWERED,
    LegState.BUSY: AttemptState.DECLINED,
}


def leg_is(books: Books, attempt_id: str, state: LegState, now: datetime) -> None:
    """The carrier says what an attempt's leg does (callbacks, any number and order; or asked)."""
    if state is LegState.QUEUED:
        moves.tell(books, attempt_id, words.Placed(attempt_id), now)
    elif state is LegState.RINGING:
        moves.tell(books, attempt_id, words.Ringing(attempt_id), now)
    elif state is LegState.ANSWERED:
        moves.tell(books, attempt_id, words.Answered(attempt_id), now)
    elif state.over or state is LegState.UNKNOWN:
        _over(books, attempt_id, state, now)


def _over(books: Books, attempt_id: str, state: LegState, now: datetime) -> None:
    rung = books.get(Attempt, attempt_id)
    outcomes = _OUTCOMES if rung is None or rung.browser is None else _OUTCOMES | _IN_A_BROWSER
    outcome = outcomes.get(state, AttemptState.LOST)
    moves.tell(books, attempt_id, words.Ended(attempt_id, outcome), now)
    attempt = books.get(Attempt, attempt_id)
    if attempt is not None:
        attempt.leg_ended_at = attempt.leg_ended_at or now
        bridge.check(books, attempt, now)


def recognize(books: Books, attempt: Attempt, carrier_call_id: str, *, sure: bool = True) -> None:
    """Keep the carrier's id of the attempt's call.

    `sure`: a webhook with the attempt's token named it, or the carrier's answer to our request.
    Otherwise it was found by looking, and two calls to one number may have been mixed up then: what
    is sure takes the id away from whom it was given to by mistake.
    """
    if attempt.carrier_call_id == carrier_call_id:
        return
    # The dispatch before its attempts, as everybody locks them; otherwise two could wait in a ring.
    books.attempts(moves.of_attempt(books, attempt).id)
    other = books.attempt_by_call(carrier_call_id)
    if sure and other is not None:
        other.carrier_call_id = None
        books.flush()
    if sure or (other is None and attempt.carrier_call_id is None):
        attempt.carrier_call_id = carrier_call_id
        books.flush()
