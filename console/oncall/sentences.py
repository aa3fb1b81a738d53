"""What the pages of the roster say: the first hole, who is on call, rotations and overrides."""

from datetime import datetime
from zoneinfo import ZoneInfo

from console import times
from console.oncall import moments
from console.oncall.people import Members
from console.text import gettext, ngettext
from hotline.oncall import calendar
from hotline.oncall.calendar import Override, Rotation, Schedule, Window
from hotline.oncall.pieces import Piece
from hotline.oncall.standins import Refusal


def hole(name: str, gap: Piece, zone: ZoneInfo, now: datetime, horizon: datetime) -> str:
    """The gap as the one sentence on top of the page. horizon: how far ahead was looked."""
    length = times.lasted((gap.end - max(gap.start, now)).total_seconds())
    if gap.start <= now:
        if gap.end >= horizon:
            return gettext("Nobody is on call for %(schedule)s.", schedule=name)
        until = moments.day_and_time(gap.end, zone)
        return gettext(
            "Nobody is on call for %(schedule)s until %(until)s.", schedule=name, until=until
        )
    since = moments.day_and_time(gap.start, zone)
    if gap.end >= horizon:
        return gettext(
            "From %(since)s nobody is on call for %(schedule)s.", since=since, schedule=name
        )
    return gettext(
        "From %(since)s nobody is on call for %(schedule)s, for %(length)s.",
        since=since,
        schedule=name,
        length=length,
    )


def no_hole(days: int) -> str:
    """There is somebody all the time."""
    return gettext("The next %(days)s days have no gap.", days=days)


def bar(piece: Piece, people: Members) -> str:
    """What stands over a bar of the week."""
    if piece.person is None:
        length = times.lasted((piece.end - piece.start).total_seconds())
        return gettext("Nobody for %(length)s", length=length)
    name = people.name(piece.person)
    return gettext("%(name)s stands in", name=name) if piece.stands_in else name


def all_week(piece: Piece, people: Members) -> str:
    """One person is there the whole week."""
    return gettext("%(name)s is on call the whole week.", name=people.name(piece.person or ""))


def stands_in(piece: Piece, people: Members) -> str:
    """Who stands in for whom, as a sentence."""
    name = people.name(piece.person or "")
    if not piece.instead:
        return gettext("%(name)s stands in.", name=name)
    others = moments.listed(people.names(piece.instead))
    return gettext("%(name)s stands in for %(others)s.", name=name, others=others)


def on_call_at(schedule: Schedule, at: datetime, people: Members) -> str:
    """Who is on call at a moment, as a sentence."""
    found = calendar.on_call(schedule, at)
    when = moments.day_and_time(at, schedule.zone)
    if not found:
        return gettext(
            "%(when)s, nobody is on call for %(schedule)s.", when=when, schedule=schedule.name
        )
    return ngettext(
        "%(when)s, %(people)s is on call for %(schedule)s.",
        "%(when)s, %(people)s are on call for %(schedule)s.",
        len(found),
        when=when,
        people=moments.listed(people.names(found)),
        schedule=schedule.name,
    )


def rotation(found: Rotation, people: Members) -> str:
    """Who takes turns, and when turns change."""
    names = moments.listed(people.names(found.people))
    if len(set(found.people)) == 1:
        return gettext("%(people)s is always on call.", people=people.name(found.people[0]))
    at = f"{found.handoff:%H:%M}"
    if found.every == "day":
        return ngettext(
            "%(people)s take turns; each turn lasts a day and begins at %(time)s.",
            "%(people)s take turns; each turn lasts %(num)s days and begins at %(time)s.",
            found.length,
            people=names,
            time=at,
        )
    return ngettext(
        "%(people)s take turns; each turn lasts a week and begins on %(day)s at %(time)s.",
        "%(people)s take turns; each turn lasts %(num)s weeks and begins on %(day)s at %(time)s.",
        found.length,
        people=names,
        day=moments.weekday(found.start.weekday()),
        time=at,
    )


def hours(window: Window) -> str:
    """The hours of the week in which a rotation is on call."""
    return gettext(
        "Only %(days)s, %(start)s to %(end)s.",
        days=moments.listed([moments.weekday(day) for day in window.days]),
        start=f"{window.start:%H:%M}",
        end=f"{window.end:%H:%M}",
    )


def override(found: Override, zone: ZoneInfo, people: Members) -> str:
    """What an override changes, and when."""
    when = moments.span(found.start, found.end, zone)
    other = people.name(found.replaces) if found.replaces else ""
    if found.person is None:
        if other:
            return gettext("%(when)s: nobody instead of %(other)s.", when=when, other=other)
        return gettext("%(when)s: nobody.", when=when)
    name = people.name(found.person)
    if found.besides:
        return gettext("%(when)s: %(name)s as well.", when=when, name=name)
    if other:
        return gettext(
            "%(when)s: %(name)s instead of %(other)s.", when=when, name=name, other=other
        )
    return gettext("%(when)s: %(name)s instead of everybody.", when=when, name=name)


def refusal(why: Refusal) -> str:
    """Why somebody cannot stand in, and what to do."""
    match why:
        case Refusal.PAST:
            return gettext("This shift is over. Choose one that is still to come.")
        case Refusal.BACKWARD:
            return gettext("It ends before it begins. Set a later end.")
        case Refusal.UNKNOWN:
            return gettext("This person is not in service. Choose somebody else.")
        case Refusal.ALREADY:
            return gettext("This person is on call then already. Choose somebody else.")
        case Refusal.CHANGED:
            return gettext("Somebody else is on call in a part of this time. Choose it anew.")
        case Refusal.TANGLED:
            return gettext("Two overrides of the roster file meet here. Change it there.")


def gap_count(more: int, days: int) -> str:
    """How many gaps there are besides the first one."""
    return ngettext(
        "One more gap follows within %(days)s days.",
        "%(num)s more gaps follow within %(days)s days.",
        more,
        days=days,
    )
