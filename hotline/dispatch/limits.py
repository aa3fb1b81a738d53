"""How long one ring and one search can last at most, however the carrier behaves. Pure.

Whoever is rung in the browser first has one turn of the same length as everybody (ADR 0043): the
browser rings for a part of the step's time, the ordinary phone for the rest, and both together end
within `ring_longest_s` of the whole.
"""

import math
from collections.abc import Sequence

from hotline.dispatch.words import Step

# Seconds an intended call may stay unplaced before the carrier is asked about it.
PLACE_LIMIT_S = 10.0
# The carrier rings up to 5 s longer than asked (docs/facts.md T2); as much again for a
# late callback.
RING_SLACK_S = 10.0
# Screening with the whole report read out (a 5 minute message is cut at 60 s of speech).
SCREENING_LIMIT_S = 120.0
# Between asking the carrier to end a call and going on without its answer.
CANCEL_LIMIT_S = 5.0
# A browser is on our own switch: no network between it and us makes it ring longer. (It may stay
# unplaced for as long as a phone: a request may take all of that time, and what is given up
# earlier may ring after all.)
BROWSER_SLACK_S = 2.0
# Of a step's ring time a browser gets a third, and no more than it takes to look up and press; for
# less than a second bell (every 3 s, switch/browser/static/sound.js) it is not worth it.
BROWSER_PART = 1 / 3
BROWSER_MOST_S = 10.0
BROWSER_LEAST_S = 5.0


def browser_s(ring_s: float) -> float:
    """For how many whole seconds of a step's `ring_s` a browser rings first; 0: not at all, for the
    step is too short."""
    part = math.floor(min(BROWSER_MOST_S, ring_s * BROWSER_PART))
    return float(part) if part >= BROWSER_LEAST_S else 0.0


def ring_longest_s(ring_s: float) -> float:
    """The most seconds one ring can last, from intended to final, however the carrier behaves.

    Each of placing, ringing and screening may run into its timer, and into the wait for the
    carrier's answer after it.
    """
    return PLACE_LIMIT_S + ring_s + RING_SLACK_S + SCREENING_LIMIT_S + 3 * CANCEL_LIMIT_S


def longest_s(plan: Sequence[Step], people: Sequence[int] | None = None) -> float:
    """The most seconds from the beginning to taken or exhausted, however the carrier behaves.

    people: how many each step resolves to at most; by default as many as it has targets.
    """
    start = end = 0.0
    for step, count in zip(plan, people or [len(s.targets) for s in plan], strict=True):
        for _ in range(count if step.in_order else min(count, 1)):
            end = max(end, start + ring_longest_s(step.ring_s))
            start = end if step.overlap_s is None else min(end, start + step.overlap_s)
    return end
