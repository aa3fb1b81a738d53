"""Who may be given a report: counselors and supervisors of its district."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from console.casework.forms import AssignForm
from console.forms import choices
from console.text import gettext
from hotline.people.model import Account, Role
from hotline.reports.model import Report


def of(session: Session, report: Report) -> Sequence[Account]:
    """The accounts that may look after the report, by their names."""
    query = select(Account).where(
        Account.role.in_((Role.COUNSELOR, Role.SUPERVISOR)), Account.disabled_at.is_(None)
    )
    if report.district is not None:
        query = query.where(or_(Account.district == report.district, Account.district.is_(None)))
    return list(session.scalars(query.order_by(Account.display_name, Account.id)))


def offer(session: Session, report: Report, form: AssignForm) -> None:
    """Let the form choose among them, or nobody."""
    offered = [(account.id, account.display_name) for account in of(session, report)]
    form.assignee.choices = choices([("", gettext("Nobody")), *offered])
