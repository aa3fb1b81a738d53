"""The version of a report: counts what changes its own fields, so that nobody overwrites unseen.

What only adds to a report (a note, a reply, a disclosure) overwrites nothing and does not count.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.reports import timeline
from hotline.reports.model import Report, TimelineEvent


class ChangedMeanwhile(Exception):
    """The form was filled in over an older version; nothing has been written."""

    def __init__(self, seen: int) -> None:
        super().__init__("the report has changed meanwhile")
        self.seen = seen
        """The version that the form was filled in over."""


def check(report: Report, seen: int | None) -> None:
    """Refuse a form that was filled in over another version. Raises ChangedMeanwhile.

    Lock the report before (`with_for_update`): the check and the change must be one step.
    """
    if seen != report.version:
        raise ChangedMeanwhile(-1 if seen is None else seen)


def change(session: Session, report: Report, now: datetime, kind: str, **detail: Any) -> None:
    """Count a change of the report's own fields and tell it in the timeline."""
    report.version += 1
    timeline.add(session, report.id, now, kind, **detail, version=report.version)


def since(session: Session, report: Report, seen: int) -> Sequence[TimelineEvent]:
    """What has changed the report since that version, oldest first."""
    events = timeline.read(session, report.id)
    return [event for event in events if event.detail.get("version", -1) > seen]
