"""One report: who has it, its sound and words, why it is urgent, what happened.

Personal data in the words is masked. Who may reveal it gives a reason and sees it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, names, scope, times
from console.context import masker, runtime, signed_in
from console.reports import fate, sentences, words
from console.reports.cases import Case, Names, load
from console.reports.listing import direction
from console.routes import Route
from hotline.people.permissions import Action
from hotline.privacy import redaction
from hotline.privacy.redaction import Masked
from hotline.reports import timeline
from hotline.reports.model import (
    AudioState,
    Message,
    MessageKind,
    TimelineEvent,
)
from hotline.reports.transcripts import Spoken

TITLES = {
    MessageKind.OPENING: "First words",
    MessageKind.MESSAGE: "Message",
    MessageKind.ADDITION: "Said on a later call",
}
CHOOSE_A_REASON = "Choose why you need to see it. The reason is recorded."


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
    """One entry of "What happened"."""

    at: str
    full: str
    shape: str
    text: str


Masks = dict[str, tuple[Masked, ...]]
"""The masks of each message, by its id."""


@guard.allows(Action.READ_REPORTS)
def report(report_id: str) -> Response:
    """The page of one report. 404 for an unknown id."""
    with runtime().database.transaction() as session:
        page = _page(session, report_id)
        guard.audited(session, "report.opened", f"report:{report_id}")
    return make_response(render_template("reports/report.html", **page))


@guard.allows(Action.REVEAL)
def do_reveal(report_id: str) -> Response:
    """The page with nothing masked, this once; who saw it and why is kept. 404 for an unknown id.

    Without a reason of the list the page comes again as it was, with 422.
    """
    reason = request.form.get("reason", "")
    known = reason in sentences.REVEAL
    with runtime().database.transaction() as session:
        if known:
            scope.report_or_404(session, report_id)
            by = signed_in().account.id
            timeline.add(session, report_id, runtime().clock(), "revealed", by=by, reason=reason)
            session.flush()
        page = _page(session, report_id, revealed=known, wrong=None if known else CHOOSE_A_REASON)
        if known:
            guard.audited(session, "report.revealed", f"report:{report_id}", reason=reason)
    return make_response(render_template("reports/report.html", **page), 200 if known else 422)


def _page(
    session: Session, report_id: str, *, revealed: bool = False, wrong: str | None = None
) -> dict[str, Any]:
    """What the template shows. 404 for a report that is not theirs."""
    now, row = runtime().clock(), scope.report_or_404(session, report_id)
    people = Names(session, runtime().vault)
    case = load(session, runtime().vault, people, [row])[0]
    masks = {spoken.message_id: _masks(spoken) for spoken in case.spoken}
    hidden: Masks = {} if revealed else masks
    events = timeline.read(session, report_id)
    return {
        "case": case,
        "report": row,
        "urgency_of": names.urgency(row.urgency),
        "category": names.category(row.category),
        "language": _language(row.language),
        "fate": fate.fate(case).value,
        "in_words": fate.in_words(case, people.of),
        "stops": fate.line(case, people.of, now),
        "holder": _holder(case, people),
        "messages": [_heard(case, m, hidden.get(m.id, ())) for m in case.messages],
        "reasons": [_reason(case, r, hidden.get(r.message_id, ()), revealed) for r in case.reasons],
        "events": [h for e in events if (h := _happened(case, e, people)) is not None],
        "masked": any(masks.values()),
        "revealed": revealed,
        "reveal_reasons": sentences.REVEAL,
        "reveal_wrong": wrong,
        "times": times,
        "now": now,
    }


def _masks(spoken: Spoken) -> tuple[Masked, ...]:
    said = [word.text for word in spoken.words]
    return masker(spoken.language).find(said, [word.confidence for word in spoken.words])


def _holder(case: Case, people: Names) -> str:
    who = fate.taker(case)
    return people.of(who.responder_id) if who else "nobody yet"


def _heard(case: Case, message: Message, masks: Sequence[Masked]) -> Heard:
    spoken = case.transcript(message.id)
    language = spoken.language if spoken else case.report.language
    reasons = [r for r in case.reasons if r.message_id == message.id]
    labels = masker(language).rules.labels
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
        lines=words.lines(spoken.words, reasons, masks, labels) if spoken else (),
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


def _reason(
    case: Case, reason: words.Reason, masks: Sequence[Masked], revealed: bool
) -> dict[str, Any]:
    spoken = case.transcript(reason.message_id)
    language = spoken.language if spoken else case.report.language
    level = names.urgency(reason.urgency)[1].lower()
    return {
        "letter": reason.letter,
        "phrase": _phrase(spoken, reason, masks, language, revealed),
        "language": language,
        "direction": direction(language),
        "means": f"{names.category(reason.category)}, {level}",
    }


def _phrase(
    spoken: Spoken | None,
    reason: words.Reason,
    masks: Sequence[Masked],
    language: str,
    revealed: bool,
) -> list[tuple[str, bool]]:
    """The pieces of a reason, each with whether it is a mask's label."""
    if revealed:
        return [(reason.phrase, False)]
    one = masker(language)
    if spoken is not None and spoken.words:
        pieces = words.phrase(spoken.words, reason, masks)
    else:  # its transcript is gone: the phrase alone tells what is to be masked
        said = reason.phrase.split()
        pieces = list(redaction.pieces(said, one.find(said)))
    return [(p, False) if isinstance(p, str) else (one.label(p), True) for p in pieces]


def _happened(case: Case, event: TimelineEvent, people: Names) -> Happened | None:
    detail = _whose(case, event)
    languages = {code: lang.english_name for code, lang in runtime().languages.items()}
    told = sentences.sentence(event.kind, detail, people.of, languages)
    if told is None:
        return None
    return Happened(times.clock(event.at), times.moment(event.at), told.shape, told.text)


def _whose(case: Case, event: TimelineEvent) -> dict[str, Any]:
    """The event's detail, with the responder where it names only the attempt."""
    asked = {a.id: a.responder_id for a in case.attempts}
    return {"responder": asked.get(event.detail.get("attempt", "")), **event.detail}


def _language(code: str) -> str:
    known = runtime().languages.get(code)
    return known.english_name if known else code


ROUTES = (
    Route("/reports/<report_id>", "report", report),
    Route("/reports/<report_id>/reveal", "do_reveal", do_reveal, "POST"),
)
