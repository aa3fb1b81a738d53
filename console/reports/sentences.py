"""The timeline in plain sentences: one for every kind of event that is ever written.

Those in STEPS are steps on the way to another event, which tells more: a page folds them away.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console import names
from console.casework import wording
from console.text import lazy_gettext as _l

NameOf = Callable[[str | None], str]

STEPS = frozenset(
    {
        *("recording_began", "attempt_intended", "attempt_ringing", "dispatch_taken"),
        *("key", "parked", "stream_lost"),
    }
)

ALARM = {
    "nobody_took_it": _l("nobody has taken it"),
    "audio_unusable": _l("a message cannot be played"),
    "not_transcribed": _l("a message has no transcript and must be heard"),
    "auditor_found": _l("the auditor found something that dispatch has left lying"),
    "auditor_silent": _l("the auditor does not answer; see whether its process runs"),
    "dispatcher_silent": _l("no dispatcher answers; callers are rung in degraded mode"),
    "backup_old": _l("the newest backup is more than 26 hours old; see Health"),
    "check_in_unanswered": _l("whoever’s shift begins did not answer the check-in call"),
    "unread": _l("a report that was taken together with others has been read by nobody"),
    "words_wait": _l("the caller has said more, and whoever has it talks on"),
    "not_delivered": _l("nobody to whom it was delivered has confirmed it"),
    "glass_broken": _l("two administrators asked the carrier for the caller’s number"),
    "line_unreachable": _l("the hotline cannot reach itself by telephone; perhaps nobody can"),
    "illegal_move": _l("the dispatcher met a state that cannot be; see its log"),
}

FAILING = "failing_"
"""Begins the reason of an alarm about the hotline itself; the kind of the task follows."""

_CALLER = {
    "call_began": _l("Someone called and chose %(language)s."),
    "writing_began": _l("Someone wrote to the web door, in %(language)s."),
    "texting_began": _l("Someone wrote a text message, in %(language)s."),
    "texted_in_crowd": _l("Many text messages came in at that time."),
    "text_stopped": _l("Whoever wrote the texts sent STOP: nothing can be sent there any more."),
    "text_number_gone": _l("The number to answer by text was deleted: %(text_gone)s."),
    "text_sent": _l("A text was sent to whoever had written."),
    "text_not_sent": _l("A text to whoever had written was not sent: %(unsent)s."),
    "written_in_crowd": _l("Many reports came in; a question was answered before this one."),
    "spoken_language": _l("The spoken language may be %(language)s."),
    "wants_to_speak": _l("They want to speak to a person now."),
    "key": _l("The caller pressed %(key)s."),
    "recording_began": _l("The caller was asked to speak."),
    "message_received": _l("They left a message."),
    "message_discarded": _l("They chose to say it again."),
    "stray_recording": _l("A recording came that belonged to no message; it was kept as one."),
    "stream_lost": _l("The sound broke off on its way here; the network recorded the rest."),
    "report_sent": _l("The report was received."),
    "parked": _l("The caller waited for a person."),
    "caller_left": _l("The caller hung up."),
    "returned": _l("The caller came back with the PIN."),
    "crisis_line": _l("The caller chose the crisis line."),
    "opened_by_words": _l("The caller said more, so it was opened again."),
    "said_more": _l("The caller has said more since somebody took it."),
    "reply_heard": _l("The caller heard or read the reply."),
    "callback_left": _l("The caller left a number to be called back at."),
    "callback_answered": _l("Whoever picked up at that number pressed 1."),
    "callback_gone": _l("The number to be called back at was deleted: %(gone)s."),
}
_WORDS = {
    "audio_stored": _l("The recording was stored here."),
    "carrier_copy_deleted": _l("The carrier’s copy was deleted."),
    "sealed": _l("The sound and the full words were sealed to the supervisors."),
    "audio_unusable": _l("A message’s recording cannot be used."),
    "transcribed": _l("The words were ready."),
    "not_transcribed": _l("The words could not be made out; a person must listen."),
    "triaged": _l("Triage: %(category)s, %(urgency)s."),
    "policy_raised": _l("The words made it more urgent: the policy “%(policy)s” took over."),
}
_IN_THE_BROWSER = {
    "attempt_placed": _l("We rang %(responder)s in the browser."),
    "attempt_ringing": _l("The browser of %(responder)s rang."),
    "attempt_screening": _l("%(responder)s answered in the browser."),
    "attempt_taken": _l("%(responder)s pressed 1 in the browser and took it."),
    "attempt_declined": _l("%(responder)s passed in the browser."),
    "attempt_unanswered": _l("%(responder)s did not answer in the browser; the phone is next."),
    "attempt_failed": _l("The browser of %(responder)s was not there; the phone is next."),
    "attempt_machine": _l("No key came in the browser of %(responder)s; the phone is next."),
    "attempt_lost": _l("Nothing came of ringing %(responder)s in the browser; the phone is next."),
}
_DISPATCH = {
    "dispatch_started": _l("The search for a person began."),
    "attempt_intended": _l("It was the turn of %(responder)s."),
    "attempt_placed": _l("We rang %(responder)s."),
    "attempt_ringing": _l("The phone of %(responder)s rang."),
    "attempt_screening": _l("The phone of %(responder)s was picked up."),
    "heard_words": _l("%(responder)s heard what was said."),
    "attempt_taken": _l("%(responder)s pressed 1 and took it."),
    "attempt_declined": _l("%(responder)s passed."),
    "attempt_unanswered": _l("%(responder)s did not answer."),
    "attempt_busy": _l("%(responder)s was busy."),
    "attempt_failed": _l("%(responder)s could not be rung."),
    "attempt_machine": _l("A voicemail answered for %(responder)s."),
    "attempt_cancelled": _l("We stopped ringing %(responder)s."),
    "attempt_lost": _l("The network never told what became of the call to %(responder)s."),
    "attempt_joined": _l("%(responder)s joined the call."),
    "attempt_left": _l("%(responder)s is no longer with the caller."),
    "dispatch_taken": _l("The search was over: somebody has it."),
    "taken_at_desk": _l("%(by)s took it at the desk; nobody else is rung."),
    "taken_with": _l("%(responder)s took it together with another one about the same."),
    "to_owner_first": _l("%(responder)s has the incident, and is rung first."),
    "bridged": _l("The caller was connected to whoever took it."),
    "bridge_ended": _l("The connection to the caller ended."),
    "invited": _l("Whoever has it asked for %(invited)s."),
    "nobody_to_invite": _l("Nobody could be rung for that."),
    "caller_on_hold": _l("The caller was asked to wait for a moment."),
    "call_ended": _l("%(responder)s ended the call."),
    "wrong_code": _l("A wrong code was entered on the phone of %(responder)s."),
    "search_withdrawn": _l("%(by)s ended the search."),
    "late_acceptance": _l("%(responder)s pressed 1 too, and heard that a colleague has it."),
    "target_skipped": _l("%(who)s was passed over: %(why)s."),
    "dispatch_exhausted": _l("Everybody was asked and nobody took it."),
    "dispatch_withdrawn": _l("The search for a person ended."),
    "dispatch_reopened": _l("Nobody had it any more; the search went on."),
    "callback_five": _l("%(responder)s pressed 5 to call the caller back."),
    "callback_accepted": _l("%(responder)s pressed 1 to call the caller back."),
    "callback_rung": _l("We rang the number that the caller had left."),
    "callback_ended": _l("The call back ended: %(ended)s."),
    "delivery_asked": _l("It is delivered to %(party)s at once, as life-safety is."),
    "delivery_rung": _l("We rang %(party)s to deliver it."),
    "delivery_heard": _l("%(party)s pressed 1 and heard it."),
    "delivery_mailed": _l("%(party)s was mailed that it waits for them."),
    "delivery_not_mailed": _l("%(party)s could not be mailed."),
    "delivery_acknowledged": _l("%(party)s confirmed that they have it."),
    "delivery_unreached": _l("Nobody at %(party)s has confirmed it."),
    "delivery_stopped": _l("It is delivered to %(party)s no more: the report was closed."),
    "outcome_reminded": _l("Somebody was reminded that its outcome is late."),
    "alarm_raised": _l("An alarm was raised: %(alarm)s."),
    "alarm_acknowledged": _l("%(by)s answered for the alarm."),
}
_PEOPLE = {
    "telephone_blocked": _l("%(by)s blocked the caller’s telephone for the rest of the day."),
    "telephone_unblocked": _l("%(by)s let the caller’s telephone ring people again."),
    "reviewed": _l("%(by)s reviewed it."),
    "words_read": _l("%(by)s read what the caller has said since."),
    "revealed": _l("%(by)s saw what is masked: %(reveal)s."),
    "words_corrected": _l("%(by)s corrected words of a message."),
    "correction_undone": _l("%(by)s took a correction of its words back."),
    "note_added": _l("%(by)s wrote a note."),
    "category_set": _l("%(by)s sorted it as: %(category)s."),
    "urgency_raised": _l("%(by)s raised it: %(urgency)s."),
    "urgency_lowered": _l("%(by)s lowered it: %(urgency)s. Why: %(lowering)s."),
    "assigned": _l("%(by)s gave it to %(to)s."),
    "callback_asked": _l("%(by)s asked to call the caller back."),
    "reply_left": _l("%(by)s left a reply for the caller."),
    "disclosed": _l("%(by)s wrote down that it was shared with %(recipient)s: %(parts)s."),
    "closed": _l("%(by)s closed it: %(disposition)s"),
    "reopened": _l("%(by)s opened it again."),
    "held": _l("%(by)s put a legal hold on it: %(hold)s."),
    "released": _l("%(by)s lifted the legal hold: %(hold)s."),
    "number_asked": _l("%(by)s asked for the caller’s number, from the carrier: %(glass)s."),
    "number_agreed": _l("%(by)s agreed to ask the carrier for the caller’s number."),
    "number_shown": _l("The carrier gave the caller’s number; %(by)s was shown it once."),
    "number_withheld": _l("The carrier has no number of the caller to give."),
    "number_over": _l("The call was over; the carrier gave no number."),
    "number_unanswered": _l("The carrier did not answer, and gave no number."),
    "incident_confirmed": _l("%(by)s said that it tells of the same as others."),
    "incident_rejected": _l("%(by)s said that it tells of something else than the others."),
    "incident_undone": _l("%(by)s took back what was said of it and the incident."),
    "duplicate_linked": _l("%(by)s linked it to another report that tells of the same."),
    "duplicate_unlinked": _l("%(by)s undid the link to the other report."),
    "facts_noted": _l("%(by)s filled in facts."),
    "school_set": _l("%(by)s set the school it is about."),
}
_BY_SOMEBODY = {
    "delivery_asked": _l("%(by)s had it delivered to %(party)s."),
    "delivery_acknowledged": _l("%(by)s wrote down that %(party)s has it."),
    "delivery_stopped": _l("%(by)s stopped its delivery to %(party)s."),
}
"""What is told otherwise where somebody did it in the console."""
_TAKES_IT = _l("%(by)s looks after it now.")
_NOBODYS = _l("%(by)s took it from whoever looked after it; nobody does now.")
SENTENCES = {**_CALLER, **_WORDS, **_DISPATCH, **_PEOPLE}

_SKIPPED = {
    "not_in_roster": _l("not in the roster"),
    "nobody_on_call": _l("nobody is on call there"),
    "ringing_already": _l("their phone rings already"),
    "asked_before": _l("asked before"),
    "busy": _l("on another call"),
    "off_duty": _l("on break or off duty"),
}
_GONE = {
    "replaced": _l("the caller left another one"),
    "withdrawn": _l("the caller wished it"),
    "used": _l("it was used"),
    "declined": _l("whoever picked up had asked for no call"),
    "tries": _l("it was rung often enough"),
    "time": _l("its time was over"),
    "closed": _l("the report was closed"),
}
_TEXT_GONE = {
    "stopped": _l("STOP was sent"),
    "time": _l("nothing was written for days"),
    "closed": _l("the report was closed"),
}
_UNSENT = {
    "gone": _l("no number is kept any more"),
    "refused": _l("the telephone network refused it"),
    "tries": _l("the telephone network did not take it"),
}
_ENDED = {
    "spoke": _l("they spoke"),
    "unanswered": _l("nobody took the call, and nothing was left there"),
    "declined": _l("whoever picked up had asked for no call"),
    "not_taken": _l("1 was not pressed on the responder’s own phone"),
    "stopped": _l("the responder hung up before"),
    "not_rung": _l("the number could not be rung"),
}
REVEAL = {
    "identify_caller_at_risk": _l("a caller at risk has to be found"),
    "give_to_responder": _l("a responder needs it"),
    "check_transcript": _l("the transcript was checked"),
    "legal_request": _l("the law asks for it"),
}
"""Why somebody may see what is masked; the key is kept, in the audit and on the timeline."""

_INVITED = {"add": _l("law enforcement"), "relieve": _l("a colleague to take over")}

_SHAPES = {
    "call_began": "caller",
    "attempt_taken": "taken",
    "taken_at_desk": "taken",
    "taken_with": "taken",
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
    """One entry of the timeline; `shape` is the `data-s` of the style sheet. step: folded away."""

    shape: str
    text: str
    step: bool


def sentence(
    kind: str, detail: Mapping[str, Any], name_of: NameOf, languages: Mapping[str, str]
) -> Sentence:
    """What an event says. An unknown kind shows its words."""
    pattern = str(_pattern(kind, detail))
    text = pattern % _words(detail, name_of, languages)
    return Sentence(_SHAPES.get(kind, "note"), text[:1].upper() + text[1:], kind in STEPS)


def _pattern(kind: str, detail: Mapping[str, Any]) -> Any:
    if detail.get("where") == "browser" and kind in _IN_THE_BROWSER:
        return _IN_THE_BROWSER[kind]
    if kind == "assigned":
        to = detail.get("to")
        return _NOBODYS if to is None else _TAKES_IT if to == detail.get("by") else _PEOPLE[kind]
    if kind in _BY_SOMEBODY and "by" in detail:
        return _BY_SOMEBODY[kind]
    unknown = names.plain(kind).capitalize().replace("%", "%%")
    return SENTENCES.get(kind, f"{unknown}.")


def alarm(reason: str) -> str:
    """Why an alarm is open, as the end of a sentence."""
    if reason.startswith(FAILING):
        step = names.plain(reason.removeprefix(FAILING))
        failing = _l("a step of the hotline keeps failing (%(step)s); see the dispatcher’s log")
        return str(failing) % {"step": step}
    return str(ALARM.get(reason, names.plain(reason)))


def _words(
    detail: Mapping[str, Any], name_of: NameOf, languages: Mapping[str, str]
) -> dict[str, str]:
    code = str(detail.get("language", ""))
    return {
        "language": languages.get(code, code or str(_l("a language"))),
        "responder": name_of(detail.get("responder")),
        "by": name_of(detail.get("by")),
        "to": name_of(detail.get("to")),
        "party": name_of(detail.get("recipient")),
        "alarm": alarm(str(detail.get("reason", ""))),
        "category": names.category(str(detail.get("category", "unsorted"))).lower(),
        "who": name_of(detail.get("who")),
        "why": str(_SKIPPED.get(str(detail.get("why", "")), _SKIPPED["not_in_roster"])),
        "gone": str(_GONE.get(str(detail.get("why", "")), _GONE["time"])),
        "text_gone": str(_TEXT_GONE.get(str(detail.get("why", "")), _TEXT_GONE["time"])),
        "unsent": str(_UNSENT.get(str(detail.get("why", "")), _UNSENT["tries"])),
        "ended": str(_ENDED.get(str(detail.get("outcome", "")), _ENDED["stopped"])),
        "invited": str(_INVITED.get(str(detail.get("role", "")), _l("another person"))),
        "reveal": str(REVEAL.get(str(detail.get("reason", "")), _l("no reason is known"))),
        "policy": str(detail.get("policy", "")),
        "urgency": names.urgency(str(detail.get("urgency", "urgent")))[1].lower(),
        "key": str(detail.get("key", "")),
        **wording.of_event(detail),
    }
