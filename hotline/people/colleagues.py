"""Who can be given a report to look after."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotline.people.model import Account
from hotline.people.permissions import ALLOWED, Action

ROLES = tuple(role for role, actions in ALLOWED.items() if Action.READ_WORDS in actions)
"""Those who may read what was said."""


def of_district(session: Session, district: str | None) -> Sequence[Account]:
    """Everybody who can look after reports of a district, by name; None: of any district."""
    query = select(Account).where(Account.role.in_(ROLES), Account.disabled_at.is_(None))
    if district is not None:
        query = query.where(or_(Account.district == district, Account.district.is_(None)))
    return session.scalars(query.order_by(Account.display_name, Account.id)).all()


def may_have(account: Account, district: str | None) -> bool:
    """Whether a report of the district (None: of no district) can be given to the account."""
    active = account.disabled_at is None and account.role in ROLES
    return active and (account.district is None or district in (None, account.district))
