"""In which incident a report is, and how many tell of the same: for whoever is told of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from hotline.reports.incident_model import IncidentReport, Membership


@dataclass(frozen=True)
class Within:
    """id: of the incident. total: its reports, this one and those that nobody has decided on
    included. undecided: how many of them wait for a person's word."""

    id: str
    total: int
    undecided: int


def within(session: Session, report_ids: Collection[str]) -> Mapping[str, Within]:
    """The incident of each report that is in one with others, by report; two queries."""
    link = IncidentReport
    there = link.state != Membership.REJECTED
    asked = select(link.report_id, link.incident_id).where(link.report_id.in_(report_ids), there)
    incidents = {row.report_id: row.incident_id for row in session.execute(asked)}
    waits = func.sum(case((link.state == Membership.SUGGESTED, 1), else_=0))
    query = select(link.incident_id, func.count(), waits).group_by(link.incident_id)
    query = query.where(link.incident_id.in_(set(incidents.values())), there)
    counted = {row[0]: Within(*row) for row in session.execute(query)}
    return {r: counted[i] for r, i in incidents.items() if counted[i].total > 1}


def together(session: Session, report_id: str) -> int:
    """How many reports tell of the same, the report included; 0 when it is the only one."""
    found = within(session, [report_id]).get(report_id)
    return found.total if found is not None else 0
