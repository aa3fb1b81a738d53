"""A small hotline for console tests: a real database, vault and languages, and reports in it."""

import io
import math
import re
import struct
import wave
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from console.blueprint import create_blueprint
from hotline.app import create_app
from hotline.context import Runtime
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.dispatch import desk, moves, policy, words
from hotline.dispatch.model import Attempt
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import AttemptState
from hotline.languages import load_languages
from hotline.oncall import responders
from hotline.oncall.model import Responder, ResponderKind
from hotline.people import passwords, second_step
from hotline.people.accounts import add_account
from hotline.people.model import Account, Role
from hotline.people.sign_in import sign_in as check_password
from hotline.privacy import keys, locks
from hotline.privacy.cipher import Vault
from hotline.reports import audio, intake, transcripts
from hotline.reports.casework import corrections, heard
from hotline.reports.casework.corrections import Draft
from hotline.reports.model import Message, MessageKind, Report
from hotline.reports.triage import Rules
from hotline.settings import Settings
from hotline.tasks.doorbell import SilentDoorbell
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock

START = datetime(2026, 11, 24, 2, 6, 12, tzinfo=UTC)
PASSWORD = "seven calm grey herons"
PATIENCE_S = 30.0
"""So long a page waits for SQLite here: other tests may take the whole machine for seconds."""
PEOPLE = (
    ("counselor-1", ResponderKind.COUNSELOR, "Counselor 1"),
    ("counselor-2", ResponderKind.COUNSELOR, "Counselor 2"),
    ("police", ResponderKind.LAW_ENFORCEMENT, "Police desk"),
)
ENGLISH = "um hi he showed a picture of a gun at lunch and said do not come to school on thursday"
ARABIC = "مرحبا رايته اليوم عند خزانته ومعه سكين في حقيبة سوداء"


class World:
    """A runtime with a clock that only tests move, and how many have called."""

    def __init__(self, runtime: Runtime, clock: VirtualClock) -> None:
        self.runtime = runtime
        self.database = runtime.database
        self.vault = runtime.vault
        self.clock = clock
        self.calls = 0

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock()

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    def books(self, session: Session) -> SqlBooks:
        """The books of dispatch in a transaction."""
        return SqlBooks(session, self.vault)

    def app(self) -> Flask:
        """The application with the console alone."""
        return create_app(self.runtime, [create_blueprint(self.runtime)])


def turn_on_break_glass(world: World) -> None:
    """As a deployment does whose law allows it."""
    changed = {"break_glass": True, "promise": "confidential"}
    settings = world.runtime.settings.model_copy(update=changed)
    world.runtime = replace(world.runtime, settings=settings)


def call_of(world: World, report_id: str) -> str:
    """The id of the call in which the report's message was left."""
    with world.database.reading() as session:
        return session.query(Message.call_id).filter(Message.report_id == report_id).scalar()


def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hashing with little memory: 64 MiB a time would make the tests wait."""
    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)


def make_world(
    folder: Path,
    url: str | None = None,
    start: datetime = START,
    second_factor: Literal["required", "offered"] = "offered",
) -> World:
    """A hotline with three responders and the plan: counselor 1, counselor 2, police.

    `url`: a database with tables; default: a SQLite file of its own in the folder.
    """
    clock = VirtualClock(start)
    url = url or _new_database(folder)
    runtime = Runtime(
        settings=Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=folder,
            database_url=url,
            console_secure_cookies=False,
            second_factor=second_factor,
        ),
        database=Database(url, busy_s=PATIENCE_S),
        vault=Vault(keys.load_or_create(folder / "keys"), locks.open_key),
        carrier=FakeCarrier(clock),
        doorbell=SilentDoorbell(),
        languages=load_languages(["en", "es", "ar"]),
        clock=clock,
    )
    world = World(runtime, clock)
    with world.database.transaction() as session:
        for handle, kind, name in PEOPLE:
            responders.put(
                session,
                world.vault,
                handle=handle,
                kind=kind,
                name=name,
                number="+15550100001",
                languages=["en"],
            )
        steps = tuple(words.Step((handle,), 25.0) for handle, _, _ in PEOPLE)
        policy.put(session, policy.DEFAULT, policy.Policy(steps))
    return world


def _new_database(folder: Path) -> str:
    url = f"sqlite:///{folder / 'console.sqlite'}"
    migrations.upgrade(url)
    return url


def add_person(
    world: World,
    name: str = "ana",
    role: Role = Role.SUPERVISOR,
    district: str | None = None,
    responder: str | None = None,
) -> Account:
    """An account whose password is PASSWORD. responder: handle of who they are on the phone."""
    with world.database.transaction() as session:
        password_hash = passwords.hash_password(PASSWORD)
        account = add_account(session, name, name.capitalize(), role, password_hash, world.now)
        account.district = district
        if responder is not None:
            query = select(Responder.id).where(Responder.handle == responder)
            account.responder_id = session.scalars(query).one()
        return account


def sign_in(client: FlaskClient, name: str = "ana", password: str = PASSWORD) -> TestResponse:
    """Send the sign-in form as a browser does."""
    return send(client, "/sign-in", {"name": name, "password": password})


def come_in(database: Database, name: str, now: datetime) -> str:
    """Sign in where no second factor is required; gives the token of the session."""
    _, token = check_password(database, name, PASSWORD, now)
    with database.transaction() as session:
        whole = second_step.after_password(session, token, now, required=False)
        assert whole is not None
        return whole


def send(client: FlaskClient, path: str, form: dict[str, str] | None = None) -> TestResponse:
    """Send a form of one of our own pages."""
    return client.post(path, data=form or {}, headers={"Sec-Fetch-Site": "same-origin"})


def tone(seconds: float = 2.0) -> bytes:
    """A WAV file of that length, 8 kHz mono 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        count = int(seconds * 8000)
        samples = (int(6000 * math.sin(n / 8000 * 2 * math.pi * 440)) for n in range(count))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def leave_message(
    world: World, language: str = "en", text: str | None = ENGLISH, district: str | None = None
) -> str:
    """A caller leaves a message; gives the report's id. `text` None: not transcribed yet."""
    world.calls += 1
    with world.database.transaction() as session:
        call = intake.open_call(session, f"CA{world.calls:032x}", world.now)
        call.language, call.district = language, district
        message = intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
        world.pass_s(50)
        intake.recording_ended(session, message.id, world.now)
        intake.recording_arrived(
            session,
            world.vault,
            carrier_call_id=call.carrier_call_id,
            message_id=message.id,
            recording_id=f"RE{world.calls:032x}",
            duration_s=48.0,
            now=world.now,
        )
        audio.store(session, world.vault, message, tone(), "audio/wav")
        intake.send(session, world.vault, call, world.now, 0.0)
        report = session.get_one(Report, message.report_id)
        if text is not None:
            write_words(session, world, message.id, language, text)
        return report.id


def write_words(session: Session, world: World, message_id: str, language: str, text: str) -> None:
    """A transcript: half a second a word, a silence after the second, the third one unsure."""
    words, at = [], 0.5
    for index, word in enumerate(text.split()):
        words.append((word, at, at + 0.4, 0.41 if index == 2 else 0.93))
        at += 4.5 if index == 1 else 0.5
    transcripts.write(
        session,
        world.vault,
        session.get_one(Message, message_id),
        language=language,
        model="tiny",
        text=text,
        words=words,
        average_confidence=0.9,
        duration_s=48.0,
        now=world.now,
    )


def give_reason(world: World, report_id: str, phrase: str, category: str, urgency: str) -> None:
    """What triage would write when it met the phrase in the first message."""
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        spoken = transcripts.read(session, world.vault, report)[0]
        texts, wanted = [w.text for w in spoken.words], phrase.split()
        first = next(i for i in range(len(texts)) if texts[i : i + len(wanted)] == wanted)
        reason = {
            "category": category,
            "urgency": urgency,
            "phrase": phrase,
            "first_word": first,
            "last_word": first + len(wanted) - 1,
            "message_id": spoken.message_id,
        }
        earlier = transcripts.read_reasons(session, world.vault, report)
        transcripts.write_reasons(session, world.vault, report, [*earlier, reason])
        report.category, report.urgency = category, urgency


def start_dispatch(world: World, report_id: str) -> None:
    """Begin to look for somebody."""
    with world.database.transaction() as session:
        desk.start(world.books(session), session.get_one(Report, report_id), world.now)


def ring(world: World, report_id: str) -> str:
    """The phone of whoever's turn it is rings; gives the attempt's id."""
    with world.database.transaction() as session:
        row = world.books(session).dispatch_of(report_id)
        assert row is not None
        query = session.query(Attempt).filter(Attempt.dispatch_id == row.id)
        attempt = query.filter(Attempt.state == AttemptState.INTENDED).one()
        moves.tell(world.books(session), attempt.id, words.Placed(attempt.id), world.now)
        moves.tell(world.books(session), attempt.id, words.Ringing(attempt.id), world.now)
        return attempt.id


def miss(world: World, report_id: str, outcome: AttemptState = AttemptState.UNANSWERED) -> None:
    """The one whose turn it is rings for 25 s, in vain."""
    attempt_id = ring(world, report_id)
    world.pass_s(25)
    with world.database.transaction() as session:
        moves.tell(world.books(session), attempt_id, words.Ended(attempt_id, outcome), world.now)


def take(world: World, report_id: str) -> None:
    """The one whose turn it is picks up and presses 1."""
    attempt_id = ring(world, report_id)
    world.pass_s(9)
    with world.database.transaction() as session:
        moves.tell(world.books(session), attempt_id, words.Answered(attempt_id), world.now)
        assert desk.accept(world.books(session), session.get_one(Attempt, attempt_id), world.now)


def browser_of(world: World, role: Role, district: str | None = None) -> FlaskClient:
    """The browser of somebody in that role, signed in."""
    add_person(world, role.value, role, district)
    client = world.app().test_client()
    assert sign_in(client, role.value).status_code == 303
    return client


def message_of(world: World, report_id: str) -> str:
    """The id of the report's one message."""
    with world.database.transaction() as session:
        return session.query(Message.id).filter(Message.report_id == report_id).scalar()


def nobody_took(world: World) -> str:
    """A report for which all three were rung in vain; gives its id."""
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    for _ in range(3):
        miss(world, report_id)
    return report_id


def correct(
    world: World,
    message_id: str,
    first_word: int = 0,
    last_word: int = 0,
    text: str = "so",
    by: str = "",
) -> str:
    """Somebody hears other words than the machine; gives the correction's id."""
    with world.database.transaction() as session:
        message = session.get_one(Message, message_id)
        report = session.get_one(Report, message.report_id)
        seen = heard.read_one(session, world.vault, report, message_id)
        draft = Draft(first_word, last_word, text, seen.newest, seen.transcript_id)
        rules = triage_rules(world)
        corrections.correct(session, world.vault, message, draft, by, rules, world.now)
        return heard.read_one(session, world.vault, report, message_id).newest


def triage_rules(world: World) -> corrections.RulesOf:
    """The triage rules of each language."""
    return lambda language: Rules.parse(world.runtime.languages[language].triage)


def without_places(page: str) -> str:
    """A report's page without what tells scripts where each word stands."""
    page = re.sub(r'<span data-w="[^"]*"(?: data-t="[^"]*")?>([^<]*)</span>', r"\1", page)
    return re.sub(r' data-[wt]="[^"]*"', "", page)


def without_ids(page: str) -> str:
    """The page without the ids in its addresses: of an id's 18 random digits three in a row are
    fives once in some 250 times."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", page)
