"""What a report's page says of the incident that the report belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.context import runtime, signed_in
from hotline.people.permissions import Action, may
from hotline.privacy.cipher import CannotOpen
from hotline.reports import incidents
from hotline.reports.incident_model import IncidentReport, Membership
from hotline.reports.model import Report


@dataclass(frozen=True)
class InIncident:
    """id: of the incident. total: its reports. undecided: nobody has said yet whether the report is
    about the same. same: what a person has said; None: nobody has, or it is the first one. left:
    how many of the incident wait for a person's word. words: why it was suggested. newer: it rang
    at once."""

    id: str
    total: int
    undecided: bool
    same: bool | None
    left: int
    newer: bool
    words: Sequence[str]


def in_incident(session: Session, report: Report) -> InIncident | None:
    """The report's place in an incident; None where it has none."""
    link = session.get(IncidentReport, report.id)
    if link is None:
        return None
    of_it = IncidentReport.incident_id == link.incident_id
    count = select(func.count()).where(of_it)
    said = {Membership.CONFIRMED: True, Membership.REJECTED: False}
    return InIncident(
        id=link.incident_id,
        total=session.scalar(count.where(IncidentReport.state != Membership.REJECTED)) or 0,
        undecided=link.state is Membership.SUGGESTED,
        same=said.get(link.state),
        left=session.scalar(count.where(IncidentReport.state == Membership.SUGGESTED)) or 0,
        newer=link.newer,
        words=words_of(session, report),
    )


def words_of(session: Session, report: Report) -> Sequence[str]:
    """Why it was suggested; nothing for whoever may not read words, or where it does not open."""
    if not may(signed_in().account.role, Action.READ_WORDS):
        return ()
    try:
        return incidents.shared_words(session, runtime().vault, report)
    except CannotOpen:
        return ()
