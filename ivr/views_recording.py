"""The recording callback: the carrier has the audio of a message, or says that there is none."""

from flask import Blueprint, Response, request
from sqlalchemy import select

from hotline import crash
from hotline.reports import intake, spoken
from hotline.tasks.model import WORKER_KINDS, Task, TaskState
from ivr import requests
from ivr.answers import empty, repeated
from ivr.line import Line


def add_recording_views(blueprint: Blueprint, line: Line) -> None:
    """Add the recording callback to the blueprint."""

    @blueprint.post("/voice/recording")
    def recording() -> Response:
        """Any number of times, in any order; a failure of ours is a 500, and the carrier repeats.

        The URL the carrier posts is never used: the worker builds its own from the id.
        """
        arrived = repeated(lambda: _arrive(line))
        crash.point("recording.arrived")
        for task_id in arrived:
            line.runtime.doorbell.ring(task_id)
        return empty()

    @blueprint.post("/voice/answer")
    def spoken_answer() -> Response:
        """The carrier has what was said in place of keys, or says that there is none. It is
        understood, and never kept."""
        task_id = repeated(lambda: _answered(line))
        if task_id is not None:
            line.runtime.doorbell.ring(task_id)
        return empty()


def _answered(line: Line) -> str | None:
    """Write down that the carrier has it; the id of the task that waits for a worker."""
    now, answer_id = line.runtime.clock(), request.args.get("answer", "")
    with line.runtime.database.transaction() as session:
        if _nothing():
            spoken.nothing_recorded(session, answer_id, now)
            return None
        return spoken.arrived(session, answer_id, request.form["RecordingSid"], now)


def _arrive(line: Line) -> list[str]:
    """Write down what arrived; the ids of the tasks that wait for a worker."""
    now = line.runtime.clock()
    message_id = request.args.get("message")
    with line.runtime.database.transaction() as session:
        if _nothing():
            if message_id:
                intake.nothing_recorded(session, message_id, now)
            return []
        message = intake.recording_arrived(
            session,
            line.runtime.vault,
            carrier_call_id=requests.call_id(),
            message_id=message_id,
            recording_id=request.form["RecordingSid"],
            duration_s=_duration(),
            now=now,
        )
        if message is None:
            return []
        query = select(Task.id).where(Task.subject_id == message.id, Task.kind.in_(WORKER_KINDS))
        return list(session.scalars(query.where(Task.state == TaskState.PENDING)))


def _nothing() -> bool:
    """Absent or failed. A completed one of "0 s" is fetched all the same: carriers round, a cry for
    help may be that short, and its copy at the carrier must be deleted."""
    status = request.form.get("RecordingStatus", "completed")
    return status != "completed" or not request.form.get("RecordingSid")


def _duration() -> float | None:
    try:
        return float(request.form["RecordingDuration"])
    except (KeyError, ValueError):
        return None
