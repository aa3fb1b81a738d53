"""The line of a search on the board: who was asked, who is rung, who comes next. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from console import names, times
from console.board.counts import Count, seconds_down, seconds_up
from console.text import gettext, ngettext
from hotline.dispatch import turns
from hotline.dispatch.explain import Row
from hotline.dispatch.model import Attempt
from hotline.dispatch.now import Outlook, Search, since
from hotline.dispatch.words import LIVE, AttemptState

# More who were asked than this are drawn as one stop per person.
MANY = 5
# Of the rings still to come so many have a stop of their own.
AHEAD = 2

NameOf = Callable[[str | None], str]
HandleName = Callable[[str], str]


@dataclass(frozen=True)
class Stop:
    """One stop; `shape` is the `data-s` of the style sheet. `count` stands in place of `detail`;
    `more` on a line of its own."""

    shape: str
    name: str
    detail: str = ""
    count: Count | None = None
    more: str = ""


def stops(
    search: Search, name_of: NameOf, handle_name: HandleName, now: datetime
) -> tuple[Stop, ...]:
    """From the caller to whoever has it, or to the alarm."""
    line = [_caller(search), *_asked(search, name_of, now)]
    if search.outlook is not None:
        line += [*_ahead(search, search.outlook, handle_name, now)]
    if search.alarm is not None:
        detail = gettext("rings since %(time)s", time=times.clock(search.alarm.raised_at))
        line.append(Stop("alarm", gettext("Alarm"), detail))
    elif search.outlook is not None:
        line.append(_alarm_to_come(search.outlook, now))
    return tuple(line)


def _caller(search: Search) -> Stop:
    if search.call is not None:
        began = times.clock(search.call.started_at)
        return Stop("caller", gettext("Caller"), gettext("since %(time)s", time=began))
    came = search.report.sent_at or search.report.created_at
    name = gettext("Caller") if search.report.live else gettext("Message")
    return Stop("caller", name, times.clock(came))


def _asked(search: Search, name_of: NameOf, now: datetime) -> Iterator[Stop]:
    people: dict[str, list[Attempt]] = {}
    rung = turns.latest(search.attempts)
    for attempt in rung:
        alone = len(rung) <= MANY
        people.setdefault(attempt.id if alone else attempt.responder_id, []).append(attempt)
    for asked in sorted(people.values(), key=lambda each: each[-1].id):
        yield _person(search, asked, name_of(asked[-1].responder_id), now)


def _person(search: Search, asked: Sequence[Attempt], name: str, now: datetime) -> Stop:
    last = asked[-1]
    if last.state in LIVE:
        return Stop("ringing", name, count=_ringing(last, now))
    detail = names.outcome(last.state, browser=last.browser is not None)
    if last is search.taker:
        taken_at = search.dispatch.taken_at or now
        took = times.lasted((taken_at - search.dispatch.started_at).total_seconds())
        return Stop("taken", name, gettext("took it in %(time)s", time=took))
    if last.state is AttemptState.JOINED:
        return Stop("taken", name, detail)
    if len(asked) > 1:
        detail = gettext("%(outcome)s, asked %(times)s times", outcome=detail, times=len(asked))
    return Stop("tried", name, detail)


def _ringing(attempt: Attempt, now: datetime) -> Count:
    begun, whole = since(attempt), f"{attempt.ring_s:g}"
    match attempt.state:
        case AttemptState.RINGING:
            return seconds_up(
                begun,
                now,
                lambda s: gettext("ringing %(seconds)s of %(whole)s s", seconds=s, whole=whole),
                attempt.ring_s,
            )
        case AttemptState.SCREENING:
            picked_up = attempt.answered_at or begun
            return seconds_up(
                picked_up, now, lambda s: gettext("hears the report, %(seconds)s s", seconds=s)
            )
        case _:
            return seconds_up(
                attempt.intended_at,
                now,
                lambda s: gettext("being called, %(seconds)s s", seconds=s),
            )


def _ahead(
    search: Search, outlook: Outlook, handle_name: HandleName, now: datetime
) -> Iterator[Stop]:
    together = [list(rows) for _, rows in groupby(outlook.rings, key=lambda row: row.offset_s)]
    for index, rows in enumerate(together[:AHEAD]):
        name = names.listed([handle_name(row.who) for row in rows])
        if index:
            yield Stop("later", name, gettext("after that"))
        elif any(a.state is AttemptState.SCREENING for a in search.attempts):
            yield Stop("next", name, gettext("if they pass"))
        else:
            yield Stop("next", name, count=_next(rows, now))
    if more := len(together[AHEAD:]):
        yield Stop(
            "later",
            ngettext("%(num)s more ring", "%(num)s more rings", more),
            gettext("after that"),
        )


def _next(rows: Sequence[Row], now: datetime) -> Count:
    at = now + timedelta(seconds=rows[0].offset_s)
    return seconds_down(at, now, lambda s: gettext("in %(seconds)s s", seconds=s))


def _alarm_to_come(outlook: Outlook, now: datetime) -> Stop:
    """When the alarm comes if nobody picks up, and the policy's worst case."""
    expected, latest = (
        times.clock(now + timedelta(seconds=s)) for s in (outlook.alarm_s, outlook.latest_s)
    )
    more = gettext("%(time)s at the latest", time=latest)
    return Stop("last", gettext("Alarm"), expected, more=more)
