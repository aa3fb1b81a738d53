"""A delivery in any order of events: it ends only by a person's word, and rings are bounded."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.delivery_words import (
    ON_THE_PHONE,
    OPEN,
    UNDER_WAY,
    DeliveryEvent,
    DeliveryPlace,
    after,
    pause,
)

P, E = DeliveryPlace, DeliveryEvent
EVENTS = st.lists(st.sampled_from(list(E)), max_size=60)
BEGINS = st.sampled_from([P.WAITING, P.LETTER])
TRIES = 4


@given(BEGINS, EVENTS)
def test_nothing_leads_out_of_an_end(begin: P, events: list[E]) -> None:
    place = begin
    for event in events:
        before, place = place, after(place, event)
        if before in (P.ACKNOWLEDGED, P.STOPPED):
            assert place is before
        if before is P.UNREACHED:
            assert place in (P.UNREACHED, P.ACKNOWLEDGED, P.STOPPED)


@given(BEGINS, EVENTS)
def test_only_a_confirmation_confirms(begin: P, events: list[E]) -> None:
    place = begin
    for event in events:
        before, place = place, after(place, event)
        if place is P.ACKNOWLEDGED and before is not place:
            assert event is E.CONFIRMED
            assert before in OPEN


@given(EVENTS)
def test_nothing_is_read_out_without_the_press_of_1(events: list[E]) -> None:
    place = P.WAITING
    for event in events:
        before, place = place, after(place, event)
        if place is P.HEARING and before is not place:
            assert (before, event) == (P.RINGING, E.OPENED)


@given(EVENTS)
def test_rings_are_bounded(events: list[E]) -> None:
    place, rings = P.WAITING, 0
    for event in events:
        before, place = place, after(place, event, more=rings < TRIES)
        if place is P.RINGING and before is P.WAITING:
            rings += 1
        if event is E.DELAYED and before is P.RINGING:
            rings -= 1
        assert rings <= TRIES
        if rings == TRIES:
            assert place is not P.WAITING or event is E.DELAYED or before is P.WAITING


@given(BEGINS, EVENTS)
def test_whatever_is_told_twice_means_nothing_the_second_time(begin: P, events: list[E]) -> None:
    place = begin
    for event in events:
        place = after(place, event)
        if event not in (E.RUNG, E.LEG_OVER, E.LATE, E.DELAYED):
            assert after(place, event) is place


def test_the_words_cover_each_other() -> None:
    assert set(ON_THE_PHONE) < set(UNDER_WAY) < set(OPEN)
    assert set(OPEN) | {P.ACKNOWLEDGED, P.STOPPED} == set(P)


@given(st.integers(1, 20), st.booleans())
def test_pauses_grow_and_life_safety_waits_less(rings: int, grave: bool) -> None:
    assert pause(rings, grave=grave) <= pause(rings + 1, grave=grave)
    assert pause(rings, grave=True) < pause(rings, grave=False) <= timedelta(minutes=30)
