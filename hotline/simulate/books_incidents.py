"""Incidents of the books in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.dispatch import words
from hotline.dispatch.books import Row
from hotline.dispatch.model import Alarm, Dispatch
from hotline.reports.incident_model import WITHIN, Incident, IncidentReport, Membership
from hotline.reports.model import Report, ReportState

if TYPE_CHECKING:
    from hotline.simulate.books import MemoryStore


class MemoryIncidents:
    """The part of `hotline.dispatch.books.Books` that is about incidents."""

    store: MemoryStore

    def get(self, kind: type[Row], row_id: str) -> Row | None:
        """As in `Books`."""
        raise NotImplementedError

    def incident(self, incident_id: str) -> Incident | None:
        """As in `Books`."""
        return self.get(Incident, incident_id)

    def gathered(self, incident_id: str, until: datetime) -> Sequence[Report]:
        """As in `Books`."""
        begun = {d.report_id for d in self.store.all(Dispatch).values()}
        links = [
            link
            for link in self.store.all(IncidentReport).values()
            if link.incident_id == incident_id and link.state in WITHIN and not link.newer
        ]
        ids = sorted(
            k.report_id for k in links if k.joined_at <= until and k.report_id not in begun
        )
        found = [self.get(Report, report_id) for report_id in ids]
        return [r for r in found if r is not None and r.state is ReportState.OPEN]

    def alarms_within(self, incident_id: str, reason: str) -> Sequence[Alarm]:
        """As in `Books`."""
        links = self.store.all(IncidentReport)
        every = (a for a in self.store.all(Alarm).values() if a.reason == reason)
        return [
            alarm
            for alarm in every
            if (link := links.get(alarm.report_id or "")) and link.incident_id == incident_id
        ]

    def is_sought_within(self, incident_id: str) -> bool:
        """As in `Books`."""
        links = self.store.all(IncidentReport)
        for row in self.store.all(Dispatch).values():
            link = links.get(row.report_id) if row.state in words.SEEKING else None
            if link is None or link.state is Membership.REJECTED:
                continue
            if link.incident_id == incident_id:
                return True
        return False
