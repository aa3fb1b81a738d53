"""How far a report has come: one word for its state, one sentence, and its line.

The line is the idea of every page: from the caller over all who were asked to the person who took
it. Each stop has a shape of its own (see `static/line.css`) and its words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console import names, times
from console.reports.cases import Case
from console.text import gettext, ngettext
from hotline.dispatch import turns
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import LIVE, DispatchState

# More stops than this are drawn as one per person.
MANY = 5
# Of those still to come so many are named.
AHEAD = 2


class Fate(StrEnum):
    """alarm · open: nobody has it yet · taken · withdrawn: the caller left without a word."""

    ALARM = "alarm"
    OPEN = "open"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Stop:
    """One stop of the line; `shape` is the `data-s` of the style sheet."""

    shape: str
    name: str
    detail: str


NameOf = Callable[[str | None], str]


def fate(case: Case) -> Fate:
    """Where the report stands."""
    state = case.dispatch.state if case.dispatch else DispatchState.WAITING
    if state is DispatchState.TAKEN:
        return Fate.TAKEN
    if state is DispatchState.WITHDRAWN:
        return Fate.WITHDRAWN
    return Fate.ALARM if state is DispatchState.EXHAUSTED else Fate.OPEN


def taker(case: Case) -> Attempt | None:
    """The attempt whose press of 1 took it."""
    taken_by = case.dispatch.taken_by if case.dispatch else None
    return next((a for a in case.attempts if a.id == taken_by), None)


def at_desk(case: Case) -> str | None:
    """The account that took it in the console, without a phone."""
    return case.ended.detail.get("by") if fate(case) is Fate.TAKEN and case.ended else None


def together(case: Case) -> str | None:
    """The responder who took it together with another one about the same."""
    row = case.dispatch
    alone = row is not None and row.taken_by is None and fate(case) is Fate.TAKEN
    return row.responder_id if row is not None and alone else None


def given_up_by(case: Case) -> str | None:
    """The account that ended the search; None where the caller did, by leaving."""
    return case.ended.detail.get("by") if fate(case) is Fate.WITHDRAWN and case.ended else None


def ringing(case: Case) -> list[Attempt]:
    """The attempts for which a phone may ring now."""
    return [a for a in case.attempts if a.state in LIVE]


def took_s(case: Case) -> float | None:
    """Seconds from the start of the search to the press of 1."""
    row = case.dispatch
    if row is None or row.taken_at is None:
        return None
    return (row.taken_at - row.started_at).total_seconds()


def in_short(case: Case, name_of: NameOf) -> str:
    """For a list row: "Counselor 2, in 52 s", "ringing Counselor 2", "nobody yet"."""
    who = taker(case)
    match fate(case):
        case Fate.TAKEN if who is not None:
            return gettext("%(name)s, in %(time)s", **_taken_by(case, who, name_of))
        case Fate.TAKEN if person := at_desk(case):
            lasted = times.lasted(took_s(case) or 0)
            return gettext("%(name)s at the desk, in %(time)s", name=name_of(person), time=lasted)
        case Fate.TAKEN if person := together(case):
            return gettext("%(name)s, with another one", name=name_of(person))
        case Fate.TAKEN:
            return gettext("taken")
        case Fate.WITHDRAWN if person := given_up_by(case):
            return gettext("%(name)s ended the search", name=name_of(person))
        case Fate.WITHDRAWN:
            return gettext("the caller left without a word")
        case Fate.ALARM:
            if case.alarms:
                return gettext("nobody yet, alarm open")
            return gettext("nobody took it, alarm answered")
        case Fate.OPEN:
            live = [name_of(a.responder_id) for a in ringing(case)]
            ringing_now = gettext("ringing %(names)s", names=names.listed(live))
            return ringing_now if live else gettext("nobody yet")


def _taken_by(case: Case, who: Attempt, name_of: NameOf) -> dict[str, str]:
    return {"name": name_of(who.responder_id), "time": times.lasted(took_s(case) or 0)}


def in_words(case: Case, name_of: NameOf) -> str:
    """For the top of a page: "Counselor 2 took it in 52 s."."""
    who = taker(case)
    match fate(case):
        case Fate.TAKEN if who is not None:
            return gettext("%(name)s took it in %(time)s.", **_taken_by(case, who, name_of))
        case Fate.TAKEN if person := at_desk(case):
            lasted = times.lasted(took_s(case) or 0)
            name = name_of(person)
            return gettext("%(name)s took it at the desk in %(time)s.", name=name, time=lasted)
        case Fate.TAKEN if person := together(case):
            return gettext("%(name)s took it with another one.", name=name_of(person))
        case Fate.TAKEN:
            return gettext("It has been taken.")
        case Fate.WITHDRAWN if person := given_up_by(case):
            return gettext("%(name)s ended the search.", name=name_of(person))
        case Fate.WITHDRAWN:
            return gettext("The caller left without a word.")
        case Fate.ALARM:
            return gettext("Nobody has taken it.")
        case Fate.OPEN:
            live = [name_of(a.responder_id) for a in ringing(case)]
            we_ring = gettext("We are ringing %(names)s.", names=names.listed(live))
            return we_ring if live else gettext("Nobody has it yet.")


def line(case: Case, name_of: NameOf, now: datetime) -> tuple[Stop, ...]:
    """The stops of the report's line."""
    start = case.report.sent_at or case.report.created_at
    caller = Stop("caller", gettext("Caller"), times.clock(start))
    return (caller, *_asked(case, name_of, now), *_ahead(case), *_end(case, name_of))


def wire(case: Case) -> tuple[str, ...]:
    """The shapes alone, for a small drawing in a list row."""
    tried = tuple(_shape(case, a) for a in case.attempts)[-MANY:]
    desk = ("taken",) if at_desk(case) or together(case) else ()
    return ("caller", *tried, *desk, *(("alarm",) if fate(case) is Fate.ALARM else ()))


def _asked(case: Case, name_of: NameOf, now: datetime) -> list[Stop]:
    rung = turns.latest(case.attempts)
    if len(rung) <= MANY:
        return [Stop(_shape(case, a), name_of(a.responder_id), _detail(case, a, now)) for a in rung]
    people: dict[str, list[Attempt]] = {}
    for attempt in rung:
        people.setdefault(attempt.responder_id, []).append(attempt)
    last_asked_last = sorted(people.values(), key=lambda asked: asked[-1].id)
    return [_together(case, asked, name_of, now) for asked in last_asked_last]


def _together(case: Case, asked: list[Attempt], name_of: NameOf, now: datetime) -> Stop:
    detail = _detail(case, asked[-1], now)
    if len(asked) > 1:
        detail = ngettext(
            "%(detail)s; asked once", "%(detail)s; asked %(num)s times", len(asked), detail=detail
        )
    return Stop(_shape(case, asked[-1]), name_of(asked[-1].responder_id), detail)


def _shape(case: Case, attempt: Attempt) -> str:
    if attempt.state in LIVE:
        return "ringing"
    return "taken" if attempt is taker(case) else "tried"


def _detail(case: Case, attempt: Attempt, now: datetime) -> str:
    if attempt.state in LIVE:
        since = attempt.rang_at or attempt.placed_at or attempt.intended_at
        lasting = times.lasted((now - since).total_seconds())
        return f"{names.outcome(attempt.state, browser=attempt.browser is not None)}, {lasting}"
    seconds = took_s(case)
    if attempt is taker(case) and seconds is not None:
        return gettext("took it in %(time)s", time=times.lasted(seconds))
    return names.outcome(attempt.state, browser=attempt.browser is not None)


def _ahead(case: Case) -> list[Stop]:
    if fate(case) not in (Fate.OPEN, Fate.ALARM):
        return []
    waiting = case.upcoming
    stops = [
        Stop("later", name, gettext("after that")) if index else Stop("next", name, gettext("next"))
        for index, name in enumerate(waiting[:AHEAD])
    ]
    if more := waiting[AHEAD:]:
        rings = ngettext("%(num)s more ring", "%(num)s more rings", len(more))
        stops.append(Stop("later", rings, gettext("after that")))
    return stops


def _end(case: Case, name_of: NameOf) -> list[Stop]:
    if person := at_desk(case):
        lasted = times.lasted(took_s(case) or 0)
        return [Stop("taken", name_of(person), gettext("took it at the desk, in %(t)s", t=lasted))]
    if person := together(case):
        return [Stop("taken", name_of(person), gettext("took it with another one"))]
    match fate(case):
        case Fate.ALARM if case.alarms:
            since = times.clock(case.alarms[0].raised_at)
            return [Stop("alarm", gettext("Alarm"), gettext("open since %(time)s", time=since))]
        case Fate.ALARM:
            return [Stop("last", gettext("Alarm"), gettext("a person answered for it"))]
        case Fate.OPEN:
            return [Stop("last", gettext("Alarm"), gettext("if nobody takes it"))]
        case _:
            return []
