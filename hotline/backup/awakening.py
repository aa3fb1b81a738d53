"""What must not come alive again with a restored database, and what may.

To the dispatcher a restored database looks as if it had been dead since the backup, and it goes on
as after any crash: it asks the carrier before it rings. What a crash does not know is put right
here: acts that were done since, and browsers that signed out since.
"""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hotline import audit
from hotline.backup import record
from hotline.backup.manifest import Manifest
from hotline.people.model import ConsoleSession, SetupCode, Unlocked
from hotline.reports.casework.model import Presence
from hotline.tasks.model import Heartbeat, Task, TaskKind, TaskState

RESTORED = "backup.restored"


def settle(session: Session, manifest: Manifest, now: datetime) -> int:
    """Put a restored database right; gives how many were signed out.

    - Everybody is signed out, nothing is unlocked, and one-time codes are void: whoever ended a
      session or used a code since the backup must not find it good again.
    - No task is held by a process that is gone.
    - A call that may have been placed since is looked for at the carrier before a phone is rung:
      that is what a second try does.
    - No process is alive; the newest backup is the one that was restored.
    """
    live = ConsoleSession.ended_at.is_(None)
    count = session.scalar(select(func.count(ConsoleSession.id)).where(live)) or 0
    session.execute(delete(Unlocked))
    session.execute(delete(Presence))
    session.execute(update(ConsoleSession).where(live).values(ended_at=now))
    session.execute(update(SetupCode).where(SetupCode.used_at.is_(None)).values(used_at=now))
    session.execute(update(Task).values(lease_owner=None, lease_token=None, lease_until=None))
    session.execute(
        update(Task)
        .where(Task.kind == TaskKind.PLACE_CALL, Task.state == TaskState.PENDING, Task.tries == 0)
        .values(tries=1)
    )
    session.execute(delete(Heartbeat))
    record.note(session, manifest.made_at)
    made_at = manifest.made_at.isoformat(timespec="seconds")
    audit.record(session, now, "command-line", RESTORED, "backup", made_at=made_at)
    return count
