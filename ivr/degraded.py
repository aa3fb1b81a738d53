"""Degraded mode, the pure part: for how long one `<Dial>` rings, and what its end tells.

`DialCallStatus` never says that somebody took it: a voicemail box makes it "completed" as well
(docs/facts.md T8). It only tells which phones ring no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.dispatch.words import AttemptState

MOST_AT_ONCE = 10
"""Phones in one `<Dial>` (docs/facts.md T9)."""
SHORTEST_S = 5
"""The least that a carrier rings."""

ANSWERED = ("completed", "answered")
_OUTCOMES = {"busy": AttemptState.BUSY, "failed": AttemptState.FAILED}


@dataclass(frozen=True)
class Rung:
    """One phone of a `<Dial>`: id of its attempt, whether that still goes on, whether the phone was
    picked up, and the carrier's id of the leg as far as it is known."""

    attempt_id: str
    live: bool = True
    screening: bool = False
    call_id: str | None = None


def ring_s(longest_s: float, waited_s: float, cap_s: float) -> int:
    """How long the next phones ring, in whole s: the caller waits no longer than the cap, unless
    that is shorter than carriers ring."""
    return max(SHORTEST_S, int(min(longest_s, cap_s - waited_s)))


def endings(rung: Sequence[Rung], status: str, call_id: str) -> dict[str, AttemptState]:
    """Which attempts the end of their `<Dial>` ends, and as what; by attempt id.

    Of several phones the first that is picked up, be it a voicemail box, silences the others. They
    have not had their turn then: they are not in the answer, and are rung once more.
    """
    outcome = _OUTCOMES.get(status, AttemptState.UNANSWERED)
    over = list(rung)
    if status in ANSWERED:
        picked_up = [r for r in rung if r.screening or (call_id and r.call_id == call_id)]
        over, outcome = picked_up or over, AttemptState.DECLINED
    return {r.attempt_id: AttemptState.DECLINED if r.screening else outcome for r in over if r.live}


def sentence(earlier: bool) -> str:
    """The prompt before phones ring; `earlier`: others have been rung for this caller before."""
    return "degraded_next" if earlier else "degraded_first"
