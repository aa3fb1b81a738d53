"""What happened, as calm sentences: events of the telephone lines and of the report. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotline.demo.cast import CALLER, EVERYBODY, NORTH_POLICE, OTHER_PHONE, SECOND_CALLER
from hotline.demo.outcome import Happened

HOTLINE, BACKSTAGE = "Hotline", "Backstage"
CALLERS = (CALLER, SECOND_CALLER)
NAMES = {CALLER: "Caller", SECOND_CALLER: "Second caller"}
NAMES |= {p.number: p.name for p in (*EVERYBODY, OTHER_PHONE, NORTH_POLICE)}
BY_HANDLE = {p.handle: p.name for p in EVERYBODY}
_PROMPT = re.compile(r"/voice/prompts/[^/]+/([a-z0-9_]+)\.")

STEP, DONE, ALERT = "○", "✓", "!"

HEARS = {
    "offer_language": "is offered the languages",
    "danger": "hears the danger line and what we promise",
    "menu_speak": "hears the menu",
    "no_key_heard": "hears that no key is needed",
    "opening_question": "is asked what is happening, in a few words",
    "message_instructions": "is asked to speak after the tone",
    "message_empty": "is asked to try again",
    "parked_1": "waits; hears that we are calling somebody",
    "parked_2": "waits; hears that we are still calling",
    "connecting": "hears that somebody is there",
    "other_left": "hears that the other person has left",
    "degraded_first": "hears that they will hear it ring",
    "degraded_next": "hears that the next person is called",
    "nobody_free": "hears that nobody is free, and is asked for a message",
    "review_send": "may send, listen, or say it again",
    "listen_intro": "listens back to the message",
    "sent": "hears that the message was sent",
    "report_number_is": "hears the report number and the PIN",
    "receipt_repeat": "hears them once more",
    "goodbye": "hears goodbye",
    "technical": "hears that something is not working",
    "screening_intro": "hears what it is about",
    "heard_intro": "hears what was said",
    "responder_not_understood": "is asked for a key once more",
    "responder_no_key": "hears that the next person is called",
    "taken": "hears that the report is theirs",
    "taken_live": "hears that they will talk to the caller",
    "late": "hears that a colleague has it",
    "withdrawn": "hears that it was withdrawn",
    "passed": "hears that the next person is called",
    "caller_left": "hears that the caller has left",
    "call_ended": "hears that the call ends now",
    "screening_add": "is asked to join a colleague",
    "screening_relieve": "is asked to take over from a colleague",
    "screening_said_more": "hears that the caller has said more",
    "screening_pin": "is asked for their code",
    "joined_live": "hears that they will join the call",
    "star_waiting": "hears what can be done from the bridge",
    "star_adding": "hears that law enforcement is called",
    "star_handing_over": "hears that a colleague is called",
    "star_nobody": "hears that nobody else can be reached",
    "star_ended": "hears that the call is ended",
    "handed_over": "hears that the colleague has it now",
    "call_over": "hears that the call is over",
    "callback_offer": "may leave a number to be called back at",
    "callback_heard": "hears the number read back",
    "callback_is_kept": "hears that the number is kept until it is used",
    "delivery_intro": "hears who calls, and nothing of the report",
    "delivery_keys": "is asked to confirm it",
    "delivery_confirmed": "hears that it is written down",
    "callback_intro": "hears whose report it is that they call back for",
    "callback_ringing": "hears that the caller is called",
    "callback_unanswered": "hears that nobody took the call",
    "callback_over": "hears that the caller has hung up",
    "callee_intro": "hears that this is the call they asked for, and nothing else",
    "callee_joining": "hears that somebody is there",
    "alarm_intro": "hears the alarm",
    "alarm_acknowledged": "hears that the alarm is acknowledged",
}

_OUTCOMES = {
    "attempt_placed": (STEP, "rings {responder}"),
    "attempt_ringing": (STEP, "rings {responder}"),
    "attempt_taken": (DONE, "{responder} has taken it"),
    "attempt_joined": (DONE, "{responder} has joined"),
    "attempt_left": (STEP, "{responder} does not have it any more"),
    "invited": (STEP, "somebody else is asked to come"),
    "returned": (STEP, "the caller is back, with number and PIN"),
    "reply_left": (STEP, "a supervisor has left a question for the caller"),
    "reply_heard": (DONE, "the caller has heard it"),
    "said_more": (STEP, "the caller has said more"),
    "delivery_asked": (STEP, "life-safety: delivered to a recipient outside, at once"),
    "delivery_rung": (STEP, "rings the recipient"),
    "delivery_heard": (DONE, "the recipient pressed 1 and hears it"),
    "delivery_mailed": (DONE, "the recipient is mailed that something waits"),
    "delivery_acknowledged": (DONE, "the recipient has confirmed it"),
    "delivery_unreached": (ALERT, "the recipient has not confirmed it"),
    "callback_left": (DONE, "a number to be called back at is kept, sealed"),
    "callback_asked": (STEP, "somebody calls the caller back"),
    "callback_rung": (STEP, "rings the number that was left"),
    "callback_answered": (DONE, "1 was pressed there"),
    "callback_ended": (DONE, "the call back is over: {outcome}"),
    "callback_gone": (DONE, "the number is deleted: {why}"),
    "closed": (DONE, "the report is closed: {disposition}"),
    "attempt_declined": (STEP, "{responder} passed"),
    "attempt_unanswered": (STEP, "{responder} did not answer"),
    "attempt_busy": (STEP, "{responder} was busy"),
    "attempt_failed": (STEP, "{responder} could not be rung"),
    "attempt_machine": (STEP, "a voicemail box answered for {responder}: not an answer"),
    "attempt_cancelled": (STEP, "stopped ringing {responder}"),
    "attempt_lost": (STEP, "the network never told about {responder}"),
    "wants_to_speak": (STEP, "the caller wants to speak to a person"),
    "message_received": (DONE, "the message is received"),
    "audio_stored": (DONE, "the recording is stored here, encrypted"),
    "carrier_copy_deleted": (DONE, "the carrier's copy is deleted"),
    "transcribed": (DONE, "the words are written down (Vosk, on this machine)"),
    "spoken_language": (STEP, "the spoken language may be another one"),
    "not_transcribed": (ALERT, "the words could not be made out; a person must listen"),
    "audio_unusable": (ALERT, "the recording cannot be used; a person must listen"),
    "triaged": (DONE, "triage: {category}, {urgency}"),
    "dispatch_started": (STEP, "looks for somebody who takes it"),
    "dispatch_exhausted": (ALERT, "everybody was asked, nobody took it"),
    "dispatch_withdrawn": (STEP, "the caller left without a word; the search ends"),
    "dispatch_reopened": (STEP, "the search goes on"),
    "alarm_raised": (ALERT, "the alarm is raised"),
    "alarm_acknowledged": (DONE, "{by} has answered for the alarm"),
    "late_acceptance": (STEP, "{responder} pressed 1 too late"),
}


@dataclass(frozen=True)
class Line:
    """One line of the live timeline; `wall` orders it."""

    wall: datetime
    sign: str
    who: str
    what: str
    source: str
    kind: str


def of_journal(entry: Mapping[str, Any], spoken: Mapping[str, str]) -> Line | None:
    """A line for an event of the switch; None for what is not worth one.

    `spoken`: name of a sound file -> what is said in it.
    """
    found = _journal(entry, spoken)
    who = NAMES.get(str(entry.get("number")))
    if found is None or who is None:
        return None
    sign, what = found
    wall = datetime.fromisoformat(entry["wall"])
    return Line(wall, sign, who, what, "line", str(entry["event"]))


def _journal(entry: Mapping[str, Any], spoken: Mapping[str, str]) -> tuple[str, str] | None:
    match entry["event"]:
        case "dialed" if entry.get("number") in CALLERS:
            return STEP, "dials the hotline"
        case "answered" if entry.get("number") not in CALLERS:
            return STEP, "picks up"
        case "playing":
            found = _PROMPT.search(str(entry.get("url")))
            heard = HEARS.get(found.group(1)) if found else None
            return (STEP, heard) if heard else None
        case "key":
            return STEP, f"presses {entry.get('digit')}"
        case "said":
            return STEP, _said(str(entry.get("file")), spoken)
        case "bridged":
            return DONE, "is connected"
        case "recording_ended" | "stream_ended":
            return STEP, f"the recording ends ({float(entry.get('duration_s') or 0):.0f} s)"
        case "stream_error":
            return ALERT, "the stream broke; the carrier records instead"
        case "hangup" if entry.get("by") == "phone" and entry.get("cause") == "completed":
            return STEP, "hangs up"
        case "error" | "cue_timeout":
            return ALERT, f"trouble on the line ({entry.get('code') or entry.get('cue') or '?'})"
    return None


def prompt_of(entry: Mapping[str, Any]) -> str | None:
    """The name of the prompt that an event of the switch tells the beginning of."""
    found = _PROMPT.search(str(entry.get("url"))) if entry["event"] == "playing" else None
    return found.group(1) if found else None


def _said(name: str, spoken: Mapping[str, str]) -> str:
    return f"says: “{spoken[name]}”" if spoken.get(name) else f"sends {name}"


def of_timeline(event: Happened) -> Line | None:
    """A line for an event of the report; None for what the lines have told already."""
    found = _OUTCOMES.get(event.kind)
    if found is None:
        return None
    sign, pattern = found
    words = {key: BY_HANDLE.get(str(value), value) for key, value in event.detail.items()}
    what = pattern.format_map(_Blank(words))
    return Line(event.at, sign, HOTLINE, what, "hotline", event.kind)


def of_direction(sentence: str, now: datetime) -> Line:
    """A line for what is done behind the stage."""
    return Line(now, ALERT, BACKSTAGE, sentence, "stage", "direction")


def rank(line: Line) -> int:
    """Order of what happened at the same moment: a phone, then its attempt, then what follows."""
    order = ("attempt_", "dispatch_", "alarm_")
    return next((n for n, word in enumerate(order, 1) if line.kind.startswith(word)), 0)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "somebody"
