"""Heartbeats: rows that say when a process was last alive (RQ's own registry lies; R8)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotline.tasks.model import Heartbeat

DISPATCHER = "dispatcher"
"""The name under which a dispatcher beats its heart."""

MEDIA = "media"
"""The name of the process that takes in streamed recordings."""


def beat(session: Session, process: str, now: datetime) -> None:
    """Write that the process is alive now."""
    session.merge(Heartbeat(process=process, beat_at=now))


def alive(session: Session, process: str, now: datetime, within_s: float) -> bool:
    """Whether the process has beaten within so many seconds."""
    row = session.get(Heartbeat, process)
    return row is not None and row.beat_at >= now - timedelta(seconds=within_s)
