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
    """One phone of a `<Dial>`: id of its attempt, whether it was picked up, the carrier's id."""

    attempt_id: str
    screening: bool = False
    call_id: str | None = None


def ring_s(longest_s: float, waited_s: float, cap_s: float) -> int | None:
    """How long the next phones ring at most, in whole s; None when the caller's wait is over."""
    left = cap_s - waited_s
    return None if left <= 0 else max(SHORTEST_S, int(min(longest_s, left)))


def endings(rung: Sequence[Rung], status: str, call_id: str) -> dict[str, AttemptState]:
    """Which attempts the end of their `<Dial>` ends, and as what; by attempt id.

    Of several phones the first that is picked up, be it a voicemail box, silences the others. They
    have not had their turn then: they are not in the answer, and are rung once more.
    """
    if status not in ANSWERED:
        outcome = _OUTCOMES.get(status, AttemptState.UNANSWERED)
        return {r.attempt_id: _picked_up(r) or outcome for r in rung}
    answered = [r for r in rung if r.screening] or [r for r in rung if call_id and _is(r, call_id)]
    return {r.attempt_id: AttemptState.DECLINED for r in answered or rung}


def _picked_up(rung: Rung) -> AttemptState | None:
    return AttemptState.DECLINED if rung.screening else None


def _is(rung: Rung, call_id: str) -> bool:
    return rung.call_id == call_id


def sentence(earlier: bool) -> str:
    """The prompt before phones ring; `earlier`: others have been rung for this caller before."""
    return "degraded_next" if earlier else "degraded_first"
