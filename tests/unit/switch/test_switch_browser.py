"""Phones in a browser, their pure parts: the microphone's frames, and the story."""

from hypothesis import given
from hypothesis import strategies as st

from switch.browser.handset import Handset, Role, State
from switch.browser.jitter import MOST, PREFILL, Jitter
from switch.browser.story import beat
from switch.g711 import FRAME, SILENCE
from switch.media import Clip


def frame(number: int) -> bytes:
    return bytes([number % 200]) * FRAME


@given(st.lists(st.booleans(), max_size=200))
def test_frames_come_out_in_order_and_never_too_late(acts: list[bool]) -> None:
    """True: a frame comes; False: one is asked for. What comes out was put in, in order; what is
    missing is at most what had to be dropped."""
    jitter, came, gone = Jitter(), 0, []
    for act in acts:
        if act:
            jitter.put(frame(came))
            came += 1
        elif (got := jitter.get()) != SILENCE:
            gone.append(got[0])
            assert came - 1 - got[0] < MOST  # nothing older than what may wait
    assert gone == sorted(set(gone))


def test_nothing_is_heard_until_enough_waits_and_then_every_frame() -> None:
    jitter = Jitter()
    for number in range(PREFILL - 1):
        jitter.put(frame(number))
        assert jitter.get() == SILENCE
    jitter.put(frame(PREFILL - 1))
    assert [jitter.get() for _ in range(PREFILL)] == [frame(n) for n in range(PREFILL)]
    assert jitter.get() == SILENCE
    jitter.put(frame(7))
    assert jitter.get() == SILENCE  # it fills again after it ran dry


def test_frames_of_another_size_are_dropped() -> None:
    jitter = Jitter()
    for data in (b"", b"\x00" * (FRAME - 1), b"\x00" * (FRAME + 1)):
        for _ in range(PREFILL):
            jitter.put(data)
    assert jitter.get() == SILENCE


def test_a_muted_phone_says_nothing_but_what_was_chosen_to_be_said() -> None:
    handset = Handset("a", "Ana", Role.CALLER, "+1")
    for _ in range(PREFILL):
        handset.microphone.put(frame(5))
    handset.muted = True
    assert handset.speak() == SILENCE
    handset.utterance = Clip(frame(9))
    assert handset.speak() == frame(9)
    handset.muted = False
    assert handset.speak() == frame(5)
    assert handset.utterance is None  # it is over


def test_what_belonged_to_a_call_is_forgotten_with_it() -> None:
    handset = Handset("a", "Ana", Role.CALLER, "+1", muted=True, connected=True)
    handset.caption("You are not alone.")
    handset.enter(State.IDLE, None)
    assert (handset.muted, handset.connected, handset.captions) == (False, False, [])


def test_nobody_sees_the_number_of_a_phone() -> None:
    handset = Handset("a", "Ana", Role.RESPONDER, "+15550100101")
    assert "+15550100101" not in str(handset.as_dict())


def test_the_story_in_sentences() -> None:
    def told(role: Role, event: str, **details: object) -> tuple[str, str] | None:
        found = beat(role, "Rosa {x}", event, details)
        return None if found is None else (found.stop, found.text)

    assert told(Role.CALLER, "dialed") == ("caller", "You called.")
    assert told(Role.RESPONDER, "dialed") is None
    assert told(Role.RESPONDER, "ringing") == ("ringing", "Rosa {x}’s phone is ringing.")
    assert told(Role.CALLER, "key", digit="3", row=1) == ("note", "You pressed 3.")
    assert told(Role.CALLER, "key", digit="3", row=4) == ("note", "You pressed 4 keys.")
    gone = {"cause": "no-answer", "by": "timeout"}
    assert told(Role.RESPONDER, "hangup", **gone) == ("tried", "Rosa {x} did not answer.")
    gone = {"cause": "completed", "by": "phone"}
    assert told(Role.RESPONDER, "hangup", **gone) == ("note", "Rosa {x} hung up.")
    assert told(Role.CALLER, "hangup", **gone) == ("note", "You hung up.")
    gone = {"cause": "completed", "by": "twiml"}
    assert told(Role.CALLER, "hangup", **gone) == ("note", "The hotline ended your call.")
    assert told(Role.CALLER, "webhook") is None
