"""The caller's menu: every path, no dead end, nothing received before the core says so."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.menu import advance
from ivr.steps import (
    Arrived,
    Audible,
    BeginMessage,
    Begun,
    CheckReturn,
    Command,
    Connect,
    DialEnded,
    DispatchIs,
    Event,
    FindRecording,
    Found,
    Gather,
    HangUp,
    HungUp,
    Keys,
    Leave,
    NotFound,
    Park,
    Record,
    Recorded,
    Rejoin,
    Rules,
    SendMessage,
    Sent,
    Session,
    Silence,
    StartLive,
    State,
    Step,
    Transfer,
    Wait,
)

RULES = Rules(languages=("en", "es", "ar"))


class Core:
    """A stand-in for the core: gives each command the answer the real one would give."""

    def __init__(self, dispatch: DispatchIs | None = None) -> None:
        self.commands: list[Command] = []
        self.dispatch = dispatch or DispatchIs("ringing")
        self.audible = True
        self.found: Found | NotFound = Found("taken")

    def run(self, command: Command) -> Event | None:
        self.commands.append(command)
        match command:
            case StartLive() | BeginMessage():
                return Begun(f"message-{len(self.commands)}")
            case FindRecording():
                return Audible(self.audible)
            case SendMessage():
                return Sent()
            case CheckReturn():
                return self.found
        return None


class Caller:
    """Plays a call against the menu."""

    def __init__(self, core: Core | None = None, rules: Rules = RULES) -> None:
        self.core, self.rules = core or Core(), rules
        self.session, self.step = Session(), Step((), Gather())
        self.feed(Arrived())

    def feed(self, event: Event | None, at: str | None = None) -> "Caller":
        while event is not None:
            self.session, self.step = advance(self.session, event, self.rules, at)
            event = self.core.run(self.step.command) if self.step.command else None
            at = None
        return self

    def press(self, *keys: str) -> "Caller":
        for key in keys:
            self.feed(Keys(key))
        return self

    @property
    def hears(self) -> list[str]:
        return [prompt.name for prompt in self.step.prompts]


def test_the_first_words_offer_each_language_in_itself() -> None:
    caller = Caller()
    offers = [(p.name, p.language) for p in caller.step.prompts]
    assert offers == [
        ("offer_language", "en"),
        ("digit_1", "en"),
        ("offer_language", "es"),
        ("digit_2", "es"),
        ("offer_language", "ar"),
        ("digit_3", "ar"),
    ]


def test_one_language_needs_no_choice() -> None:
    caller = Caller(rules=Rules(languages=("es",)))
    assert caller.session.state is State.MENU
    assert caller.session.language == "es"


def test_the_danger_line_comes_right_after_the_language() -> None:
    caller = Caller().press("2")
    assert caller.session.language == "es"
    assert caller.hears[:3] == ["danger", "recording_notice", "promise_anonymous"]


@pytest.mark.parametrize("promise", ["anonymous", "confidential"])
def test_only_one_promise_is_ever_made(promise: str) -> None:
    caller = Caller(rules=replace(RULES, promise=promise)).press("1")
    promised = [name for name in caller.hears if name.startswith("promise_")]
    assert promised == [f"promise_{promise}"]


def test_a_message_is_recorded_reviewed_sent_and_gets_its_receipt() -> None:
    caller = Caller().press("1", "2")
    assert caller.core.commands == [BeginMessage("message")]
    assert caller.step.then == Record("message-1", 300, 10)
    caller.feed(Recorded(12))
    assert caller.hears == ["review_send", "review_listen", "review_again"]
    caller.press("1")
    assert caller.core.commands[-1] == SendMessage("message-1", None)
    assert caller.hears.count("@number") == 2
    assert caller.hears.count("@pin") == 2
    caller.press("1")
    assert caller.hears[0] == "report_number_is"
    caller.feed(Silence())
    assert caller.hears == ["goodbye"]
    assert isinstance(caller.step.then, HangUp)


def test_nothing_is_said_to_be_sent_before_the_core_has_committed() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5))
    session, step = advance(caller.session, Keys("1"), RULES)
    assert isinstance(step.command, SendMessage)
    assert session.state is State.REVIEW
    assert "sent" not in [prompt.name for prompt in step.prompts]


def test_listening_back_waits_for_the_recording() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5))
    caller.core.audible = False
    caller.press("2")
    assert isinstance(caller.step.then, Wait)
    caller.core.audible = True
    caller.feed(Silence())
    assert caller.hears[:2] == ["listen_intro", "@listened"]
    assert caller.session.state is State.REVIEW


def test_a_recording_that_never_arrives_is_not_waited_for_for_ever() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5))
    caller.core.audible = False
    caller.press("2")
    for _ in range(10):
        if caller.session.state is State.LISTENING:
            caller.feed(Silence())
    assert caller.hears[0] == "listen_unavailable"


def test_said_again_replaces_what_was_said() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5)).press("3")
    assert caller.hears == ["message_again"]
    caller.feed(Recorded(7)).press("1")
    assert caller.core.commands[-1] == SendMessage("message-2", "message-1")


def test_said_again_but_in_silence_keeps_the_first() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5)).press("3")
    caller.feed(Recorded(0)).feed(Recorded(0))
    assert caller.session.state is State.REVIEW
    caller.press("1")
    assert caller.core.commands[-1] == SendMessage("message-1", None)


def test_an_empty_recording_is_asked_for_again_and_then_sent() -> None:
    caller = Caller().press("1", "2").feed(Recorded(0))
    assert caller.hears == ["message_empty"]
    caller.feed(Recorded(0))
    assert caller.core.commands[-1] == SendMessage("message-2", None)


def test_a_silent_review_sends() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5)).feed(Silence()).feed(Silence())
    assert isinstance(caller.core.commands[-1], SendMessage)


def test_speak_now_rings_at_once_then_parks_then_connects() -> None:
    caller = Caller().press("1", "1")
    assert caller.core.commands == [StartLive()]
    assert caller.step.then == Record("message-1", 30, 4)
    caller.feed(Recorded(4))
    assert caller.hears == ["parked_1"]
    assert isinstance(caller.step.then, Park)
    caller.feed(DispatchIs("ringing", 10))
    assert caller.hears == ["hold", "parked_message"]
    caller.feed(DispatchIs("taken", 15))
    assert isinstance(caller.step.then, Connect)


def test_someone_reassures_the_waiting_caller_in_every_third_turn() -> None:
    caller = Caller().press("1", "1").feed(Silence())
    heard = []
    for second in range(12):
        heard.append(caller.hears)
        caller.feed(DispatchIs("ringing", second))
    assert [h[0] for h in heard[::3]] == ["parked_1", "parked_2", "parked_3", "parked_4"]


def test_the_wait_has_a_cap_and_ends_at_the_recorder() -> None:
    caller = Caller().press("1", "1").feed(Silence()).feed(DispatchIs("ringing", 120))
    assert caller.core.commands[-1] == BeginMessage("message", instead_of_waiting=True)
    assert caller.hears == ["nobody_free", "message_instructions"]


def test_an_exhausted_dispatch_ends_at_the_recorder() -> None:
    caller = Caller().press("1", "1").feed(Silence()).feed(DispatchIs("exhausted", 9))
    assert isinstance(caller.step.then, Record)


def test_a_waiting_caller_may_leave_a_message_instead() -> None:
    caller = Caller().press("1", "1").feed(Silence()).press("1")
    assert caller.core.commands[-1] == BeginMessage("message", instead_of_waiting=True)
    assert caller.session.state is State.MESSAGE


def test_a_person_who_answers_at_the_last_moment_wins_over_the_recorder() -> None:
    caller = Caller().press("1", "1").feed(Silence())
    session, step = advance(caller.session, Keys("1"), RULES)
    assert isinstance(step.command, BeginMessage)
    session, step = advance(session, DispatchIs("taken"), RULES)
    assert isinstance(step.then, Connect)


def test_a_responder_who_drops_out_is_replaced() -> None:
    caller = Caller().press("1", "1").feed(Silence()).feed(DispatchIs("taken"))
    caller.feed(DialEnded(answered=True))
    assert caller.hears[0] == "other_left"
    assert isinstance(caller.step.then, Park)
    caller.feed(DispatchIs("taken", 6))
    assert caller.core.commands[-1] == Rejoin()
    assert isinstance(caller.step.then, Park)


def test_key_0_transfers_to_the_crisis_line_and_falls_back_to_a_person() -> None:
    caller = Caller().press("1", "0")
    assert isinstance(caller.step.then, Transfer)
    caller.feed(DialEnded(answered=False))
    assert caller.hears[0] == "crisis_failed"
    assert caller.core.commands == [StartLive()]


def test_the_menu_comes_back_after_the_crisis_line() -> None:
    assert Caller().press("1", "0").feed(DialEnded(answered=True)).session.state is State.MENU


def test_key_9_repeats_the_menu() -> None:
    caller = Caller().press("1")
    first = caller.hears
    assert caller.press("9").hears == first


def test_returning_with_number_and_pin() -> None:
    caller = Caller().press("1", "3", "123456", "654321")
    assert caller.core.commands == [CheckReturn("123456", "654321")]
    assert caller.hears[:2] == ["status_taken", "reply_none"]
    caller.press("1")
    assert caller.core.commands[-1] == BeginMessage("addition")
    caller.feed(Recorded(4))
    assert caller.hears == ["sent", "goodbye"]


def test_replies_are_read_to_the_returning_caller() -> None:
    caller = Caller()
    caller.core.found = Found("closed", replies=1)
    caller.press("1", "3", "123456", "654321")
    assert caller.hears[:3] == ["status_closed", "reply_intro", "@replies"]


def test_a_wrong_pair_is_asked_for_again_and_then_leads_back() -> None:
    caller = Caller()
    caller.core.found = NotFound()
    caller.press("1", "3", "123456", "000000")
    assert caller.hears == ["return_unknown", "return_number"]
    caller.press("123456", "000000", "123456", "000000")
    assert caller.hears[0] == "return_failed"
    assert caller.session.state is State.MENU


def test_too_many_guesses_are_told_so() -> None:
    caller = Caller()
    caller.core.found = NotFound(locked=True)
    assert caller.press("1", "3", "123456", "000000").hears[0] == "return_locked"


def test_a_pin_is_never_kept_in_the_session() -> None:
    caller = Caller()
    caller.core.found = NotFound()
    caller.press("1", "3", "123456", "918273")
    assert "918273" not in json.dumps(caller.session.to_dict())


@pytest.mark.parametrize("key", ["7", "*", "5"])
def test_wrong_keys_twice_mean_speak_now(key: str) -> None:
    caller = Caller().press("1", key)
    assert caller.hears[0] == "not_understood"
    assert caller.press(key).session.state is State.OPENING


def test_a_silent_caller_reaches_a_person_within_a_few_steps() -> None:
    caller = Caller()
    for event in (Silence(), Silence(), Recorded(0)):
        caller.feed(event)
    assert isinstance(caller.step.then, Park)
    assert caller.core.commands[0] == StartLive()
    assert isinstance(caller.feed(DispatchIs("taken")).step.then, Connect)


def test_a_silent_caller_hears_danger_and_notice_before_any_recording() -> None:
    caller = Caller().feed(Silence()).feed(Silence())
    assert caller.hears[:4] == ["no_key_heard", "danger", "recording_notice", "promise_anonymous"]
    assert isinstance(caller.step.then, Record)


def test_hanging_up_sends_what_was_said() -> None:
    for caller in (Caller().press("1", "2"), Caller().press("1", "2").feed(Recorded(3))):
        caller.feed(HungUp())
        assert caller.core.commands[-1] == Leave()
        assert caller.session.state is State.ENDED
        before = list(caller.core.commands)
        caller.feed(HungUp())
        assert caller.core.commands == before


def test_a_nudge_in_the_middle_of_the_menu_changes_nothing() -> None:
    caller = Caller().press("1")
    before = caller.session
    assert caller.feed(DispatchIs("taken")).session == before


EVENTS = st.one_of(
    st.text("0123456789*", min_size=1, max_size=7).map(Keys),
    st.sampled_from(list("0123456789*")).map(Keys),
    st.just(Silence()),
    st.floats(0, 300).map(Recorded),
    st.builds(
        DispatchIs,
        st.sampled_from(["waiting", "ringing", "taken", "exhausted", "withdrawn"]),
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


def test_an_unreadable_session_begins_anew() -> None:
    assert Session.from_dict({"state": "nowhere"}) == Session()
    assert Session.from_dict({"unheard_of": 1}) == Session()
