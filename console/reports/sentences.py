"""The timeline in plain sentences: one per kind that the core writes. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console import names

NameOf = Callable[[str | None], str]

# Said better by another event of the same moment.
HIDDEN = frozenset(
    {
        *("recording_began", "attempt_intended", "attempt_ringing", "dispatch_taken"),
        *("key", "language_chosen", "parked"),
    }
)

ALARM = {
    "nobody_took_it": "nobody has taken it",
    "audio_unusable": "a message cannot be played",
    "not_transcribed": "a message has no transcript and must be heard",
    "auditor_found": "the auditor found something that dispatch has left lying",
    "auditor_silent": "the auditor does not answer; see whether its process runs",
    "dispatcher_silent": "no dispatcher answers; callers are rung in degraded mode",
    "check_in_unanswered": "whoever’s shift begins did not answer the check-in call",
    "illegal_move": "the dispatcher met a state that cannot be; see its log",
}

FAILING = "failing_"
"""Begins the reason of an alarm about the hotline itself; the kind of the task follows."""

_SENTENCES = {
    "spoken_language": "The spoken language may be {language}.",
    "call_began": "Someone called and chose {language}.",
    "wants_to_speak": "They want to speak to a person now.",
    "message_received": "They left a message.",
    "message_discarded": "They chose to say it again.",
    "stray_recording": "A recording came that belonged to no message; it was kept as one.",
    "report_sent": "The report was received.",
    "caller_left": "The caller hung up.",
    "returned": "The caller came back with the PIN.",
    "crisis_line": "The caller chose the crisis line.",
    "bridged": "The caller and {responder} were connected.",
    "bridge_ended": "The connection to the caller ended.",
    "audio_stored": "The recording was stored here.",
    "carrier_copy_deleted": "The carrier’s copy was deleted.",
    "audio_unusable": "A message’s recording cannot be used.",
    "transcribed": "The words were ready.",
    "not_transcribed": "The words could not be made out; a person must listen.",
    "triaged": "Triage: {category}, {urgency}.",
    "dispatch_started": "The search for a person began.",
    "attempt_placed": "We rang {responder}.",
    "attempt_screening": "The phone of {responder} was picked up.",
    "heard_words": "{responder} heard what was said.",
    "attempt_taken": "{responder} pressed 1 and took it.",
    "attempt_declined": "{responder} passed.",
    "attempt_unanswered": "{responder} did not answer.",
    "attempt_busy": "{responder} was busy.",
    "attempt_failed": "{responder} could not be rung.",
    "attempt_machine": "A voicemail answered for {responder}.",
    "attempt_cancelled": "We stopped ringing {responder}.",
    "attempt_lost": "The network never told what became of the call to {responder}.",
    "attempt_joined": "{responder} joined the call.",
    "attempt_left": "{responder} is no longer with the caller.",
    "invited": "Whoever has it asked for {invited}.",
    "nobody_to_invite": "Nobody could be rung for that.",
    "caller_on_hold": "The caller was asked to wait for a moment.",
    "call_ended": "{responder} ended the call.",
    "wrong_code": "A wrong code was entered on the phone of {responder}.",
    "policy_raised": "The words made it more urgent: the policy “{policy}” took over.",
    "search_withdrawn": "{by} ended the search.",
    "late_acceptance": "{responder} pressed 1 too, and heard that a colleague has it.",
    "target_skipped": "{who} was passed over: {why}.",
    "dispatch_exhausted": "Everybody was asked and nobody took it.",
    "dispatch_withdrawn": "The caller left without a word; the search ended.",
    "dispatch_reopened": "The person left while the caller stayed; the search went on.",
    "alarm_raised": "An alarm was raised: {alarm}.",
    "alarm_acknowledged": "{by} answered for the alarm.",
    "reviewed": "{by} reviewed it.",
    "assigned": "{by} gave it to {to}.",
    "assigned_to_oneself": "{by} looks after it now.",
    "assigned_to_nobody": "{by} took it from whoever looked after it.",
}

_SKIPPED = {
    "not_in_roster": "not in the roster",
    "nobody_on_call": "nobody is on call there",
    "ringing_already": "their phone rings already",
    "asked_before": "asked before",
    "busy": "on another call",
}
_INVITED = {"add": "law enforcement", "relieve": "a colleague to take over"}

_SHAPES = {
    "call_began": "caller",
    "attempt_taken": "taken",
    "attempt_declined": "tried",
    "attempt_unanswered": "tried",
    "attempt_busy": "tried",
    "attempt_failed": "tried",
    "attempt_machine": "tried",
    "attempt_cancelled": "tried",
    "attempt_lost": "tried",
    "dispatch_exhausted": "tried",
    "alarm_raised": "alarm",
}


@dataclass(frozen=True)
class Sentence:
    """One entry of the timeline; `shape` is the `data-s` of the style sheet."""

    shape: str
    text: str


def sentence(
    kind: str, detail: Mapping[str, Any], name_of: NameOf, languages: Mapping[str, str]
) -> Sentence | None:
    """What an event says; None for one that is told elsewhere. An unknown kind shows its words."""
    if kind in HIDDEN:
        return None
    pattern = _SENTENCES.get(_told_as(kind, detail), f"{names.plain(kind).capitalize()}.")
    text = pattern.format(**_words(detail, name_of, languages))
    return Sentence(_SHAPES.get(kind, "note"), text[:1].upper() + text[1:])


def _told_as(kind: str, detail: Mapping[str, Any]) -> str:
    if kind != "assigned":
        return kind
    if detail.get("to") is None:
        return "assigned_to_nobody"
    return "assigned_to_oneself" if detail["to"] == detail.get("by") else kind


def alarm(reason: str) -> str:
    """Why an alarm is open, as the end of a sentence."""
    if reason.startswith(FAILING):
        step = names.plain(reason.removeprefix(FAILING))
        return f"a step of the hotline keeps failing ({step}); see the dispatcher’s log"
    return ALARM.get(reason, names.plain(reason))


def _words(
    detail: Mapping[str, Any], name_of: NameOf, languages: Mapping[str, str]
) -> dict[str, str]:
    code = str(detail.get("language", ""))
    return {
        "language": languages.get(code, code or "a language"),
        "responder": name_of(detail.get("responder")),
        "by": name_of(detail.get("by")),
        "to": name_of(detail.get("to")),
        "alarm": alarm(str(detail.get("reason", ""))),
        "category": names.category(str(detail.get("category", "unsorted"))).lower(),
        "who": name_of(detail.get("who")),
        "why": _SKIPPED.get(str(detail.get("why", "")), "not in the roster"),
        "invited": _INVITED.get(str(detail.get("role", "")), "another person"),
        "policy": str(detail.get("policy", "")),
        "urgency": names.urgency(str(detail.get("urgency", "urgent")))[1].lower(),
    }
