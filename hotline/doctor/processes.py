"""Processes: each that beats its heart has done so lately."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hotline.database.engine import Database
from hotline.doctor.finding import Finding, bad, lasting, ok, warn
from hotline.doctor.stores import is_not_made_yet
from hotline.settings import Settings
from hotline.tasks.heartbeat import DISPATCHER, MEDIA
from hotline.tasks.model import Heartbeat

AUDITOR = "auditor"
AHEAD_S = 60.0


def heartbeats(settings: Settings) -> Iterator[Finding]:
    """Dispatcher, auditor and media process are alive; nothing is said where no table is."""
    beats = beats_of(settings)
    if beats is None:
        return
    limits = {DISPATCHER: settings.degraded_after_s, AUDITOR: settings.silence_s}
    if settings.stream_url is not None:
        limits[MEDIA] = settings.degraded_after_s
    for process, limit_s in limits.items():
        yield judged(process, beats.get(process), limit_s, datetime.now(UTC))


def beats_of(settings: Settings) -> dict[str, datetime] | None:
    """When each process was last alive; None where the database cannot be asked."""
    if is_not_made_yet(settings):
        return None
    opened = Database(settings.database)
    try:
        with opened.transaction() as session:
            return {row.process: row.beat_at for row in session.scalars(select(Heartbeat))}
    except SQLAlchemyError:
        return None
    finally:
        opened.close()


def judged(process: str, beat_at: datetime | None, limit_s: float, now: datetime) -> Finding:
    """What is to be said of one process."""
    start = f"Start `hotline {process}`, and let something keep it running."
    if beat_at is None:
        return warn("heartbeats", f"The {process} has never run with this database.", start)
    ago_s = (now - beat_at).total_seconds()
    if ago_s < -AHEAD_S:
        says = f"The {process} was alive {lasting(-ago_s)} in the future."
        return bad("heartbeats", says, "A clock is wrong: keep all machines with NTP.")
    if ago_s > limit_s:
        return bad("heartbeats", f"The {process} has been silent for {lasting(ago_s)}.", start)
    return ok("heartbeats", f"The {process} was alive {max(ago_s, 0):.0f} s ago.")
