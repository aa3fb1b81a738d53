"""One report: who has it, its sound and words, why it is urgent, what happened."""

from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from console import content_policy, guard, names, scope, times
from console.casework import asked, shown, wording
from console.context import runtime, signed_in
from console.reports import fate, sentences, words
from console.reports.cases import Case, Names, load
from console.reports.listing import direction
from console.routes import Route
from console.text import gettext
from hotline.people.permissions import Action, may
from hotline.reports import timeline
from hotline.reports.model import (
    AudioState,
    Message,
    MessageKind,
    TimelineEvent,
)

TITLES = {
    MessageKind.OPENING: "First words",
    MessageKind.MESSAGE: "Message",
    MessageKind.ADDITION: "Said on a later call",
}


@dataclass(frozen=True)
class Heard:
    """One message as the page shows it. `lines` is empty and `spoken` false without transcript."""

    id: str
    title: str
    facts: str
    playable: bool
    audio_problem: str | None
    spoken: bool
    lines: tuple[words.Line, ...]
    language: str
    direction: str


@dataclass(frozen=True)
class Happened:
    """One entry of "What happened". step: folded away with every step."""

    at: str
    full: str
    iso: str
    shape: str
    text: str
    step: bool


@guard.allows(Action.READ_REPORTS)
def report(report_id: str) -> Response:
    """The page of one report. 404 for an unknown id."""
    return show(report_id)


def show(report_id: str, given: asked.Asked = asked.NOTHING) -> Response:
    """The page, with what was asked of it and could not be done. 404 for an unknown id."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        row = scope.report_or_404(session, report_id)
        people = Names(session, runtime().vault)
        case = load(session, runtime().vault, people, [row])[0]
        events = timeline.read(session, report_id)
        desk = shown.read(session, case, people, given)
        guard.audited(session, "report.opened", f"report:{report_id}")
    page = render_template(
        "reports/report.html",
        case=case,
        report=row,
        urgency_of=names.urgency(row.urgency),
        category=names.category(row.category),
        language=_language(row.language),
        fate=fate.fate(case).value,
        in_words=fate.in_words(case, people.of),
        stops=fate.line(case, people.of, now),
        holder=_holder(case, people),
        messages=[_heard(case, message) for message in case.messages],
        reasons=[_reason(case, reason) for reason in case.reasons],
        events=[_happened(case, e, people) for e in events],
        since=[_happened(case, e, people) for e in desk.since],
        desk=desk,
        name_of=people.of,
        wording=wording,
        times=times,
        now=now,
    )
    if may(signed_in().account.role, Action.REPLY):
        content_policy.use_microphone()
    return make_response(page, given.status)


def _holder(case: Case, people: Names) -> str:
    who, desk = fate.taker(case), fate.at_desk(case)
    return people.of(who.responder_id if who else desk) if who or desk else gettext("nobody yet")


def _heard(case: Case, message: Message) -> Heard:
    spoken = case.transcript(message.id)
    language = spoken.language if spoken else case.report.language
    reasons = [r for r in case.reasons if r.message_id == message.id]
    facts = [_spoken_language(case, language), times.moment(message.sent_at or message.created_at)]
    if message.duration_s is not None:
        facts.append(times.lasted(message.duration_s))
    return Heard(
        id=message.id,
        title=TITLES[message.kind],
        facts=", ".join(facts),
        playable=message.audio is AudioState.STORED and case.readable,
        audio_problem=_audio_problem(message),
        spoken=spoken is not None,
        lines=words.lines(spoken.words, reasons) if spoken else (),
        language=language,
        direction=direction(language),
    )


def _spoken_language(case: Case, language: str) -> str:
    if language == case.report.language:
        return _language(language)
    return f"spoken language may be {_language(language)}"


def _audio_problem(message: Message) -> str | None:
    match message.audio:
        case AudioState.AWAITED:
            return "The recording is still on its way here."
        case AudioState.UNUSABLE:
            return "The recording cannot be played. Ask whoever took the report what was said."
        case _:
            return None


def _reason(case: Case, reason: words.Reason) -> dict[str, str]:
    spoken = case.transcript(reason.message_id)
    language = spoken.language if spoken else case.report.language
    level = names.urgency(reason.urgency)[1].lower()
    return {
        "letter": reason.letter,
        "phrase": reason.phrase,
        "language": language,
        "direction": direction(language),
        "means": f"{names.category(reason.category)}, {level}",
    }


def _happened(case: Case, event: TimelineEvent, people: Names) -> Happened:
    detail = _whose(case, event)
    languages = {code: lang.english_name for code, lang in runtime().languages.items()}
    told = sentences.sentence(event.kind, detail, people.of, languages)
    return Happened(
        times.clock(event.at),
        times.moment(event.at),
        event.at.isoformat(),
        told.shape,
        told.text,
        told.step,
    )


def _whose(case: Case, event: TimelineEvent) -> dict[str, Any]:
    """The event's detail, with the responder where it names only the attempt."""
    asked = {a.id: a.responder_id for a in case.attempts}
    return {"responder": asked.get(event.detail.get("attempt", "")), **event.detail}


def _language(code: str) -> str:
    known = runtime().languages.get(code)
    return known.english_name if known else code


ROUTES = (Route("/reports/<report_id>", "report", report),)
