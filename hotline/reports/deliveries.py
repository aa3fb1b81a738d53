"""Deliveries as rows: asked for, rung, confirmed; and what the law wants to be kept of each.

Which step follows which says `hotline.reports.delivery_words`; who is rung when,
`hotline.dispatch.delivery_task`.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import add_once, new_id
from hotline.privacy.cipher import Vault
from hotline.reports.casework import disclosing
from hotline.reports.casework.disclosing import Basis, Part
from hotline.reports.casework.model import Recipient
from hotline.reports.delivery_model import Delivery, DeliveryCall
from hotline.reports.delivery_words import LETTER_S, ON_THE_PHONE, OPEN, DeliveryPlace
from hotline.reports.model import Report, ReportState
from hotline.reports.triage import Urgency


def is_grave(report: Report) -> bool:
    """Whether the report is delivered by itself."""
    return report.urgency == Urgency.LIFE_SAFETY


def ask(
    session: Session,
    report: Report,
    recipient_id: str,
    *,
    phone: bool,
    mail: bool,
    basis: Basis,
    by: str | None,
    now: datetime,
) -> Delivery | None:
    """Write a delivery that is wanted from now on. by: account id, None: by itself. None: there is
    one under way (by a person's wish), or there was one (by itself), or the report is not open.
    Raises ValueError without a phone and without mail."""
    if not (phone or mail):
        raise ValueError("a delivery needs a phone or mail")
    if report.state is not ReportState.OPEN or report.purged_at is not None:
        return None
    if by is not None and _goes_on(session, report.id, recipient_id):
        return None
    grave = is_grave(report)
    wait_s = 0.0 if phone else LETTER_S[grave]
    row = Delivery(
        id=new_id(),
        report_id=report.id,
        recipient_id=recipient_id,
        basis=basis.value,
        grave=grave,
        asked_by=by,
        asked_at=now,
        place=DeliveryPlace.WAITING if phone else DeliveryPlace.LETTER,
        moved_at=now,
        due_at=now + timedelta(seconds=wait_s),
        by_mail=mail,
        rings=0,
    )
    row.key = f"{report.id}:{recipient_id}:{'itself' if by is None else row.id}"
    return row if add_once(session, row) else None


def of(session: Session, report_id: str) -> Sequence[Delivery]:
    """The deliveries of a report, oldest first."""
    query = select(Delivery).where(Delivery.report_id == report_id)
    return list(session.scalars(query.order_by(Delivery.id)))


def locked(session: Session, delivery_id: str) -> Delivery | None:
    """The delivery, read anew and locked until the transaction ends."""
    query = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def by_token(session: Session, token: str) -> tuple[Delivery, DeliveryCall] | None:
    """The delivery whose ring carries the token, locked, and that ring."""
    call = session.scalar(select(DeliveryCall).where(DeliveryCall.token == token))
    row = locked(session, call.delivery_id) if call is not None else None
    return (row, call) if row is not None and call is not None else None


def last_call(session: Session, delivery_id: str) -> DeliveryCall | None:
    """The newest ring of a delivery: the only one that may still go on."""
    query = select(DeliveryCall).where(DeliveryCall.delivery_id == delivery_id)
    return session.scalar(query.order_by(DeliveryCall.id.desc()).limit(1))


def is_rung(session: Session, row: Delivery) -> bool:
    """Whether the same recipient is on the phone for another delivery: never two rings at once."""
    query = select(Delivery.id).where(Delivery.recipient_id == row.recipient_id)
    query = query.where(Delivery.id != row.id, Delivery.place.in_(ON_THE_PHONE))
    return session.scalar(query.limit(1)) is not None


def ring(session: Session, row: Delivery, now: datetime) -> DeliveryCall:
    """Write that the phone is to be rung now, before it is."""
    row.rings += 1
    call = DeliveryCall(
        id=new_id(), delivery_id=row.id, token=secrets.token_urlsafe(24), rung_at=now
    )
    session.add(call)
    session.flush()
    return call


def given(session: Session, vault: Vault, row: Delivery, name: str, kind: str) -> None:
    """Keep that the report was given to whom, and why it may be: the record of *Shared with*.
    name, kind: the recipient's. Raises KeyGone."""
    report = session.get_one(Report, row.report_id)
    disclosing.keep(
        session,
        vault,
        report,
        Recipient(kind.replace("-", "_")),
        name[: disclosing.LONGEST],
        [Part.WORDS],
        Basis(row.basis),
        by=row.asked_by or disclosing.BY_ITSELF,
        now=row.heard_at or row.acknowledged_at or row.moved_at,
    )


def _goes_on(session: Session, report_id: str, recipient_id: str) -> bool:
    query = select(Delivery.id).where(Delivery.report_id == report_id)
    query = query.where(Delivery.recipient_id == recipient_id, Delivery.place.in_(OPEN))
    query = query.where(Delivery.place != DeliveryPlace.UNREACHED)
    return session.scalar(query.limit(1)) is not None
