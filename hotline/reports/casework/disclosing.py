"""Disclosures: the record of what of a report was given to whom, by whom and why.

It records; it sends nothing. For education records the law asks for such a record with the parties
and the interest or the threat (34 CFR 99.32(a)(3) and (a)(5)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import Vault, place
from hotline.reports import timeline
from hotline.reports.casework.model import Disclosure, Recipient
from hotline.reports.model import Report

LONGEST = 200
"""Characters of the name of a person or office."""
BY_ITSELF = "hotline"
"""In the place of an account: life-safety, delivered without anybody having asked."""


class Part(StrEnum):
    """What of a report can be given: facts, the words that were written down, the sound."""

    FACTS = "facts"
    WORDS = "words"
    SOUND = "sound"


class Basis(StrEnum):
    """Why it may be given."""

    IMMINENT_DANGER = "imminent_danger"
    """A health or safety emergency: 34 CFR 99.31(a)(10) and 99.36."""
    SCHOOL_DUTY = "school_duty"
    """School officials with a legitimate educational interest: 34 CFR 99.31(a)(1)."""
    REPORT_OF_ABUSE = "report_of_abuse"
    """The duty to report child abuse and neglect: the law of the state."""
    COURT_ORDER = "court_order"
    """A court order or subpoena: 34 CFR 99.31(a)(9)."""
    CONSENT = "consent"
    """Written consent: 34 CFR 99.30."""


@dataclass(frozen=True)
class Disclosed:
    """An opened disclosure; `by` is the account that made it."""

    by: str
    at: datetime
    recipient: Recipient
    given_to: str
    parts: tuple[str, ...]
    basis: str

    @property
    def by_itself(self) -> bool:
        """Whether nobody had asked for it."""
        return self.by == BY_ITSELF


def record(
    session: Session,
    vault: Vault,
    report: Report,
    recipient: Recipient,
    given_to: str,
    parts: Sequence[Part],
    basis: Basis,
    *,
    by: str,
    now: datetime,
) -> None:
    """Write down that it was given, on the timeline too. Raises ValueError without a name or
    without any part."""
    row = keep(session, vault, report, recipient, given_to, parts, basis, by=by, now=now)
    codes = {"recipient": recipient.value, "basis": basis.value, "parts": list(row.parts)}
    timeline.add(session, report.id, now, "disclosed", by=by, disclosure=row.id, **codes)


def keep(
    session: Session,
    vault: Vault,
    report: Report,
    recipient: Recipient,
    given_to: str,
    parts: Sequence[Part],
    basis: Basis,
    *,
    by: str,
    now: datetime,
) -> Disclosure:
    """The record alone, where the timeline tells of it in other words. Raises as `record` does."""
    given_to = given_to.strip()
    if not 0 < len(given_to) <= LONGEST or not parts:
        raise ValueError("a disclosure names to whom, and at least one part")
    row = Disclosure(id=new_id(), report_id=report.id, account_id=by, created_at=now)
    where = place("disclosure", row.id, "given_to")
    row.given_to = vault.seal_json(session, report.data_key_id, where, given_to)
    row.recipient, row.basis = recipient, basis.value
    row.parts = [part.value for part in Part if part in parts]
    session.add(row)
    return row


def read(session: Session, vault: Vault, report: Report) -> Sequence[Disclosed]:
    """The opened disclosures of a report, oldest first. Raises CannotOpen."""
    query = select(Disclosure).where(Disclosure.report_id == report.id)
    rows = session.scalars(query.order_by(Disclosure.created_at, Disclosure.id))
    return [_open(session, vault, report, row) for row in rows]


def _open(session: Session, vault: Vault, report: Report, row: Disclosure) -> Disclosed:
    where = place("disclosure", row.id, "given_to")
    given_to = str(vault.open_json(session, report.data_key_id, where, row.given_to))
    parts = tuple(row.parts)
    return Disclosed(row.account_id, row.created_at, row.recipient, given_to, parts, row.basis)
