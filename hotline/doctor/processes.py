"""Processes: each that beats its heart has done so lately."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hotline.carrier.choice import stream_url
from hotline.database.engine import Database
from hotline.doctor.finding import Finding, Lasting, bad, ok, warn
from hotline.doctor.stores import is_not_made_yet
from hotline.settings import Settings
from hotline.tasks.heartbeat import DISPATCHER, MEDIA
from hotline.tasks.model import Heartbeat
from hotline.texts import marked

AUDITOR = "auditor"
AHEAD_S = 60.0


def heartbeats(settings: Settings) -> Iterator[Finding]:
    """Dispatcher, auditor and media process are alive; nothing is said where no table is."""
    beats = beats_of(settings)
    if beats is None:
        return
    limits = {DISPATCHER: settings.degraded_after_s, AUDITOR: settings.silence_s}
    if stream_url(settings) is not None:
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
    start = marked("Start `hotline %(process)s`, and let something keep it running.")
    if beat_at is None:
        says = marked("The %(process)s has never run with this database.")
        return warn("heartbeats", says, start, process=process)
    ago_s = (now - beat_at).total_seconds()
    if ago_s < -AHEAD_S:
        says = marked("The %(process)s was alive %(time)s in the future.")
        mend = marked("A clock is wrong: keep all machines with NTP.")
        return bad("heartbeats", says, mend, process=process, time=Lasting(-ago_s))
    if ago_s > limit_s:
        says = marked("The %(process)s has been silent for %(time)s.")
        return bad("heartbeats", says, start, process=process, time=Lasting(ago_s))
    says = marked("The %(process)s was alive %(time)s ago.")
    return ok("heartbeats", says, process=process, time=Lasting(max(ago_s, 0)))
