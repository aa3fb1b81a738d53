"""What Asterisk says becomes events, whatever it is."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from switch.asterisk import words
from switch.asterisk.words import Event, Happened

CHANNEL: dict[str, Any] = {
    "id": "1700000000.1",
    "state": "Ring",
    "caller": {"name": "", "number": "+15550100001"},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
)


def event(kind: str, **details: Any) -> Happened | None:
    return words.read(json.dumps({"type": kind, "channel": CHANNEL} | details))


def test_events_that_matter() -> None:
    arrived = event("StasisStart", args=[])
    assert arrived == Happened(Event.ARRIVED, "1700000000.1", "+15550100001")
    assert event("ChannelStateChange", channel=CHANNEL | {"state": "Ringing"}) == Happened(
        Event.RINGING, "1700000000.1"
    )
    assert event("ChannelStateChange") is None
    assert event("ChannelDtmfReceived", digit="#") == Happened(Event.KEY, "1700000000.1", digit="#")
    assert event("ChannelDestroyed", cause=17) == Happened(Event.GONE, "1700000000.1", cause=17)
    assert event("StasisEnd") == Happened(Event.GONE, "1700000000.1")
    assert event("ApplicationReplaced") == Happened(Event.REPLACED)
    assert event("ChannelVarset") is None


def test_numbers_and_keys_are_not_shown() -> None:
    shown = f"{event('StasisStart')!r} {event('ChannelDtmfReceived', digit='5')!r}"
    assert "555" not in shown
    assert "'5'" not in shown


@given(st.text() | ANYTHING.map(json.dumps))
def test_nonsense_is_no_event(text: str) -> None:
    words.read(text)


@given(
    st.sampled_from(["StasisStart", "ChannelDtmfReceived", "ChannelDestroyed", "StasisEnd"]),
    st.fixed_dictionaries({}, optional={"channel": ANYTHING, "cause": ANYTHING, "digit": ANYTHING}),
)
def test_broken_events_break_nothing(kind: str, details: dict[str, Any]) -> None:
    found = event(kind, **details)
    assert found is None or (found.channel and isinstance(found.cause, int))


@given(st.integers())
def test_every_cause_has_a_code_of_sip(cause: int) -> None:
    assert 400 <= words.sip_code(cause) <= 699


def test_reasons_of_hanging_up() -> None:
    assert [words.reason(each) for each in ("busy", "failed", "no-answer", "completed", "")] == [
        *("busy", "congestion", "no_answer", "normal", "normal")
    ]
