"""The tables of tasks, of process heartbeats, and of the clocks of machines."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id


class TaskKind(StrEnum):
    """What is to be done. The first three are the worker's, the rest the dispatcher's."""

    FETCH_RECORDING = "fetch_recording"
    TRANSCRIBE = "transcribe"
    UNDERSTAND = "understand"
    DELETE_RECORDING = "delete_recording"
    SETTLE_CALL = "settle_call"
    WATCH_STREAM = "watch_stream"
    WATCH_RING = "watch_ring"
    WATCH_TALK = "watch_talk"
    START_DISPATCH = "start_dispatch"
    SAID_MORE = "said_more"
    UNREAD = "unread"
    PLACE_CALL = "place_call"
    CANCEL_CALL = "cancel_call"
    LOOK_UP = "look_up"
    CONNECT_CALLER = "connect_caller"
    ALARM = "alarm"
    DRILL = "drill"
    CALL_BACK = "call_back"
    DELIVER = "deliver"
    DELIVER_MAIL = "deliver_mail"
    PUSH = "push"
    SEND_TEXT = "send_text"
    FORGET_TEXT = "forget_text"


WORKER_KINDS = (TaskKind.FETCH_RECORDING, TaskKind.TRANSCRIBE, TaskKind.UNDERSTAND)
DISPATCHER_KINDS = tuple(k for k in TaskKind if k not in WORKER_KINDS)


class TaskState(StrEnum):
    """pending: to be done (or leased) · done · failed: given up, a human has been told."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Task(Base):
    """One piece of work. `key` makes it exist once; `lease_token` fences its result."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_state_due_at", "state", "due_at"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[TaskKind]
    subject_id: Mapped[str] = mapped_column(index=True)
    state: Mapped[TaskState] = mapped_column(default=TaskState.PENDING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    """A code, never content."""
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Heartbeat(Base):
    """When a process was last alive."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]


class MachineClock(Base):
    """How the clock of a machine with a dispatcher is set (`hotline.dispatch.clock_set`)."""

    __tablename__ = "machine_clock"

    boot_id: Mapped[str] = mapped_column(primary_key=True)
    """The kernel's id of one start of one machine."""
    began_at: Mapped[datetime]
    """When the machine started, by its clock as it is set: this changes when the clock is set."""
    noted_at: Mapped[datetime]
