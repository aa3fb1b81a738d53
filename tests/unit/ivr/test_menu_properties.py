"""Every path of the menu: no dead end, nothing received before the core says so."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.steps import (
    Connect,
    DialEnded,
    DispatchIs,
    Event,
    Found,
    HangUp,
    HungUp,
    Keys,
    NotFound,
    Park,
    Record,
    Recorded,
    SendMessage,
    Session,
    Silence,
    Transfer,
)
from tests.support.menu import Caller, Core

EVENTS = st.one_of(
    st.text("0123456789*", min_size=1, max_size=7).map(Keys),
    st.sampled_from(list("0123456789*")).map(Keys),
    st.just(Silence()),
    st.floats(0, 300).map(Recorded),
    st.builds(
        DispatchIs,
        st.sampled_from(
            ["waiting", "ringing", "taken", "held", "dropped", "exhausted", "withdrawn"]
        ),
        st.floats(0, 200),
    ),
    st.booleans().map(DialEnded),
    st.just(HungUp()),
)
CORES = st.builds(
    lambda audible, found: (audible, found),
    st.booleans(),
    st.one_of(
        st.builds(Found, st.sampled_from(["waiting", "taken", "closed"]), st.integers(0, 2)),
        st.booleans().map(NotFound),
    ),
)


def played(events: list[Event], core: tuple[bool, Found | NotFound]) -> Caller:
    stand_in = Core()
    stand_in.audible, stand_in.found = core
    caller = Caller(stand_in)
    for event in events:
        caller.feed(event)
    return caller


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=25), CORES)
def test_every_reachable_state_answers_every_input(
    events: list[Event], core: tuple[bool, Found | NotFound]
) -> None:
    caller = played(events, core)
    assert caller.step.prompts or isinstance(caller.step.then, Record)
    kept = Session.from_dict(json.loads(json.dumps(caller.session.to_dict())))
    assert kept == caller.session
    if isinstance(caller.step.then, Record):
        assert caller.step.then.message is not None


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=25), CORES)
def test_from_anywhere_a_silent_caller_reaches_a_person_or_a_recorder(
    events: list[Event], core: tuple[bool, Found | NotFound]
) -> None:
    caller = played(events, core)
    for _ in range(20):
        if isinstance(caller.step.then, Park | Record | Connect | HangUp):
            break
        ended = isinstance(caller.step.then, Transfer)
        caller.feed(DialEnded(answered=False) if ended else Silence())
    assert isinstance(caller.step.then, Park | Record | Connect | HangUp)


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=20), CORES)
def test_a_repeated_webhook_is_harmless(
    events: list[Event], core: tuple[bool, Found | NotFound]
) -> None:
    caller = Caller()
    caller.core.audible, caller.core.found = core
    for event in events:
        at = caller.session.at
        caller.feed(event, at)
        before, step, commands = caller.session, caller.step, list(caller.core.commands)
        if caller.session.at != at:
            caller.feed(event, at)
        assert caller.session == before
        assert (caller.step.prompts, caller.step.then) == (step.prompts, step.then)
        assert caller.core.commands == commands


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=25), CORES)
def test_sent_is_only_said_after_the_core_has_sent(
    events: list[Event], core: tuple[bool, Found | NotFound]
) -> None:
    caller = played(events, core)
    if "sent" in caller.hears and caller.session.kind != "addition":
        assert any(isinstance(command, SendMessage) for command in caller.core.commands)
