"""One report: who has it, its sound and words, why it is urgent, what happened.

Personal data in the words is masked. Who may reveal it gives a reason and sees it once.
"""

from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import content_policy, guard, locale, names, scope, times
from console.account.speed import SPEEDS
from console.casework import asked, shown, wording
from console.context import runtime, signed_in
from console.reports import fate, sentences
from console.reports.cases import Case, Names, load
from console.reports.messages import Teller, language_name
from console.routes import Route
from console.text import gettext, marked
from hotline.people.permissions import Action, may
from hotline.reports import timeline, vetting
from hotline.reports.model import TimelineEvent

CHOOSE_A_REASON = marked("Choose why you need to see it. The reason is recorded.")


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
    with runtime().database.transaction() as session:
        page = _page(session, report_id, given)
        if may(signed_in().account.role, Action.READ_WORDS):
            vetting.begun(session, page["report"], signed_in().account.id, runtime().clock())
        guard.audited(session, "report.opened", f"report:{report_id}")
    return _made(page, given.status)


@guard.allows(Action.REVEAL)
@guard.fresh
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
        wrong = None if known else gettext(CHOOSE_A_REASON)
        page = _page(session, report_id, revealed=known, wrong=wrong)
        if known:
            guard.audited(session, "report.revealed", f"report:{report_id}", reason=reason)
    return _made(page, 200 if known else 422)


def _made(page: dict[str, Any], status: int) -> Response:
    """A reply by voice is recorded on this page, by those who may leave one."""
    if may(signed_in().account.role, Action.REPLY):
        content_policy.use_microphone()
    return make_response(render_template("reports/report.html", **page), status)


def _page(
    session: Session,
    report_id: str,
    given: asked.Asked = asked.NOTHING,
    *,
    revealed: bool = False,
    wrong: str | None = None,
) -> dict[str, Any]:
    """What the template shows. 404 for a report that is not theirs."""
    now, row = runtime().clock(), scope.report_or_404(session, report_id)
    people = Names(session, runtime().vault)
    case = load(session, runtime().vault, people, [row])[0]
    if not may(signed_in().account.role, Action.READ_WORDS):
        case = case.without_words()
    told = Teller(case, people.of, revealed=revealed)
    events = timeline.read(session, report_id)
    desk = shown.read(session, case, people, given)
    return {
        "case": case,
        "report": row,
        "urgency_of": names.urgency(row.urgency),
        "category": names.category(row.category),
        "language": language_name(row.language),
        "fate": fate.fate(case).value,
        "in_words": fate.in_words(case, people.of),
        "stops": fate.line(case, people.of, now),
        "holder": _holder(case, people),
        "messages": [told.message(m) for m in case.messages],
        "reasons": [told.reason(r) for r in case.reasons],
        "events": [_happened(case, e, people) for e in events],
        "since": [_happened(case, e, people) for e in desk.since],
        "desk": desk,
        "name_of": people.of,
        "wording": wording,
        "masked": told.masked,
        "revealed": revealed,
        "reveal_reasons": sentences.REVEAL,
        "reveal_wrong": wrong,
        "speeds": SPEEDS,
        "chosen_speed": locale.preference("speed", "1"),
        "times": times,
        "now": now,
    }


def _holder(case: Case, people: Names) -> str:
    who, desk = fate.taker(case), fate.at_desk(case) or fate.together(case)
    return people.of(who.responder_id if who else desk) if who or desk else gettext("nobody yet")


def _happened(case: Case, event: TimelineEvent, people: Names) -> Happened:
    detail = _whose(case, event)
    languages = {code: names.language(code) for code in runtime().languages}
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


ROUTES = (
    Route("/reports/<report_id>", "report", report),
    Route("/reports/<report_id>/reveal", "do_reveal", do_reveal, "POST"),
)
