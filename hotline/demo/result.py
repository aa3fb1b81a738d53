"""The result of a demonstration as JSON."""

from datetime import datetime
from typing import Any

from hotline.demo.outcome import AlarmOutcome, Ring
from hotline.demo.scenario import Expectation, Scenario, Seen
from hotline.demo.sentences import Line


def as_json(
    scenario: Scenario,
    seen: Seen | None,
    held: list[tuple[Expectation, bool]],
    lines: list[tuple[Line, float]],
) -> dict[str, Any]:
    """Everything about one run; times are ISO 8601 in UTC, `at_s` telephone seconds."""
    outcome = seen.outcome if seen else None
    return {
        "ok": bool(held) and all(ok for _, ok in held),
        "scenario": scenario.name,
        "language": outcome.language if outcome else scenario.language,
        "report": outcome.report_id if outcome else None,
        "spoken": seen.spoken if seen else scenario.spoken,
        "transcript": outcome.transcript if outcome else "",
        "wer": seen.wer if seen else None,
        "category": outcome.category if outcome else None,
        "urgency": outcome.urgency if outcome else None,
        "reasons": list(outcome.reasons) if outcome else [],
        "attempts": [_attempt(ring) for ring in outcome.attempts] if outcome else [],
        "taken_by": outcome.taken_by if outcome else None,
        "alarm": _alarm(outcome.alarm, seen) if outcome and seen and outcome.alarm else None,
        "checks": [{"sentence": e.sentence, "ok": ok} for e, ok in held],
        "events": [_event(line, at) for line, at in lines],
    }


def _attempt(ring: Ring) -> dict[str, Any]:
    return {
        "responder": ring.responder,
        "outcome": ring.outcome,
        "rang_at": _iso(ring.rang_at),
        "ended_at": _iso(ring.ended_at),
    }


def _alarm(alarm: AlarmOutcome, seen: Seen) -> dict[str, Any]:
    return {
        "reason": alarm.reason,
        "raised_at": _iso(alarm.raised_at),
        "acknowledged_at": _iso(alarm.acknowledged_at),
        "acknowledged_by": alarm.acknowledged_by,
        "posts": len(seen.posts),
    }


def _event(line: Line, at_s: float) -> dict[str, Any]:
    return {
        "at": _iso(line.wall),
        "at_s": round(at_s, 2),
        "source": line.source,
        "kind": line.kind,
        "who": line.who,
        "what": line.what,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
