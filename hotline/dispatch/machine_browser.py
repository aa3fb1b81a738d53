"""Moves of whoever is rung in the browser first, and on their ordinary phone next. Pure.

Both are rings of one turn: its end is fixed when it begins (`Attempt.ends_by`), so that the second
one can make no search longer than `limits.longest_s` says.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from hotline.dispatch.effect_words import PlaceCall, ResolvePhone
from hotline.dispatch.limits import (
    BROWSER_SLACK_S,
    CANCEL_LIMIT_S,
    PLACE_LIMIT_S,
    RING_SLACK_S,
    browser_s,
    ring_longest_s,
)
from hotline.dispatch.machine_parts import IllegalMove, Result, enter, known
from hotline.dispatch.words import Attempt, AttemptState, Dispatch, PhoneFollows


def first(ring: Attempt, now: datetime) -> Attempt:
    """The ring of a browser, of somebody whose phone would have got this `ring`."""
    share = browser_s(ring.ring_s)
    ends_by = now + timedelta(seconds=ring_longest_s(ring.ring_s))
    return replace(ring, ring_s=share, phone_s=ring.ring_s - share, ends_by=ends_by)


def rings_until(attempt: Attempt, now: datetime) -> datetime:
    """When what rings now must have stopped by itself."""
    slack_s = RING_SLACK_S if attempt.phone_s is None else BROWSER_SLACK_S
    return now + timedelta(seconds=attempt.ring_s + slack_s)


def cancelled_by(attempt: Attempt, now: datetime) -> datetime:
    """How long to wait for the carrier's answer about a ring that is to end."""
    by = now + timedelta(seconds=CANCEL_LIMIT_S)
    return by if attempt.ends_by is None else min(by, max(attempt.ends_by, now))


def phone_next(attempt: Attempt, outcome: AttemptState, now: datetime) -> tuple[ResolvePhone, ...]:
    """The ordinary phone, after a browser that nobody took it in. Only whoever has passed is not
    rung again, and nobody whose turn is as good as over."""
    if attempt.phone_s is None or attempt.ends_by is None or outcome is AttemptState.DECLINED:
        return ()
    if attempt.ends_by - now < timedelta(seconds=attempt.phone_s + CANCEL_LIMIT_S):
        return ()
    whole = ring_longest_s(attempt.ring_s + attempt.phone_s)
    passed_s = (now - (attempt.ends_by - timedelta(seconds=whole))).total_seconds()
    return (ResolvePhone(attempt.id, attempt.phone_s + max(0.0, attempt.ring_s - passed_s)),)


def phone_follows(d: Dispatch, event: PhoneFollows, now: datetime) -> Result:
    """The ordinary phone is rung: a new ring of the same person, place and turn."""
    browser = known(d, event.attempt_id)
    if browser.live or browser.phone_s is None:
        raise IllegalMove(f"a phone cannot follow a ring that is {browser.state}")
    ring = replace(
        browser, id=event.phone_id, ring_s=event.ring_s, phone_s=None, state=AttemptState.INTENDED
    )
    due = now + timedelta(seconds=PLACE_LIMIT_S)
    begun = replace(d, attempts=(*d.attempts, ring))
    return enter(begun, ring, AttemptState.INTENDED, due), (PlaceCall(ring.id),)
