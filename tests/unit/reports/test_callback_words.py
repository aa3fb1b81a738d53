"""The steps of a call back: in whatever order they are told, they lead to one end, once."""

from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.callback_words import CallbackEvent as E
from hotline.reports.callback_words import CallbackOutcome as O
from hotline.reports.callback_words import CallbackPlace as P
from hotline.reports.callback_words import after

EVENTS = st.lists(st.sampled_from(list(E)), max_size=30)


def play(*events: E, met_at: int | None = None) -> tuple[P, O | None]:
    """Where it stands after these. met_at: before which of them both were in the bridge."""
    place, ended = P.ASKED, None
    for n, event in enumerate(events):
        place, outcome = after(place, event, met=met_at is not None and n >= met_at)
        ended = outcome if outcome is not None else ended
    return place, ended


def test_both_phones_are_rung_in_turn_and_they_speak() -> None:
    steps = (E.OWN_RUNG, E.ACCEPTED, E.CALLER_RUNG, E.PRESSED)
    assert play(*steps) == (P.TALKING, None)
    assert play(*steps, E.CALLER_OVER, met_at=4) == (P.OVER, O.SPOKE)
    assert play(*steps, E.OWN_OVER, met_at=4) == (P.OVER, O.SPOKE)
    assert play(*steps, E.CALLER_OVER) == (P.OVER, O.UNANSWERED)  # gone before the bridge
    assert play(*steps, E.OWN_OVER) == (P.OVER, O.STOPPED)


def test_a_phone_without_a_line_is_tried_again() -> None:
    assert play(E.OWN_RUNG, E.DELAYED) == (P.ASKED, None)
    assert play(E.OWN_RUNG, E.ACCEPTED, E.CALLER_RUNG, E.DELAYED) == (P.ACCEPTED, None)


@given(EVENTS)
def test_the_caller_is_never_rung_before_the_responder_pressed_1(events: list[E]) -> None:
    place = P.ASKED
    pressed = False
    for event in events:
        before, (place, _) = place, after(place, event)
        pressed = pressed or (before is P.OWN and event is E.ACCEPTED)
        assert pressed or place not in (P.ACCEPTED, P.CALLING, P.TALKING)


@given(EVENTS)
def test_nobody_talks_before_1_was_pressed_at_the_callers(events: list[E]) -> None:
    place, ended = play(*events)
    assert place is not P.TALKING or E.PRESSED in events
    assert ended is not O.DECLINED or E.REFUSED in events


@given(EVENTS, EVENTS)
def test_what_is_over_stays_over(events: list[E], more: list[E]) -> None:
    place, ended = play(*events)
    if place is P.OVER:
        assert ended is not None
        assert play(*events, *more) == (P.OVER, ended)
    else:
        assert ended is None


@given(EVENTS)
def test_every_place_has_an_end(events: list[E]) -> None:
    """Whatever is lost on the way, being late ends it."""
    place, _ = play(*events)
    assert after(place, E.LATE)[0] is P.OVER


@given(EVENTS)
def test_told_twice_is_told_once(events: list[E]) -> None:
    doubled = [event for event in events for _ in range(2)]
    assert play(*doubled)[0] is play(*events)[0] or set(events) & {E.DELAYED}
