"""The week: who is on call when, by the final schedule, and the first hole in it as a sentence."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms.validators import Optional

from console import guard
from console.context import runtime, signed_in
from console.forms import HotlineForm
from console.oncall import moments, roster, sentences, week
from console.oncall.fields import LocalMoment
from console.oncall.roster import AHEAD, Roster
from console.routes import Route
from console.text import lazy_gettext
from hotline.oncall.calendar import Schedule
from hotline.oncall.pieces import Piece
from hotline.oncall.schedule_forms import YEARS
from hotline.people.permissions import Action, may

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
# A shift that runs beyond the week is taken as a whole, as far as this.
_MARGIN = timedelta(days=7)


class Asked(HotlineForm):
    """Who is on call at …"""

    at = LocalMoment(lazy_gettext("Day and time"), validators=[Optional()])


@dataclass(frozen=True)
class Sheet:
    """One schedule as the page shows it: its week, and what it is made of."""

    schedule: Schedule
    days: tuple[week.Day, ...]
    written: tuple[roster.Written, ...]

    @property
    def whole(self) -> week.Bar | None:
        """The one piece that fills the week, where nothing changes in it and somebody is there."""
        bars = [bar for day in self.days for bar in day.bars]
        same = len({bar.piece for bar in bars}) == 1 and not any(bar.begins for bar in bars)
        return bars[0] if same and bars[0].piece.person is not None else None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which it is told."""
        return self.schedule.zone


@guard.allows(Action.SEE_ROSTER)
def on_call() -> Response:
    """The page. `?week=2026-W48` chooses the week, `?at=` asks who is on call; 404: no week."""
    now = runtime().clock()
    asked = Asked(request.args)
    valid = asked.validate()
    chosen = _chosen()
    with runtime().database.transaction() as session:
        since = datetime.combine(chosen or now.date(), now.timetz()) - 2 * _MARGIN
        found = roster.read(session, runtime().vault, now, since)
    gaps = found.gaps(now)
    first_zone = next((plan.zone for plan in found.plans.values()), ZoneInfo("UTC"))
    this_week = week.monday_of(now.astimezone(first_zone).date())
    monday = chosen or this_week
    page = render_template(
        "oncall/week.html",
        headline=headline(found, now),
        more_gaps=sentences.gap_count(len(gaps) - 1, AHEAD.days) if len(gaps) > 1 else None,
        gaps=[(name, gap, take_url(found, name, gap, now)) for name, gap in gaps],
        schedules=[_sheet(found, name, monday, now) for name in found.plans],
        zone_of={name: plan.zone for name, plan in found.plans.items()},
        zones=sorted({plan.timezone for plan in found.plans.values()}),
        first_zone=first_zone,
        monday=monday,
        this_week=monday == this_week,
        earlier=address(monday - timedelta(days=7)),
        later=address(monday + timedelta(days=7)),
        asked=asked,
        answers=_answers(found, asked) if valid else (),
        people=found.people,
        take_url=lambda name, piece: take_url(found, name, piece, now),
        moments=moments,
        sentences=sentences,
        now=now,
    )
    return make_response(page, 200 if valid else 422)


def headline(found: Roster, now: datetime) -> str:
    """The first hole of the days to come, or that there is none."""
    gaps = found.gaps(now)
    if not gaps:
        return sentences.no_hole(AHEAD.days)
    name, gap = gaps[0]
    return sentences.hole(name, gap, found.plans[name].zone, now, now + AHEAD)


def address(monday: date) -> str | None:
    """The page of the week that begins on that Monday; None where no schedule reaches."""
    if monday.year not in YEARS:
        return None
    year, number, _ = monday.isocalendar()
    return url_for("console.on_call", week=f"{year}-W{number:02d}")


def take_url(found: Roster, name: str, piece: Piece, now: datetime) -> str | None:
    """Where whoever asks takes this stretch, or puts somebody into it; None where they cannot."""
    account = signed_in().account
    me = found.people.of_id(account.responder_id)
    if piece.end <= now:
        return None
    if me is not None and me.active and may(account.role, Action.TAKE_SHIFT):
        endpoint = "console.take_shift" if piece.person != me.handle else "console.stand_in"
    else:
        endpoint = "console.stand_in"
    if endpoint == "console.stand_in" and not may(account.role, Action.MANAGE_ROSTER):
        return None
    values: dict[str, Any] = {
        "schedule": name,
        "since": piece.start.isoformat(),
        "until": piece.end.isoformat(),
    }
    if piece.person is not None:
        values["instead"] = piece.person
    return url_for(endpoint, **values)


def _sheet(found: Roster, name: str, monday: date, now: datetime) -> Sheet:
    plan = found.plans[name]
    start, end = week.bounds(monday, plan.zone)
    pieces = found.pieces(name, start - _MARGIN, end + _MARGIN)
    return Sheet(plan, week.days(pieces, monday, plan.zone, now), found.written[name])


def _answers(found: Roster, asked: Asked) -> list[str]:
    if asked.at.data is None:
        return []
    return [
        sentences.on_call_at(plan, at, found.people)
        for plan in found.plans.values()
        if (at := asked.at.in_zone(plan.zone)) is not None
    ]


def _chosen() -> date | None:
    """The Monday of the week in the address."""
    raw = request.args.get("week")
    if raw is None:
        return None
    try:
        year, number = (int(part) for part in _WEEK.fullmatch(raw).groups())  # type: ignore[union-attr]
        found = date.fromisocalendar(year, number, 1)
    except (AttributeError, ValueError):
        abort(404)
    return found if found.year in YEARS else abort(404)


ROUTES = (Route("/on-call", "on_call", on_call),)
