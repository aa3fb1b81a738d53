"""What the machine cannot read is left to a human's ears, and is not kept waiting for it."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch import alarms
from hotline.dispatch.sql import SqlBooks
from hotline.reports import intake, timeline
from hotline.reports.model import Message, MessageState, Report, ReportState
from hotline.tasks import queue
from hotline.tasks.model import TaskKind


def leave_to_ears(
    session: Session, runtime: Runtime, message: Message, kind: str, why: str
) -> None:
    """Mark the report for a human, raise the alarm, and let dispatch begin without a transcript.

    kind: "audio_unusable" or "not_transcribed"; why: a code.
    """
    now = runtime.clock()
    report = session.get_one(Report, message.report_id)
    report.needs_listening = True
    timeline.add(session, report.id, now, kind, message=message.id, why=why)
    if report.state is not ReportState.SYNTHETIC:
        alarms.raise_alarm(SqlBooks(session, runtime.vault), report.id, kind, now)
    if message.state is MessageState.SENT:
        intake.open_report(session, report, now, 0.0)
        wait_no_longer(session, message, now)


def to_be_heard(session: Session, message: Message, now: datetime) -> None:
    """The same for a message in a language that has no speech model. That is known beforehand and
    nothing has failed, so that there is no alarm: whoever is rung hears the recording."""
    report = session.get_one(Report, message.report_id)
    report.needs_listening = True
    timeline.add(session, report.id, now, "not_transcribed", message=message.id, why="no_model")
    if message.state is MessageState.SENT:
        intake.open_report(session, report, now, 0.0)
        wait_no_longer(session, message, now)


def wait_no_longer(session: Session, message: Message, now: datetime) -> None:
    """Let dispatch of a sent message begin now, whether there is a transcript or not."""
    if message.state is MessageState.SENT:
        queue.pull_forward(session, TaskKind.START_DISPATCH, message.report_id, now)
