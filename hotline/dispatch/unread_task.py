"""The task of a report that was taken together with another one: somebody reads it, or an alarm.

It looks again until the report was read, was said to be about something else (then its own search
runs), or is closed.
"""

from datetime import datetime, timedelta

from hotline.dispatch import alarms, unread
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.model import Dispatch
from hotline.dispatch.unread import Told
from hotline.dispatch.words import DispatchState
from hotline.reports.incident_model import IncidentReport
from hotline.reports.model import Report, ReportState
from hotline.tasks.queue import Lease


def see_to(ports: Ports, lease: Lease) -> None:
    """Tell people of the report if it has waited for too long; then look again."""
    now = ports.clock()
    with ports.transaction() as books:
        report = books.get(Report, lease.subject_id)
        row = books.dispatch_of(lease.subject_id)
        row = books.dispatch(row.id) if row is not None else None
        since = _unread_since(report, row)
        if since is None:
            return books.finish(lease, now)
        due = unread.tell_at(since, _told(books, lease.subject_id), ports.unread_s)
        if due is not None and due <= now:
            alarms.raise_alarm(books, lease.subject_id, alarms.UNREAD, now)
        again = now + timedelta(seconds=ports.unread_s)
        return books.postpone(lease, due if due is not None and due > now else again)


def _unread_since(report: Report | None, row: Dispatch | None) -> datetime | None:
    """Since when it waits to be read; None: it does not."""
    if report is None or row is None or report.state is not ReportState.OPEN:
        return None
    return row.unread_at if row.state is DispatchState.TAKEN else None


def _told(books: Books, report_id: str) -> list[Told]:
    """The alarms so far. The incident is locked, so that two of its reports raise one."""
    link = books.get(IncidentReport, report_id)
    if link is None:
        return []
    books.incident(link.incident_id)
    found = books.alarms_within(link.incident_id, alarms.UNREAD)
    return [Told(alarm.raised_at, alarm.acknowledged_at) for alarm in found]
