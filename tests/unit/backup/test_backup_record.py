"""When a backup counts as old."""

from datetime import timedelta

from hotline import audit
from hotline.backup import record
from hotline.database.engine import Database
from tests.fakes.clock import VirtualClock

HOUR = timedelta(hours=1)


def test_an_old_one_is_missed_after_26_hours(database: Database, clock: VirtualClock) -> None:
    made_at = clock()
    with database.transaction() as session:
        record.note(session, made_at)
        assert record.newest(session) == made_at
        assert record.old_since(session, made_at + 26 * HOUR) is None
        late = made_at + 26 * HOUR + timedelta(seconds=1)
        assert record.old_since(session, late) == made_at + 26 * HOUR
        record.note(session, late)
        assert record.old_since(session, late) is None


def test_a_new_installation_is_not_at_fault(database: Database, clock: VirtualClock) -> None:
    with database.transaction() as session:
        assert record.newest(session) is None
        assert record.old_since(session, clock()) is None
        audit.record(session, clock(), "cli", "account.created", "console")
        assert record.old_since(session, clock() + 26 * HOUR) is None
        assert record.old_since(session, clock() + 27 * HOUR) == clock() + 26 * HOUR
