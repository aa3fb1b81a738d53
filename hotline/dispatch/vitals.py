"""How the hotline itself is: the dispatcher's heartbeat, words still to be written, test calls."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.dispatch.drill import DRILL
from hotline.oncall.model import CheckCall
from hotline.tasks.heartbeat import DISPATCHER
from hotline.tasks.model import Heartbeat, Task, TaskKind, TaskState


@dataclass(frozen=True)
class Vitals:
    """beat_at: when a dispatcher was last alive, None: never. transcribing: messages whose words
    are still to be written. drill: the latest test call."""

    beat_at: datetime | None
    transcribing: int
    drill: CheckCall | None


def read(session: Session) -> Vitals:
    """The vitals of this moment."""
    beat = select(Heartbeat.beat_at).where(Heartbeat.process == DISPATCHER)
    pending = select(func.count(Task.id)).where(
        Task.state == TaskState.PENDING, Task.kind == TaskKind.TRANSCRIBE
    )
    drills = select(CheckCall).where(CheckCall.purpose == DRILL)
    latest = drills.order_by(CheckCall.id.desc()).limit(1)
    return Vitals(session.scalar(beat), session.scalar(pending) or 0, session.scalar(latest))
