"""A night at the line, for pictures and for tests that look at every page: every state once.

The clock is the world's own (`World.clock`); numbers and names come from docs/roster.example.toml.
Words and sound are of the test speech in tests/data/speech, read by synthetic voices.
"""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import soundfile
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.dispatch import bridge, desk, policy, roster
from hotline.dispatch.model import Attempt
from hotline.dispatch.policy import Policy
from hotline.dispatch.roster_check import check
from hotline.dispatch.words import AttemptState, Step
from hotline.oncall.model import Responder
from hotline.people.model import Role
from hotline.reports import audio, intake
from hotline.reports.model import Call, Message, MessageKind, Report, ReportState
from hotline.tasks.model import Task, TaskState
from tests.support.console import (
    START,
    World,
    add_person,
    give_reason,
    make_world,
    miss,
    ring,
    start_dispatch,
    take,
    write_words,
)

ROOT = Path(__file__).resolve().parents[2]
SPEECH = ROOT / "tests" / "data" / "speech"
RATE = 8000
NORTH = "north"
EVERY_S = 5 * 86_400 + 7 * 3_600 + 900.0
"""Between two of the earlier reports: each on another day and at another hour."""
ENDS = ("help_given", "school_acts", "handed_to_law_enforcement", "no_danger_found")
IN_ORDER = ("counselor-1", "counselor-2", "counselor-3")
STAFF = (
    ("ana", Role.SUPERVISOR, "supervisor-1"),
    ("rosa", Role.COUNSELOR, "counselor-1"),
    ("ada", Role.ADMINISTRATOR, None),
    ("otto", Role.AUDITOR, None),
)
WEAPON = (
    "um hi he showed a picture of a gun at lunch and said do not come to school on thursday "
    "my name is maria call me at five five five oh one two three"
)
KNIFE = "مرحبا رايته اليوم عند خزانته ومعه سكين في حقيبة سوداء"
TEASED = "hola unos chicos se burlan de mi amigo todos los dias y le quitan el almuerzo"


@dataclass(frozen=True)
class Night:
    """The ids of what there is. `world` is the hotline it is in."""

    world: World
    weapon: str
    knife: str
    teased: str
    unheard: str
    waiting: str
    talking: str
    older: tuple[str, ...]

    @property
    def reports(self) -> tuple[str, ...]:
        """All reports that have a page of their own in the pictures."""
        return (self.weapon, self.knife, self.teased, self.unheard, self.waiting, self.talking)


def night(folder: Path, url: str | None = None, *, older: int = 24) -> Night:
    """A hotline at night with one report in each state, and `older` ones from before."""
    world = make_world(folder, url, start=START - timedelta(seconds=EVERY_S * older))
    apply_roster(world)
    for name, role, responder in STAFF:
        add_person(world, name, role, NORTH if role is Role.COUNSELOR else None, responder)
    before = tuple(_older(world, index) for index in range(older))
    teased = _taken(world, "es", TEASED, missed=0)
    world.pass_s(1800)
    weapon = _taken(world, "en", WEAPON, missed=1)
    give_reason(world, weapon, "picture of a gun", "weapons", "life-safety")
    world.pass_s(600)
    unheard = leave(world, "en", None)
    with world.database.transaction() as session:
        session.get_one(Report, unheard).needs_listening = True
    start_dispatch(world, unheard)
    take(world, unheard)
    world.pass_s(300)
    talking = _live(world, "en", "counselor-2")
    knife = leave(world, "ar", KNIFE)
    give_reason(world, knife, "سكين", "weapons", "life-safety")
    exhaust(world, knife)
    world.pass_s(40)
    waiting = _live(world, "es", None)
    _in_order(world)
    return Night(world, weapon, knife, teased, unheard, waiting, talking, before)


def apply_roster(world: World, file: Path = ROOT / "docs" / "roster.example.toml") -> None:
    """Bring the roster of a file into force."""
    checked = check(file.read_text(encoding="utf-8"), world.now)
    one_by_one = Policy(
        steps=tuple(Step((handle,), 25.0) for handle in IN_ORDER),
        last_resort=Step(("police-desk",), 30.0),
        alarm=("supervisor-1",),
    )
    with world.database.transaction() as session:
        roster.apply(session, world.vault, checked.roster)
        for name in ("default", "life-safety"):  # several phones at once are hard to follow here
            policy.put(session, name, one_by_one)


def _in_order(world: World) -> None:
    """All numbers were tried of late, and what the tasks would do has been done above."""
    with world.database.transaction() as session:
        for row in session.scalars(select(Responder)):
            row.confirmed_at = world.now - timedelta(days=3)
        for task in session.scalars(select(Task).where(Task.state == TaskState.PENDING)):
            task.state, task.done_at = TaskState.DONE, world.now


def speech(language: str, sentences: int = 4) -> bytes:
    """A WAV of so many sentences of the test speech, with a breath between them."""
    gap = np.zeros(int(0.7 * RATE), np.int16)
    pieces: list[np.ndarray] = []
    for file in sorted((SPEECH / language / "seen").glob("*.wav"))[:sentences]:
        pieces += [soundfile.read(file, dtype="int16")[0], gap]
    buffer = io.BytesIO()
    soundfile.write(buffer, np.concatenate(pieces), RATE, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


def leave(world: World, language: str, text: str | None) -> str:
    """A caller of the north district leaves a message; gives the report's id."""
    world.calls += 1
    sound = speech(language)
    length_s = soundfile.info(io.BytesIO(sound)).duration
    with world.database.transaction() as session:
        call = _call(session, world, language)
        message = intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
        world.pass_s(round(length_s))
        intake.recording_ended(session, message.id, world.now)
        intake.recording_arrived(
            session,
            world.vault,
            carrier_call_id=call.carrier_call_id,
            message_id=message.id,
            recording_id=f"RE{world.calls:032x}",
            duration_s=length_s,
            now=world.now,
        )
        audio.store(session, world.vault, message, sound, "audio/wav")
        intake.send(session, world.vault, call, world.now, 0.0)
        call.ended_at = world.now
        if text is not None:
            write_words(session, world, message.id, language, text)
        return message.report_id


def exhaust(world: World, report_id: str) -> None:
    """Everybody is rung in vain, and the alarm is raised."""
    start_dispatch(world, report_id)
    for _ in range(40):
        with world.database.transaction() as session:
            row = world.books(session).dispatch_of(report_id)
            if row is None or row.ended_at is not None:
                return
        miss(world, report_id)
    raise AssertionError("the plan has no end")


def _call(session: Session, world: World, language: str) -> Call:
    call = intake.open_call(session, f"CA{world.calls:032x}", world.now)
    call.language, call.district = language, NORTH
    return call


def _taken(world: World, language: str, text: str, missed: int) -> str:
    report_id = leave(world, language, text)
    start_dispatch(world, report_id)
    for _ in range(missed):
        miss(world, report_id)
    take(world, report_id)
    return report_id


def _live(world: World, language: str, taker: str | None) -> str:
    """A caller who wants to speak now: in the bridge with a taker, or waiting while one rings."""
    world.calls += 1
    with world.database.transaction() as session:
        call = _call(session, world, language)
        report = intake.go_live(session, world.vault, call, world.now)
        bridge.waiting_began(call, world.now)
        desk.start(world.books(session), report, world.now, call)
    world.pass_s(9)
    if taker is not None:
        take(world, report.id)
        with world.database.transaction() as session:
            bridge.waiting_ended(session.get_one(Call, call.id))
        world.pass_s(120)
    else:
        ring(world, report.id)
        world.pass_s(11)
    return report.id


def _older(world: World, index: int) -> str:
    """One of the reports of earlier weeks, each a little different."""
    categories = ("bullying", "drugs", "threat", "self_harm", "suicide", "violence", "unsorted")
    language = ("en", "en", "es", "en", "ar")[index % 5]
    begun = world.now
    text = _sentences(language)[index % 20]
    report_id = leave(world, language, text)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.category = categories[index % len(categories)]
        report.urgency = "life-safety" if report.category == "suicide" else "urgent"
    start_dispatch(world, report_id)
    outcome = AttemptState.BUSY if index % 2 else AttemptState.UNANSWERED
    for _ in range(index % 3):
        miss(world, report_id, outcome)
    take(world, report_id)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        if index % 3:
            report.reviewed_at = world.now
        if index % 4:
            report.disposition = ENDS[index % len(ENDS)]
            report.state, report.closed_at = ReportState.CLOSED, world.now
    world.pass_s((begun + timedelta(seconds=EVERY_S) - world.now).total_seconds())
    return report_id


def _sentences(language: str) -> list[str]:
    """What the test speech says, as text."""
    with (SPEECH / language / "seen" / "manifest.tsv").open(encoding="utf-8") as file:
        return [row[1] for row in csv.reader(file, delimiter="\t")]


def messages(world: World, report_id: str) -> list[str]:
    """The ids of a report's messages."""
    with world.database.transaction() as session:
        return list(session.scalars(select(Message.id).where(Message.report_id == report_id)))


def attempts(world: World, report_id: str) -> list[str]:
    """The ids of a report's attempts, in order."""
    with world.database.transaction() as session:
        row = world.books(session).dispatch_of(report_id)
        if row is None:
            return []
        query = select(Attempt.id).where(Attempt.dispatch_id == row.id).order_by(Attempt.id)
        return list(session.scalars(query))
