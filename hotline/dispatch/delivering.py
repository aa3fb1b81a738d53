"""Which recipients a report is for, and the deliveries that are asked for: rows and tasks only.

(`hotline.dispatch.delivery_task` rings and mails.)
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.oncall import recipients
from hotline.oncall.model import Recipient
from hotline.privacy.cipher import CannotOpen, Vault
from hotline.reports import deliveries, timeline
from hotline.reports.casework.disclosing import Basis
from hotline.reports.delivery_model import Delivery
from hotline.reports.model import Report
from hotline.tasks import queue
from hotline.tasks.model import TaskKind


def by_itself(session: Session, vault: Vault, report: Report, now: datetime) -> list[Delivery]:
    """Life-safety: ask for a delivery to everybody whose category and hours it is, once for each
    recipient. Gives those that are new."""
    if not deliveries.is_grave(report):
        return []
    meant = [
        row
        for row in recipients.of_district(session, report.district)
        if recipients.is_meant(row, report.category, now)
    ]
    made = [ask(session, vault, report, row, Basis.IMMINENT_DANGER, None, now) for row in meant]
    return [one for one in made if one is not None]


def ask(
    session: Session,
    vault: Vault,
    report: Report,
    recipient: Recipient,
    basis: Basis,
    by: str | None,
    now: datetime,
) -> Delivery | None:
    """Ask for one delivery, by every way that the recipient has. by: account id, None: by itself.
    None: see `hotline.reports.deliveries.ask`; also when their number does not open any more."""
    try:
        reached = recipients.opened(session, vault, recipient)
    except CannotOpen:
        return None
    row = deliveries.ask(
        session,
        report,
        recipient.id,
        phone=reached.phone is not None,
        mail=reached.mail is not None,
        basis=basis,
        by=by,
        now=now,
    )
    if row is None:
        return None
    detail = {"by": by} if by is not None else {}
    timeline.add(session, report.id, now, "delivery_asked", recipient=recipient.id, **detail)
    queue.add(session, TaskKind.DELIVER, row.id, now)
    if row.by_mail:
        queue.add(session, TaskKind.DELIVER_MAIL, row.id, now)
    return row


def offered(session: Session, report: Report, now: datetime) -> Sequence[tuple[Recipient, bool]]:
    """Whom a person may choose, and whether the report is theirs by category and hours."""
    rows = recipients.of_district(session, report.district)
    return [(row, recipients.is_meant(row, report.category, now)) for row in rows]
