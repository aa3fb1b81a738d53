"""The notice before the menu: a supervisor has callers told something, for at most a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import abort, make_response, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import Field, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from console import guard, names
from console.context import runtime, signed_in
from console.forms import HotlineForm, choices, filled
from console.oncall import moments
from console.routes import Route
from console.text import gettext, lazy_gettext, marked
from console.voice_menu import prompts
from hotline import notices
from hotline.languages import Language
from hotline.notices import EVERYBODY, LONGEST_S, LONGEST_TEXT, Notice
from hotline.oncall import calendar, schedules
from hotline.oncall.model import District
from hotline.people.model import Account
from hotline.people.permissions import Action

MIDNIGHT = "midnight"
LASTS = {
    "15": marked("15 minutes"),
    "60": marked("1 hour"),
    "240": marked("4 hours"),
    MIDNIGHT: marked("until midnight, in %(zone)s"),
}
"""How long a notice is heard, in minutes; a long emergency is looked at again."""
NOTHING_SAID = marked("Write it in one language at least.")


class NoticeForm(HotlineForm):
    """A notice. Each language that callers can choose adds its text (`_form`)."""

    lasts = RadioField(
        lazy_gettext("How long callers hear it"),
        [InputRequired(lazy_gettext("Choose how long."))],
        description=lazy_gettext("It ends by itself then. You can take it down at once."),
    )
    district = SelectField(lazy_gettext("Who hears it"))

    def texts(self) -> list[Field]:
        """The field of each language, in the order of the menu."""
        return [field for field in self if field.name.startswith("text_")]

    def said(self) -> dict[str, str]:
        """What was written, by language code."""
        return {f.name.removeprefix("text_"): f.data for f in self.texts() if f.data}


@dataclass(frozen=True)
class Shown:
    """A notice that callers hear now. texts: each with its language. mine: may be taken down by
    whoever looks. until: with the zone."""

    id: str
    who: str
    until: str
    by: str
    texts: tuple[tuple[Language | None, str], ...]
    mine: bool


@guard.allows(Action.PUT_NOTICE)
def menu_notice() -> Response:
    """The notices that callers hear now, and the form of a new one."""
    with runtime().database.transaction() as session:
        return _page(session, _form(session))


@guard.allows(Action.PUT_NOTICE)
def do_put_notice() -> Response:
    """Have callers hear a notice from now on. 422 with the page when it cannot be one."""
    with runtime().database.transaction() as session:
        form = _form(session)
        valid, said = form.validate(), form.said()
        if form.texts() and not any(field.errors for field in form.texts()) and not said:
            form.texts()[0].errors = [gettext(NOTHING_SAID)]
        if not valid or not said:
            return _page(session, form, 422)
        now, me = runtime().clock(), signed_in().account.id
        ends_at = ends(form.lasts.data, now, _zone(session))
        row = notices.put(session, form.district.data, said, me, now, ends_at)
        minutes = str(round((ends_at - now).total_seconds() / 60))
        session.flush()
        guard.audited(
            session, "notice.put", f"notice:{row.id}", district=row.place, minutes=minutes
        )
    return redirect(url_for("console.menu_notice"), 303)


@guard.allows(Action.PUT_NOTICE)
def do_take_notice_down(notice_id: str) -> Response:
    """Callers hear it no more. A notice that is over stays so; 404 for another district's."""
    with runtime().database.transaction() as session:
        row = session.get(Notice, notice_id)
        if row is None or not _is_mine(row):
            abort(404)
        if notices.take_down(session, notice_id, runtime().clock()) is not None:
            guard.audited(session, "notice.taken_down", f"notice:{notice_id}", district=row.place)
    return redirect(url_for("console.menu_notice"), 303)


def ends(lasts: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When a notice ends that is put now: a key of LASTS. A day of 25 hours has no notice for all
    of it."""
    if lasts != MIDNIGHT:
        return now + timedelta(minutes=int(lasts))
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    midnight = calendar.moment(tomorrow, time(), zone)
    return min(midnight, now + timedelta(seconds=LONGEST_S))


def shown(session: Session, now: datetime) -> tuple[Shown, ...]:
    """What the callers of whoever looks hear now: those of their district, or all."""
    own, zone = signed_in().account.district, _zone(session)
    found = notices.standing(session, now) if own is None else notices.told(session, own, now)
    known = _districts(session)
    return tuple(_shown(session, row, known, zone) for row in found)


def _shown(session: Session, row: Notice, known: dict[str, str], zone: ZoneInfo) -> Shown:
    by = session.get(Account, row.by)
    return Shown(
        id=row.id,
        who=_who(row.place, known),
        until=gettext(
            "until %(when)s, %(zone)s",
            when=moments.day_and_time(row.ends_at, zone),
            zone=moments.zone_name(zone, row.ends_at),
        ),
        by=by.display_name if by is not None else "",
        texts=tuple((runtime().languages.get(c), str(said)) for c, said in row.text.items()),
        mine=_is_mine(row),
    )


def _is_mine(row: Notice) -> bool:
    """Whoever works for one district decides for its callers, not for all."""
    return signed_in().account.district in (None, row.place)


def _who(place: str, known: dict[str, str]) -> str:
    return gettext("All callers") if place == EVERYBODY else known.get(place, place)


def _districts(session: Session) -> dict[str, str]:
    rows = session.scalars(select(District).order_by(District.name))
    return {row.handle: row.name for row in rows}


def _places(session: Session) -> list[tuple[str, str]]:
    """Whose callers the signed-in account may have told something."""
    own, known = signed_in().account.district, _districts(session)
    places = (EVERYBODY, *known) if own is None else (own,)
    return [(place, _who(place, known)) for place in places]


def _zone(session: Session) -> ZoneInfo:
    """Where midnight is: in the zone of the first schedule; UTC without any."""
    plans = schedules.read_all(session, runtime().clock())
    return next((plan.zone for plan in plans.values()), ZoneInfo("UTC"))


def _voiced() -> Sequence[str]:
    """The languages that callers can choose and that a voice on this machine speaks."""
    heard = prompts.catalogue()
    return [code for code in heard.offered() if not heard.voice(code).silent]


def _form(session: Session) -> NoticeForm:
    texts = {f"text_{code}": _text(code) for code in _voiced()}
    kind: type[NoticeForm] = type("NoticeFormOfAll", (NoticeForm,), texts)
    form = filled(kind)
    zone = _zone(session)
    form.lasts.choices = choices((k, gettext(v, zone=zone.key)) for k, v in LASTS.items())
    form.district.choices = choices(_places(session))
    return form


def _text(code: str) -> TextAreaField:
    too_long = lazy_gettext("Say it in at most %(max)d letters.")
    return TextAreaField(
        names.language(code),
        [Length(max=LONGEST_TEXT, message=too_long)],
        filters=[lambda typed: " ".join((typed or "").split())],
        render_kw={"lang": code, "dir": runtime().languages[code].direction},
    )


def _page(session: Session, form: NoticeForm, status: int = 200) -> Response:
    page = render_template(
        "voice_menu/notice.html",
        form=form,
        standing=shown(session, runtime().clock()),
        most=LONGEST_TEXT,
    )
    return make_response(page, status)


ROUTES = (
    Route("/voice-menu/notice", "menu_notice", menu_notice),
    Route("/voice-menu/notice", "do_put_notice", do_put_notice, "POST"),
    Route(
        "/voice-menu/notice/<notice_id>/taken-down",
        "do_take_notice_down",
        do_take_notice_down,
        "POST",
    ),
)
