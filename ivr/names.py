"""The names of all prompts: what every language file must hold.

A name is also the file name of a human recording that replaces the prompt.
"""

CATEGORIES = (
    "weapons",
    "attack_plan",
    "bomb",
    "suicide",
    "self_harm",
    "violence",
    "abuse",
    "sexual",
    "bullying",
    "threat",
    "drugs",
    "missing",
    "health",
    "crime",
    "unsorted",
)
"""Categories of a report that have a prompt of their own; others are spoken as unsorted."""

URGENCIES = ("life_safety", "urgent", "routine")

PARKED = ("parked_1", "parked_2", "parked_3", "parked_4")
"""What a waiting caller hears in turn."""

HOLD = "hold"
"""The one prompt that is not speech: a soft sound between two sentences (`ivr.hold`)."""

NUMBER, PIN, LISTENED, REPLIES, HEARD = "@number", "@pin", "@listened", "@replies", "@heard"
PLACE, RESOURCES, LEFT, NOTICE = "@place", "@resources", "@left", "@notice"
WORD_KEY = "@word_key"
"""What only this call says: its report number and PIN, the caller's own recording, the replies left
for the caller, the report spoken to a responder, the name of a school or district, who else can
help there, the number that a caller has entered to be called back at, what a supervisor has
callers told before the menu, the key that is asked for before a person is rung. The views put
sounds in their places."""

LANGUAGE_CHOICE = ("offer_language", "this_language")

CALLER = (
    *("danger", "recording_notice", "promise_anonymous", "promise_confidential"),
    *("menu_speak", "menu_message", "menu_return", "menu_crisis", "menu_repeat"),
    *("not_understood", "no_key_heard", "opening_question", "connecting", *PARKED),
    *("parked_danger", "parked_message", "other_left", "nobody_free", "call_ended"),
    *("degraded_first", "degraded_next"),
    *("crisis_connecting", "crisis_failed"),
    *("message_instructions", "message_again", "message_more", "message_empty"),
    *("recording_start", "recording_resume"),
    *("review_send", "review_listen", "review_again", "one_moment"),
    *("listen_intro", "listen_unavailable"),
    *("sent", "receipt_intro", "report_number_is", "pin_is", "receipt_repeat", "receipt_again"),
    *("goodbye", "technical", "technical_end"),
    *("return_number", "return_pin", "return_unknown", "return_failed", "return_locked"),
    *("status_waiting", "status_taken", "status_closed", "reply_intro", "reply_none"),
    *("return_more", "return_callback", "say_digits", "not_heard"),
    *("word_ask", "word_press", "word_say", "word_to_message", "blocked_ask"),
    *("menu_help", "help_intro", "help_keys"),
    *("callback_offer", "callback_refused", "callback_full", "callback_none"),
    *("callback_heard", "callback_keys", "callback_is_kept"),
    *("callback_kept", "callback_kept_keys", "callback_kept_delete", "callback_deleted"),
    *("callee_intro", "callee_joining", "callee_over", "callee_refused"),
)

RESPONDER = (
    *("screening_intro", "screening_live", "screening_report", "screening_message"),
    *("screening_written", "screening_keys", "screening_keys_live"),
    *("screening_pin", "screening_pin_wrong"),
    *("screening_add", "screening_relieve", "screening_said_more"),
    *("screening_place", "screening_words", "screening_more", "taken_incident"),
    *("heard_intro", "heard_none", "heard_end"),
    *("taken", "taken_live", "late", "withdrawn", "passed"),
    *("responder_not_understood", "responder_no_key", "responder_waiting", "caller_left"),
    *("joined_live", "handed_over", "call_over", "star_waiting", "star_keys", "star_back"),
    *("star_adding", "star_handing_over", "star_nobody", "star_ended"),
    *("alarm_intro", "alarm_unread", "alarm_of_line"),
    *("alarm_keys", "alarm_acknowledged", "alarm_late"),
    *("drill_intro", "check_in_intro", "check_keys", "check_confirmed", "check_no_key"),
    *("change_intro", "change_keys", "change_refused", "change_over"),
    *("callback_five", "callback_later", "callback_intro", "callback_call_keys"),
    *("callback_ringing", "callback_unanswered", "callback_declined", "callback_not_rung"),
    *("callback_stopped", "callback_over"),
    *("delivery_intro", "delivery_open", "delivery_keys", "delivery_confirmed"),
    *("delivery_not_confirmed", "delivery_over", "outcome_intro"),
)

SYNTHETIC = ("synthetic_words",)
"""What the hotline says when it calls itself, for its own transcription."""

AGO = ("ago_now", *(f"ago_minutes_{n}" for n in range(1, 11)), "ago_more")
DIGITS = tuple(f"digit_{n}" for n in range(10))


HEARD_BY_CALLERS = (*LANGUAGE_CHOICE, *CALLER, *DIGITS)
"""What callers may hear: without one of these a language cannot be offered."""


def required(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Every prompt a language file must hold when these languages are offered."""
    return (
        *LANGUAGE_CHOICE,
        *CALLER,
        *RESPONDER,
        *SYNTHETIC,
        *(f"category_{name}" for name in CATEGORIES),
        *(f"urgency_{name}" for name in URGENCIES),
        *(f"language_{code}" for code in languages),
        *AGO,
        *DIGITS,
    )


def digits(number: str) -> tuple[str, ...]:
    """The prompts that read a number digit by digit; anything but 0 to 9 is passed over."""
    return tuple(f"digit_{digit}" for digit in number if digit in "0123456789")


def category(name: str) -> str:
    """The prompt of a category; an unknown one is spoken as unsorted."""
    return f"category_{name}" if name in CATEGORIES else "category_unsorted"


def urgency(value: str) -> str:
    """The prompt of an urgency value such as `life-safety`; an unknown one counts as urgent."""
    name = value.replace("-", "_")
    return f"urgency_{name}" if name in URGENCIES else "urgency_urgent"


def ago(seconds: float) -> str:
    """The prompt for a time span since the report, rounded down to minutes."""
    minutes = int(max(seconds, 0) // 60)
    if minutes == 0:
        return "ago_now"
    return f"ago_minutes_{minutes}" if minutes <= 10 else "ago_more"
