"""Callers who return by number and PIN and say more, on a call of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from hotline.carrier.port import LegState, Recording
from hotline.dispatch import desk
from hotline.reports.model import Message, MessageKind, Report, ReportState
from hotline.simulate.callers import GOODBYE_S, Line
from hotline.simulate.carrier import FakeCall
from hotline.tasks.model import TaskKind

SPEAKS_S = 4.0
ARRIVES_S = 0.5


@dataclass(frozen=True)
class Hears:
    """Who is told what callers have said later. said(report id, message id): it is received.
    understood(message id, grave): its words are known."""

    said: Callable[[str, str], None]
    understood: Callable[[str, bool], None]


def open_for(line: Line, hears: Hears) -> None:
    """What this caller will say later, if anything."""
    if line.caller.adds_after_s is not None:
        line.world.at(line.caller.at_s + line.caller.adds_after_s, _calls, line, hears)


def _calls(line: Line, hears: Hears) -> None:
    """Only what was sent has a number and a PIN."""
    world = line.world
    with world.transaction() as books:
        report = books.get(Report, line.report_id)
        if report is None or report.state is not ReportState.OPEN:
            return
        leg = world.carrier.add_call()
        call = world.house.open_call(books, leg.id, world.clock())
        call.report_id = report.id
        message_id = world.house.begin_message(books, call, MessageKind.ADDITION, world.clock())
    world.carrier.set_state(leg, LegState.ANSWERED)
    world.tell(f"{line.name} returns to the report")
    world.at(SPEAKS_S, _says, line, hears, leg, message_id)


def _says(line: Line, hears: Hears, leg: FakeCall, message_id: str) -> None:
    """What is added to a report is sent when the recording ends."""
    world, caller = line.world, line.caller
    with world.transaction() as books:
        world.house.recording_ended(books, message_id, world.clock())
    world.tell(f"{line.name} has said more")
    hears.said(line.report_id, message_id)
    recording_id = f"RE-{message_id}"
    world.carrier.recordings_of.setdefault(leg.id, []).append(Recording(recording_id, 4))
    world.at(ARRIVES_S, _arrives, line, leg, message_id, recording_id)
    world.at(GOODBYE_S, world.carrier.set_state, leg, LegState.COMPLETED)
    if caller.added_words_after_s is not None:
        world.at(caller.added_words_after_s, _understood, line, hears, message_id)


def _arrives(line: Line, leg: FakeCall, message_id: str, recording_id: str) -> None:
    world = line.world
    with world.transaction() as books:
        call = world.house.open_call(books, leg.id, world.clock())
        world.house.recording_arrived(books, call.id, message_id, recording_id, world.clock())


def _understood(line: Line, hears: Hears, message_id: str) -> None:
    """The transcript is there (`transcription.committing`)."""
    world, grave = line.world, line.caller.adds_grave
    now = world.clock()
    with world.transaction() as books:
        message, report = books.get(Message, message_id), books.get(Report, line.report_id)
        if message is None or report is None:
            raise LookupError("words without a message")
        message.urgency = "life-safety" if grave else "urgent"
        if grave:
            report.urgency = "life-safety"
        books.pull_forward(TaskKind.START_DISPATCH, report.id, now)
        books.pull_forward(TaskKind.SAID_MORE, message.id, now)
        desk.reconsider(books, report, now)
    world.tell(f"what {line.name} has said since is {'grave' if grave else 'not grave'}")
    hears.understood(message_id, grave)
