"""Happenings as sentences."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hotline.demo import cast
from hotline.demo.outcome import Happened
from hotline.demo.sentences import HEARS, Line, of_journal, of_timeline, rank
from ivr import names

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def entry(event: str, number: str = cast.CALLER, **details: Any) -> dict[str, Any]:
    return {"event": event, "number": number, "wall": AT.isoformat(), **details}


def what(line: Line | None) -> str | None:
    return f"{line.who} {line.what}" if line else None


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (entry("dialed"), "Caller dials the hotline"),
        (entry("dialed", cast.ROSA.number), None),
        (entry("answered"), None),
        (entry("answered", cast.ROSA.number), "Rosa Delgado picks up"),
        (entry("key", digit="2"), "Caller presses 2"),
        (entry("said", file="caller.wav"), "Caller says: “help”"),
        (entry("said", file="tone 700 Hz"), "Caller sends tone 700 Hz"),
        (entry("playing", url="http://h/voice/prompts/en/menu_speak.0a.wav"), HEARS["menu_speak"]),
        (entry("playing", url="http://h/voice/prompts/en/digit_1.0a.wav"), None),
        (entry("hangup", by="phone", cause="completed"), "Caller hangs up"),
        (entry("hangup", by="phone", cause="busy"), None),
        (entry("hangup", by="hotline", cause="completed"), None),
        (entry("error", code=11200), "Caller trouble on the line (11200)"),
        (entry("webhook", path="/voice"), None),
        (entry("key", "+15550100999", digit="2"), None),
    ],
)
def test_lines_of_the_telephones(event: dict[str, Any], sentence: str | None) -> None:
    said = what(of_journal(event, {"caller.wav": "help"}))
    assert said == sentence or (said is not None and sentence == said.removeprefix("Caller "))


def test_lines_of_the_report() -> None:
    placed = Happened(1, AT, "attempt_placed", {"responder": "police-desk", "attempt": "a"})
    assert what(of_timeline(placed)) == "Hotline rings Police desk"
    triaged = Happened(2, AT, "triaged", {"category": "weapons", "urgency": "life-safety"})
    assert what(of_timeline(triaged)) == "Hotline triage: weapons, life-safety"
    assert of_timeline(Happened(3, AT, "recording_began", {})) is None
    assert (
        what(of_timeline(Happened(4, AT, "attempt_taken", {}))) == "Hotline somebody has taken it"
    )


def test_what_follows_comes_after() -> None:
    kinds = ["alarm_raised", "attempt_unanswered", "key", "dispatch_exhausted"]
    lines = [Line(AT, "○", "x", "y", "hotline", kind) for kind in kinds]
    ordered = [line.kind for line in sorted(lines, key=rank)]
    assert ordered == ["key", "attempt_unanswered", "dispatch_exhausted", "alarm_raised"]


def test_every_prompt_named_here_exists() -> None:
    assert set(HEARS) <= set(names.required(("en", "es", "ar"))) | {"taken"}
