"""The people of the demonstration: fictional numbers, and what their phones do. Pure.

Scripts are in the form the switch's control interface takes. The cues are parts of prompt URLs,
`/voice/prompts/<language>/<prompt>.<hash>.wav`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Script = dict[str, Any]
Act = dict[str, Any]

CALLER, SECOND_CALLER = "+15550100777", "+15550100778"
CALLER_TONE_HZ, RESPONDER_TONE_HZ = 700.0, 1100.0
TONE_S = 3.0
WAITS_S = 400.0
"""How long a caller waits for a person before losing patience."""
AFTER_THE_WORDS_S = 16.0
"""Who picks up so late does not cut off the caller's opening words."""


@dataclass(frozen=True)
class Person:
    """Somebody who can be rung."""

    handle: str
    name: str
    kind: str
    number: str
    languages: tuple[str, ...] = ("en", "es", "ar")


ROSA = Person("counselor-1", "Rosa Delgado", "counselor", "+15550100101")
TOM = Person("counselor-2", "Tom Becker", "counselor", "+15550100102")
AMINA = Person("counselor-3", "Amina Haddad", "counselor", "+15550100103")
DESK = Person("police-desk", "Police desk", "law-enforcement", "+15550100201")
ALARM = Person("alarm-phone", "Alarm phone", "school-official", "+15550100301")
EVERYBODY = (ROSA, TOM, AMINA, DESK, ALARM)
OTHER_PHONE = Person("other-phone", "The number left", "caller", "+12175550142")
"""Where the caller wants to be called back: a fictitious number (555-01xx) of a plan that there is.
It is on no roster."""
NORTH_POLICE = Person("north-police", "North police", "recipient", "+15550100401")
"""Somebody outside to whom life-safety is delivered; a recipient, and no responder."""


def roster(
    steps: Sequence[tuple[Person, float]],
    *,
    rounds: int = 1,
    last_resort: tuple[Person, float] | None = None,
) -> str:
    """The roster file: everybody, and a policy that rings one person per step for so many s.

    The first of them is rung because the schedule says so, the others by name.
    """
    lines = [line for person in EVERYBODY for line in _responder(person)]
    (first, ring_s), *others = steps
    lines += _schedule(first)
    rung = ", ".join(
        [_step("schedule:counselors", ring_s), *(_step(p.handle, s) for p, s in others)]
    )
    lines += ["[policy.default]", f"rounds = {rounds}", f"steps = [{rung}]"]
    if last_resort is not None:
        lines.append(f"last_resort = {_step(last_resort[0].handle, last_resort[1])}")
    return "\n".join([*lines, f'alarm = ["{ALARM.handle}"]', ""])


def recipient(person: Person) -> str:
    """The table of a recipient who is rung, for the end of a roster file."""
    return "\n".join(
        [
            "[[recipient]]",
            f'handle = "{person.handle}"',
            'kind = "law-enforcement"',
            f'name = "{person.name}"',
            f'phone = "{person.number}"',
            "",
        ]
    )


def _responder(person: Person) -> list[str]:
    languages = ", ".join(f'"{code}"' for code in person.languages)
    return [
        "[[responder]]",
        f'handle = "{person.handle}"',
        f'kind = "{person.kind}"',
        f'name = "{person.name}"',
        f'number = "{person.number}"',
        f"languages = [{languages}]",
        "",
    ]


def _schedule(person: Person) -> list[str]:
    """Round the clock, for years back and ahead: the play does not depend on its day."""
    return [
        "[schedule.counselors]",
        'timezone = "America/Chicago"',
        "[[schedule.counselors.rotation]]",
        f'people = ["{person.handle}"]',
        'every = "week"',
        "start = 2020-01-06",
        'handoff = "08:00"',
        "",
    ]


def _step(target: str, ring_s: float) -> str:
    return f'{{ targets = ["{target}"], ring_s = {ring_s} }}'


# --- phones that are rung -------------------------------------------------------------------


def never() -> Script:
    """Rings until the network gives up."""
    return {"answer": "never"}


def busy() -> Script:
    """Busy."""
    return {"answer": "busy"}


def picks_up(*steps: Act, after_s: float = 2.0) -> Script:
    """Answers after so many seconds and does these things."""
    return {"answer": {"after_s": after_s}, "steps": list(steps)}


def voicemail(greeting: str) -> Script:
    """A voicemail box: its greeting (path of a WAV), its beep, 60 s of patience."""
    return picks_up(
        {"after_s": 0.2, "say": greeting},
        {"after_s": 0.2, "say_tone": {"hz": 1000, "seconds": 0.4}},
        {"after_s": 60, "hangup": True},
    )


def takes() -> Script:
    """Listens to the screening and takes the report."""
    return picks_up({"played": "/screening_keys", "press": "1"})


def listens_and_takes() -> Script:
    """Asks for what was said, hears it, and takes the report."""
    return picks_up(
        {"played": "/screening_keys", "press": "3"},
        {"played": "/heard_end.", "press": "1"},
    )


def passes() -> Script:
    """Declines by key 2."""
    return picks_up({"playing": "/screening_keys", "press": "2"})


def errs_and_takes() -> Script:
    """Presses a key that means nothing, hears so, and takes the report."""
    return picks_up(
        {"playing": "/screening_keys", "press": "7"},
        {"played": "/responder_not_understood.", "press": "1"},
    )


def takes_call() -> Script:
    """Takes a call live and, once connected, sends a tone."""
    return picks_up(
        {"playing": "/screening_keys_live.", "press": "1"},
        {"bridged": True, "say_tone": {"hz": RESPONDER_TONE_HZ, "seconds": TONE_S}},
        after_s=4.0,
    )


def takes_call_and_hands_over() -> Script:
    """Takes a call live, talks, asks for a colleague by * and 3, and hangs up when they are in."""
    return picks_up(
        {"playing": "/screening_keys_live.", "press": "1"},
        {"bridged": True, "say_tone": {"hz": RESPONDER_TONE_HZ, "seconds": TONE_S}},
        {"after_s": 1.0, "press": "*"},
        {"playing": "/star_keys.", "press": "3"},
        {"bridged": True, "note": "is with the caller again"},
        {"hears_speech_s": 2.0 * TONE_S, "note": "hears the caller and the colleague"},
        {"after_s": 1.0, "hangup": True},
        after_s=AFTER_THE_WORDS_S,
    )


def takes_call_and_drops() -> Script:
    """Takes a call live, sends a tone, and hangs up in the middle of the talk."""
    return picks_up(
        {"playing": "/screening_keys_live.", "press": "1"},
        {"bridged": True, "say_tone": {"hz": RESPONDER_TONE_HZ, "seconds": TONE_S}},
        {"after_s": 1.0, "hangup": True},
        after_s=AFTER_THE_WORDS_S,
    )


def calls_back() -> Script:
    """Is rung to call a caller back, presses 1 and, once connected, sends a tone."""
    return picks_up(
        {"playing": "/callback_call_keys.", "press": "1"},
        {"bridged": True, "say_tone": {"hz": RESPONDER_TONE_HZ, "seconds": TONE_S}},
    )


def is_called_back() -> Script:
    """Takes the call that was asked for, sends a tone once connected, and hangs up."""
    return picks_up(
        {"playing": "/callee_intro.", "press": "1"},
        {"bridged": True, "say_tone": {"hz": CALLER_TONE_HZ, "seconds": TONE_S}},
        {"after_s": 4.0, "hangup": True},
    )


def hears_and_confirms() -> Script:
    """A recipient: presses 1 to hear the report, hears it out, and confirms it with 4."""
    return picks_up(
        {"played": "/delivery_open.", "press": "1"},
        {"played": "/delivery_keys.", "press": "4"},
    )


def acknowledges() -> Script:
    """Answers for the alarm."""
    return picks_up({"playing": "/alarm_keys.", "press": "1"})


# --- the caller -----------------------------------------------------------------------------

LANGUAGE_KEYS = {"en": "1", "es": "2", "ar": "3"}


def chooses(language: str) -> list[Act]:
    """Waits until the language was offered and presses its key."""
    key = LANGUAGE_KEYS[language]
    return [{"played": f"/{language}/digit_{key}.", "press": key}]


def leaves_message(language: str, speech: str) -> Script:
    """Chooses to leave a message, speaks, ends with #, listens back, sends, hears the receipt."""
    return {
        "steps": [
            *chooses(language),
            {"played": "/menu_message.", "press": "2"},
            {"beep": True, "say": speech},
            {"after_s": 0.5, "press": "#"},
            {"played": "/review_listen.", "press": "2"},
            {"playing": "/listen_intro.", "note": "listens back"},
            {"played": "/review_send.", "press": "1"},
            {"playing": "/receipt_again.", "hangup": True},
        ]
    }


def sends_message(language: str, speech: str) -> Script:
    """The same without listening back; hangs up after the first reading of the numbers."""
    return {
        "steps": [
            *chooses(language),
            {"played": "/menu_message.", "press": "2"},
            {"beep": True, "say": speech},
            {"after_s": 0.5, "press": "#"},
            {"played": "/review_send.", "press": "1"},
            {"playing": "/receipt_repeat.", "hangup": True},
        ]
    }


def leaves_number(language: str, speech: str) -> Script:
    """Sends a message, does not wait for its numbers to be read, and leaves one to be called at."""
    digits = OTHER_PHONE.number.removeprefix("+1")
    return {
        "steps": [
            *sends_message(language, speech)["steps"][:-1],
            {"playing": "/report_number_is.", "press": "#"},
            {"played": "/callback_offer.", "press": f"{digits}#"},
            {"played": "/callback_keys.", "press": "1"},
            {"playing": "/callback_is_kept.", "hangup": True},
        ]
    }


def returns(language: str, number: str, pin: str, speech: str) -> Script:
    """Returns with number and PIN, hears what was left, says more, and hangs up."""
    return {
        "steps": [
            *chooses(language),
            {"played": "/menu_return.", "press": "3"},
            {"played": "/return_number.", "press": f"{number}#"},
            {"played": "/return_pin.", "press": f"{pin}#"},
            {"played": "/return_more.", "press": "1"},
            {"beep": True, "say": speech},
            {"after_s": 0.5, "press": "#"},
            {"playing": "/goodbye.", "hangup": True},
        ]
    }


def receipt(prompts: Sequence[str]) -> tuple[str, str]:
    """Number and PIN as a phone has heard them read out: the digits behind their prompts.

    Raises ValueError where they were not.
    """

    def behind(name: str) -> str:
        digits = []
        for prompt in prompts[prompts.index(name) + 1 :]:
            if not prompt.startswith("digit_"):
                break
            digits.append(prompt.removeprefix("digit_"))
        return "".join(digits)

    return behind("report_number_is"), behind("pin_is")


def hangs_up_speaking(language: str, speech: str) -> Script:
    """Hangs up in the middle of the message."""
    return {
        "steps": [
            *chooses(language),
            {"played": "/menu_message.", "press": "2"},
            {"beep": True, "say": speech},
            {"after_s": 0.3, "hangup": True},
        ]
    }


def speaks_now(language: str, speech: str) -> Script:
    """Wants a person, says a few words, waits, and once connected sends a tone and hangs up."""
    tone = {"hz": CALLER_TONE_HZ, "seconds": TONE_S}
    return {
        "steps": [
            *chooses(language),
            {"played": "/menu_speak.", "press": "1"},
            {"beep": True, "say": speech},
            {"after_s": 0.5, "press": "#"},
            {"bridged": True, "say_tone": tone, "timeout_s": WAITS_S},
            {"after_s": 2.0, "hangup": True},
        ]
    }


def speaks_to_two(language: str, speech: str) -> Script:
    """The same; when the first one has dropped off, stays, and talks to the second one."""
    first = speaks_now(language, speech)["steps"][:-1]
    tone = {"hz": CALLER_TONE_HZ, "seconds": TONE_S}
    return {
        "steps": [
            *first,
            {"playing": "/other_left.", "note": "stays on the line"},
            {"bridged": True, "say_tone": tone},
            {"after_s": 2.0, "hangup": True},
        ]
    }


def speaks_and_is_handed_over(language: str, speech: str) -> Script:
    """The same; greets the colleague who comes, and goes on talking when the first one is gone."""
    first = speaks_now(language, speech)["steps"][:-1]
    tone = {"hz": CALLER_TONE_HZ, "seconds": TONE_S}
    return {
        "steps": [
            *first,
            {"bridged": True, "note": "is with the counselor again"},
            {"hears_speech_s": 1.0, "note": "hears the colleague"},
            {"after_s": TONE_S, "say_tone": tone},
            {"after_s": 8.0, "say_tone": tone},
            {"after_s": 2.0, "hangup": True},
        ]
    }


def says_nothing() -> Script:
    """Presses no key and says no word; once connected stays a little and hangs up."""
    return {
        "steps": [
            {"bridged": True, "wait_s": 6.0, "timeout_s": 300.0},
            {"after_s": 0.1, "hangup": True},
        ]
    }
