"""Moves of a dispatch: an event goes in, and rows, timeline and tasks say what follows."""

from dataclasses import replace
from datetime import datetime

from hotline.dispatch import effect_words, machine, store, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt, Dispatch


def apply(
    books: Books,
    dispatch_id: str,
    event: words.Event,
    now: datetime,
    before: tuple[words.Step, ...] | None = None,
) -> None:
    """Feed one event to the machine and write what follows: state, timeline, task rows.

    before: the plan so far, when the event brings a new one. Raises machine.IllegalMove.
    """
    row = books.dispatch(dispatch_id)
    if row is None:
        return
    state = store.load(books, row)
    if before is not None:
        state = replace(state, plan=before)
    pending: list[words.Event] = [event]
    following: list[effect_words.Effect] = []
    while pending:
        state, effects = machine.advance(state, pending.pop(0), now)
        for effect in effects:
            if isinstance(effect, _ANSWERED_HERE):
                store.save(books, row, state, now)  # whose phone still rings is read from the rows
            answer = _answer(books, row, effect, now)
            if answer is None:
                following.append(effect)
            else:
                pending.append(answer)
    store.save(books, row, state, now)
    for effect in following:  # after the state, so that the timeline tells cause before effect
        store.write_effect(books, row, effect, now)


def _answer(
    books: Books, row: Dispatch, effect: effect_words.Effect, now: datetime
) -> words.Event | None:
    """What the desk itself knows: whom to ring."""
    match effect:
        case effect_words.Resolve():
            ids = store.resolve(books, row, effect, now)
            return words.Resolved(effect.position, ids, store.browsers(books, ids))
        case effect_words.ResolveInvited(role):
            ids, ring_s = store.resolve_invited(books, row, role, now)
            return words.Invited(role, ids, ring_s, store.browsers(books, ids))
        case effect_words.ResolvePhone(attempt_id, ring_s):
            phone_id = store.intend_phone(books, attempt_id, ring_s, now)
            return words.PhoneFollows(attempt_id, phone_id, ring_s)
    return None


_ANSWERED_HERE = effect_words.Resolve | effect_words.ResolveInvited | effect_words.ResolvePhone


def tell(books: Books, attempt_id: str, event: words.Event, now: datetime) -> None:
    """Feed an event of an attempt to its dispatch; unknown attempts are ignored."""
    attempt = books.get(Attempt, attempt_id)
    if attempt is not None:
        apply(books, attempt.dispatch_id, event, now)


def of_attempt(books: Books, attempt: Attempt) -> Dispatch:
    """The dispatch of an attempt, locked."""
    row = books.dispatch(attempt.dispatch_id)
    if row is None:
        raise LookupError("an attempt without a dispatch")
    return row
