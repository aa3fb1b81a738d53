"""To whom reports are delivered: who, for which reports, at what hours, by which ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, names
from console.casework.delivered import KINDS
from console.context import runtime, signed_in
from console.oncall import moments
from console.routes import Route
from console.text import gettext, lazy_gettext, ngettext
from hotline.oncall import recipients as outside
from hotline.oncall.model import District, Recipient
from hotline.people.permissions import Action
from hotline.privacy.cipher import CannotOpen

DAYS: Mapping[str, Any] = {
    "mon": lazy_gettext("Mon"),
    "tue": lazy_gettext("Tue"),
    "wed": lazy_gettext("Wed"),
    "thu": lazy_gettext("Thu"),
    "fri": lazy_gettext("Fri"),
    "sat": lazy_gettext("Sat"),
    "sun": lazy_gettext("Sun"),
}


@dataclass(frozen=True)
class Card:
    """One recipient as the page shows them, in sentences; never a number or an address."""

    id: str
    name: str
    kind: str
    where: str
    about: str
    hours: str
    ways: str


@guard.allows(Action.SEE_ROSTER)
def recipients() -> Response:
    """The page."""
    with runtime().database.transaction() as session:
        cards = list(_cards(session))
    headline = ngettext(
        "Reports can be delivered to one recipient.",
        "Reports can be delivered to %(num)s recipients.",
        len(cards),
    )
    page = render_template(
        "oncall/recipients.html",
        headline=headline if cards else gettext("Reports are delivered to nobody outside."),
        cards=cards,
    )
    return make_response(page)


def _cards(session: Session) -> Iterator[Card]:
    """Those of the district of whoever asks, and those of all districts."""
    places = {row.handle: row.name for row in session.scalars(select(District))}
    mine, vault = signed_in().account.district, runtime().vault
    query = select(Recipient).where(Recipient.active).order_by(Recipient.position)
    for row in session.scalars(query):
        if mine is not None and row.district not in (None, mine):
            continue
        name = outside.name(session, vault, row)
        yield Card(
            row.id,
            name,
            str(KINDS[row.kind]),
            places.get(row.district, row.district) if row.district else gettext("All districts"),
            _about(row),
            _hours(row),
            _ways(session, row),
        )


def _about(row: Recipient) -> str:
    if not row.categories:
        return gettext("Whatever it is about.")
    listed = moments.listed([names.category(code).lower() for code in row.categories])
    return gettext("For: %(categories)s.", categories=listed)


def _hours(row: Recipient) -> str:
    if not row.hours:
        return gettext("At all hours.")
    stretches = [
        f"{', '.join(str(DAYS[day]) for day in one['days'])} {one['from']}–{one['to']}"
        for one in row.hours["between"]
    ]
    zone = row.hours["timezone"]
    return gettext("%(hours)s (%(zone)s).", hours="; ".join(stretches), zone=zone)


def _ways(session: Session, row: Recipient) -> str:
    try:
        reached = outside.opened(session, runtime().vault, row)
    except CannotOpen:
        return gettext("How they are reached cannot be opened: a key is missing.")
    if reached.phone is not None and reached.mail is not None:
        return gettext("By phone and by mail.")
    return gettext("By phone.") if reached.phone is not None else gettext("By mail.")


ROUTES = (Route("/on-call/recipients", "recipients", recipients),)
