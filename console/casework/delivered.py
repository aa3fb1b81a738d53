"""What a report's page tells of its deliveries, and of how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from console import times
from console.casework.forms import DeliverForm
from console.context import runtime
from console.forms import choices
from console.reports.cases import Case, Names
from console.reports.fate import Stop
from console.text import gettext, lazy_gettext
from hotline.dispatch import delivering
from hotline.oncall import recipients
from hotline.oncall.model import RecipientKind
from hotline.reports import deliveries, vetting
from hotline.reports.delivery_model import Delivery
from hotline.reports.delivery_words import OPEN, DeliveryPlace
from hotline.reports.model import Report
from hotline.reports.vetting import Stage

KINDS: dict[RecipientKind, Any] = {
    RecipientKind.SCHOOL: lazy_gettext("School"),
    RecipientKind.LAW_ENFORCEMENT: lazy_gettext("Law enforcement"),
    RecipientKind.EMS: lazy_gettext("Emergency medical services"),
    RecipientKind.HUMAN_SERVICES: lazy_gettext("Human services"),
}
STAGES: dict[Stage, Any] = {
    Stage.RECEIVED: lazy_gettext("Received"),
    Stage.VETTING: lazy_gettext("Vetting"),
    Stage.DELIVERED: lazy_gettext("Delivered"),
    Stage.ACKNOWLEDGED: lazy_gettext("Acknowledged"),
    Stage.OUTCOME: lazy_gettext("Outcome"),
}


@dataclass(frozen=True)
class Brought:
    """One delivery as the page shows it. open: somebody may still say that it has arrived. missing:
    nobody has confirmed it in time."""

    id: str
    name: str
    says: str
    why: str
    open: bool
    missing: bool


def read(session: Session, report: Report, name_of: Names) -> Sequence[Brought]:
    """The deliveries of the report, oldest first."""
    return [_brought(row, name_of) for row in deliveries.of(session, report.id)]


def stages(session: Session, case: Case) -> Sequence[Stop]:
    """From its reception to its outcome, as stops of a line."""
    taken_at = case.dispatch.taken_at if case.dispatch is not None else None
    found = vetting.read(session, case.report, taken_at)
    return [
        Stop("taken", str(STAGES[one.stage]), times.clock(one.at))
        if one.at is not None
        else Stop("later", str(STAGES[one.stage]), gettext("to come"))
        for one in found
    ]


def offer(session: Session, report: Report, form: DeliverForm) -> bool:
    """Let the form choose among the recipients of the report's district; those whose category and
    hours it is are ticked, until something was sent. False: there is nobody."""
    now, vault = runtime().clock(), runtime().vault
    offered = delivering.offered(session, report, now)
    form.recipients.choices = choices(
        (row.id, f"{recipients.name(session, vault, row)}, {str(KINDS[row.kind]).lower()}")
        for row, _ in offered
    )
    if form.recipients.data is None:
        form.recipients.data = [row.id for row, is_meant in offered if is_meant]
    return bool(offered)


def _brought(row: Delivery, name_of: Names) -> Brought:
    asked = (
        gettext(
            "%(name)s, %(time)s", name=name_of.of(row.asked_by), time=times.moment(row.asked_at)
        )
        if row.asked_by is not None
        else gettext("By itself, as life-safety is, %(time)s", time=times.moment(row.asked_at))
    )
    missing = row.place is DeliveryPlace.UNREACHED
    return Brought(
        row.id, name_of.of(row.recipient_id), _says(row, name_of), asked, row.place in OPEN, missing
    )


def _says(row: Delivery, name_of: Names) -> str:
    match row.place:
        case DeliveryPlace.WAITING if row.rings:
            at = times.clock(row.due_at)
            return gettext("Nobody has confirmed it yet; it is rung again at %(time)s.", time=at)
        case DeliveryPlace.WAITING:
            return gettext("It is about to be rung.")
        case DeliveryPlace.RINGING:
            return gettext("The phone rings.")
        case DeliveryPlace.HEARING:
            return gettext("Somebody there hears it now.")
        case DeliveryPlace.LETTER if row.mailed_at is not None:
            return gettext(
                "Mailed at %(time)s; not confirmed yet.", time=times.clock(row.mailed_at)
            )
        case DeliveryPlace.LETTER:
            return gettext("It is about to be mailed.")
        case DeliveryPlace.ACKNOWLEDGED if row.acknowledged_by is not None:
            by, at = (
                name_of.of(row.acknowledged_by),
                times.clock(row.acknowledged_at or row.moved_at),
            )
            return gettext("They have it, says %(name)s, %(time)s.", name=by, time=at)
        case DeliveryPlace.ACKNOWLEDGED:
            at = times.clock(row.acknowledged_at or row.moved_at)
            return gettext("Confirmed by key at %(time)s.", time=at)
        case DeliveryPlace.STOPPED:
            return gettext("Stopped.")
    if row.heard_at is not None:
        return gettext("Somebody there heard it, and nobody has confirmed it. Call them yourself.")
    return gettext("Nobody there has confirmed it. Call them yourself.")
