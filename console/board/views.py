"""The board's two addresses: the page, and the part of it that is read anew when a hint comes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, make_response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, scope, times
from console.board import bunches, callers, outside, people
from console.board.cards import Writer
from console.board.seeing import seeing
from console.board.sentence import Facts, sentence
from console.context import runtime, signed_in
from console.reports.cases import Names
from console.routes import Route
from console.text import gettext
from hotline.dispatch import now as moment
from hotline.dispatch import on_duty, outlook, vitals
from hotline.dispatch.model import Dispatch
from hotline.dispatch.now import Now, Search
from hotline.oncall.model import School
from hotline.people.permissions import Action
from hotline.reports import membership


@guard.allows(Action.SEE_BOARD)
def board() -> Response:
    """The whole page."""
    return make_response(render_template("board/board.html", **_read()))


@guard.allows(Action.SEE_BOARD)
@guard.by_itself
def board_now() -> Response:
    """What is true now; nobody's activity, and without any content for an idle session."""
    return make_response(render_template("board/now.html", **_read()))


@dataclass(frozen=True)
class Sorted:
    """The searches by what they need."""

    alarms: list[Search]
    waiting: list[Search]
    messages: list[Search]
    talking: list[Search]
    unread: list[Search]
    together: list[Search]


def _read() -> dict[str, Any]:
    who, now = signed_in(), runtime().clock()
    reports = scope.in_district(who.account)
    with runtime().database.reading() as session:
        around = outlook.from_database(session, runtime().vault, now)
        true = moment.read(
            session, around.roster, now, reports, scope.call_in_district(who.account)
        )
        names = Names(session, runtime().vault)
        undelivered = outside.undelivered(session, reports, names.of)
        late_count, late = outside.late(session, reports)
        ids = [s.report.id for s in true.searches] + [r.id for r in true.unstarted]
        ids += [one.report for one in (*undelivered, *late)]
        writer = Writer(
            seeing(session, who, ids),
            names.of,
            names.of_handle,
            _schools(session),
            runtime().languages,
            runtime().settings.wait_cap_s,
            now,
            membership.within(session, ids),
        )
        duties = on_duty.read(session, around, now)
        health = vitals.read(session)
        since = moment.last_event(session, reports)
        taken = moment.last_taken(session, reports)
    return _page(writer, true, now) | {
        "people": list(
            people.people(duties, names.of_handle, _numbers(true), runtime().languages, now)
        ),
        "gaps": duties.empty,
        "said": list(people.vitals(health, runtime().settings.silence_s, now)),
        "undelivered": undelivered,
        "late": late,
        "late_count": late_count,
        "opens": writer.seeing.opens,
        "since": since,
        "taken": taken and _taken(taken),
    }


def _page(writer: Writer, true: Now, now: datetime) -> dict[str, Any]:
    found = _sorted(true, writer)
    return {
        "headline": sentence(_facts(found, true)),
        "longest": _longest(true, now),
        "alarm_cards": [
            *(writer.alarm(s, s.alarm) for s in found.alarms if s.alarm is not None),
            *(writer.line_alarm(alarm) for alarm in true.alarms),
        ],
        "waiting": [writer.waiting(s, s.call) for s in found.waiting if s.call is not None],
        "messages": [
            *(writer.message(s) for s in found.messages),
            *(writer.unstarted(report) for report in true.unstarted),
        ],
        "talking": [writer.talking(s, s.call) for s in found.talking if s.call is not None],
        "unread": [writer.unread(s, s.dispatch.unread_at or now) for s in found.unread],
        "bunches": bunches.bunches(
            found.together,
            writer.incidents,
            writer.seeing.opens,
            runtime().settings.unread_s,
            now,
        ),
        "callers": list(callers.callers(true.callers, runtime().languages, now)),
        "now": now,
        "times": times,
        "strips": False,
        "week": _week(),
    }


def _sorted(true: Now, writer: Writer) -> Sorted:
    """Each search once: by its alarm, else by its caller, else by who has it. What was taken
    together stands with its incident."""
    alarms = [s for s in true.searches if s.alarm is not None]
    rest = [s for s in true.searches if s.alarm is None]
    unread = [s for s in rest if not s.seeks and s.call is None and s.dispatch.unread_at]
    together = [s for s in unread if bunches.is_together(s, writer.incidents)]
    return Sorted(
        alarms,
        [s for s in rest if s.waits],
        [s for s in rest if s.seeks and not s.waits],
        [s for s in rest if not s.seeks and s.call is not None],
        [s for s in unread if s not in together],
        together,
    )


def _facts(found: Sorted, true: Now) -> Facts:
    unwaited = [s for s in (*found.alarms, *found.messages) if not s.waits]
    untaken = [s.report.number for s in unwaited if s.taker is None]
    return Facts(
        waiting=sum(s.waits for s in true.searches),
        untaken=[*untaken, *(r.number for r in true.unstarted)],
        alarms=len(true.alarms) + sum(s.taker is not None for s in found.alarms),
        talking=len(found.talking),
        speaking=len(true.callers),
    )


def _longest(true: Now, now: datetime) -> str | None:
    calls = [s.call for s in true.searches if s.waits]
    began = [call.parked_at for call in calls if call is not None and call.parked_at]
    if not began:
        return None
    wait = times.lasted((now - min(began)).total_seconds())
    cap = times.lasted(runtime().settings.wait_cap_s)
    return gettext("Longest wait %(wait)s of at most %(cap)s.", wait=wait, cap=cap)


def _taken(row: Dispatch) -> str:
    at = row.taken_at or row.started_at
    took = times.lasted((at - row.started_at).total_seconds())
    return gettext(
        "Every message has been taken. The last report, at %(time)s, took %(took)s.",
        time=times.moment(at),
        took=took,
    )


def _week() -> str | None:
    return url_for("console.on_call") if "console.on_call" in current_app.view_functions else None


def _numbers(true: Now) -> dict[str, str]:
    return {s.report.id: s.report.number for s in true.searches}


def _schools(session: Session) -> dict[str, str]:
    return {s.handle: s.name for s in session.scalars(select(School))}


ROUTES = (
    Route("/board", "board", board),
    Route("/board/now", "board_now", board_now),
)
