"""Who is on call, and how the hotline itself is: the column beside the board."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from console import names, times
from console.board.counts import Count, seconds_up
from console.board.stops import HandleName
from console.text import gettext, ngettext
from hotline.dispatch.on_duty import Duties, OnDuty
from hotline.dispatch.vitals import Vitals
from hotline.languages import Language
from hotline.oncall.model import DutyState, ResponderKind


@dataclass(frozen=True)
class Person:
    """One line of "On call now". state: ringing, busy, away or nothing, as the dot is drawn."""

    id: str
    name: str
    state: str
    text: str


@dataclass(frozen=True)
class Said:
    """A line about the hotline itself; with seconds that go on where there is a count."""

    text: str
    count: Count | None = None
    bad: bool = False


def people(
    duties: Duties,
    handle_name: HandleName,
    numbers: Mapping[str, str],
    languages: Mapping[str, Language],
    now: datetime,
) -> Iterator[Person]:
    """Everybody on call. numbers: of the reports that may be named, by id."""
    for person in duties.people:
        doing = _doing(person, numbers)
        extra = [_speaks(person, languages)]
        if person.until is not None:
            extra.append(gettext("until %(time)s", time=_when(person.until, now)))
        yield Person(
            f"on-{person.handle}",
            handle_name(person.handle),
            _state(person),
            " · ".join([doing, *filter(None, extra)]),
        )


def _state(person: OnDuty) -> str:
    if person.report_id is not None:
        return "busy" if person.talks else "ringing"
    return "away" if person.away is not None else ""


def _doing(person: OnDuty, numbers: Mapping[str, str]) -> str:
    number = numbers.get(person.report_id or "")
    if person.report_id is not None and person.talks:
        return (
            gettext("talking, report %(report)s", report=number) if number else gettext("talking")
        )
    if person.report_id is not None:
        return (
            gettext("ringing, report %(report)s", report=number) if number else gettext("ringing")
        )
    if person.away is DutyState.BREAK and person.back_at is not None:
        return gettext("on a break until %(time)s", time=f"{person.back_at:%H:%M}")
    if person.away is DutyState.BREAK:
        return gettext("on a break")
    if person.away is DutyState.OFF:
        return gettext("off duty, rung last")
    return gettext("free")


def _speaks(person: OnDuty, languages: Mapping[str, Language]) -> str:
    if person.kind is ResponderKind.LAW_ENFORCEMENT:
        return gettext("law enforcement")
    known = [names.language(code) for code in person.languages if code in languages]
    return ", ".join(known)


def _when(at: datetime, now: datetime) -> str:
    """A time of day, with the day where it is not today's."""
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%a %H:%M}"


def vitals(read: Vitals, silent_after_s: float, now: datetime) -> Iterator[Said]:
    """Heartbeat, words still to be written, the last test call."""
    yield _beat(read.beat_at, silent_after_s, now)
    if read.transcribing:
        yield Said(
            ngettext(
                "One message is being written down.",
                "%(num)s messages are being written down.",
                read.transcribing,
            )
        )
    if read.drill is None:
        yield Said(gettext("No test call yet."))
        return
    placed = times.moment(read.drill.placed_at)
    if read.drill.confirmed_at is None:
        yield Said(gettext("Last test call %(time)s: nobody pressed 1.", time=placed))
        return
    took = times.lasted((read.drill.confirmed_at - read.drill.placed_at).total_seconds())
    yield Said(gettext("Last test call %(time)s: answered in %(took)s.", time=placed, took=took))


def _beat(beat_at: datetime | None, silent_after_s: float, now: datetime) -> Said:
    if beat_at is None:
        return Said(gettext("No dispatcher has been running yet."), bad=True)
    silent_s = (now - beat_at).total_seconds()
    if silent_s > silent_after_s:
        return Said(
            gettext(
                "The dispatcher has been silent for %(time)s; callers are rung without it.",
                time=times.lasted(silent_s),
            ),
            bad=True,
        )
    count = seconds_up(
        beat_at,
        now,
        lambda s: gettext("The dispatcher was alive %(seconds)s s ago.", seconds=s),
    )
    return Said(count.text, count)
