"""A database full of reports, for measurements: written in bulk, none of them was ever called in.

Words have the frequencies of spoken language (Zipf): some stand in nearly every report, most in
few. Of the reports nine in ten are closed, one in a hundred is not reviewed, twenty are sought.
"""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate

from sqlalchemy import insert
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.database.types import Sealed
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.oncall import responders
from hotline.oncall.model import District, Responder, ResponderKind, School
from hotline.people.accounts import add_account
from hotline.people.model import Account
from hotline.people.model import Role as PersonRole
from hotline.people.passwords import hash_password
from hotline.privacy.cipher import DataKey, place, seal
from hotline.reports import search, search_terms
from hotline.reports.model import (
    AudioState,
    Message,
    MessageKind,
    MessageState,
    Report,
    ReportState,
    SearchEntry,
    Transcript,
)

BATCH = 2000
DISTRICTS = 40
SCHOOLS = 5
COUNSELORS = 60
VOCABULARY = 6000
SPOKEN = 60
"""Words of one transcript: half a minute of speech."""
SOUGHT = 20
CATEGORIES = ("bullying", "threat", "drugs", "suicide", "weapons", "self_harm", "unsorted")
URGENCIES = ("urgent", "urgent", "urgent", "life-safety", "routine")
LANGUAGES = ("en", "en", "en", "en", "es", "es", "ar")
PASSWORD = "seven calm grey herons"
BEGAN = datetime(2021, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=26)
"""From one report to the next: 100,000 in five years."""

Row = dict[str, object]


@dataclass
class People:
    """Who is there."""

    accounts: list[str]
    responders: list[str]


def fill(runtime: Runtime, count: int, seed: int = 1) -> None:
    """Write so many reports, and people to look at them; one district has a fortieth of them."""
    chance = random.Random(seed)
    with runtime.database.transaction() as session:
        people = _people(session, runtime)
        names = _Names(session, runtime)
    for start in range(0, count, BATCH):
        rows = _Rows()
        for number in range(start, min(start + BATCH, count)):
            _report(rows, runtime, names, people, number, number >= count - SOUGHT, chance)
        with runtime.database.transaction() as session:
            for table, values in rows.by_table():
                session.execute(insert(table), values)
    with runtime.database.engine.connect() as connection:
        # What autovacuum does within a minute.
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("VACUUM ANALYZE")
    runtime.database.tend()


def vocabulary() -> list[str]:
    """Made-up words, the frequent ones first, and between them some that people ask for."""
    chance = random.Random(7)
    syllables = [
        a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "an", "or", "est")
    ]
    made = [
        "".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3)))) for _ in range(VOCABULARY)
    ]
    made[3], made[40], made[400], made[4000] = "school", "locker", "knife", "bicycle"
    return made


class _Names:
    """The blind names of words, worked out once for each."""

    def __init__(self, session: Session, runtime: Runtime) -> None:
        self._key = search._key(session, runtime.vault)
        self.of = cache(self._of)

    def _of(self, word: str) -> frozenset[str]:
        return frozenset(
            search_terms.blind(self._key, piece) for piece in search_terms.pieces(word)
        )


class _Rows:
    """Rows of a batch, by table, in an order that foreign keys allow."""

    ORDER = (DataKey, Report, Message, Transcript, Dispatch, Attempt, SearchEntry)

    def __init__(self) -> None:
        self._rows: dict[type, list[Row]] = {table: [] for table in self.ORDER}

    def add(self, table: type, **values: object) -> None:
        self._rows[table].append(values)

    def by_table(self) -> Iterator[tuple[type, list[Row]]]:
        return ((table, rows) for table, rows in self._rows.items() if rows)


WORDS = vocabulary()
WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(WORDS))))


def _people(session: Session, runtime: Runtime) -> People:
    password = hash_password(PASSWORD)
    for number in range(DISTRICTS):
        handle = f"d{number}"
        session.add(District(id=new_id(), handle=handle, name=f"District {number}", lines=[]))
        for school in range(SCHOOLS):
            name = f"School {number}.{school}"
            session.add(
                School(id=new_id(), handle=f"{handle}s{school}", name=name, district=handle)
            )
    on_phone = [
        responders.put(
            session,
            runtime.vault,
            handle=f"c{number}",
            kind=ResponderKind.COUNSELOR,
            name=f"Counselor {number}",
            number=f"+155501{number:05d}",
            languages=["en"],
        )
        for number in range(COUNSELORS)
    ]
    accounts = [
        _account(
            session, f"c{number}", PersonRole.COUNSELOR, f"d{number % DISTRICTS}", password, who
        )
        for number, who in enumerate(on_phone)
    ]
    _account(session, "state", PersonRole.SUPERVISOR, None, password)
    _account(session, "district", PersonRole.SUPERVISOR, "d7", password)
    _account(session, "auditor", PersonRole.AUDITOR, None, password)
    return People([a.id for a in accounts], [r.id for r in on_phone])


def _account(
    session: Session,
    name: str,
    role: PersonRole,
    district: str | None,
    password: str,
    responder: Responder | None = None,
) -> Account:
    account = add_account(session, name, name.capitalize(), role, password, BEGAN)
    account.district = district
    account.responder_id = responder.id if responder else None
    return account


def _report(
    rows: _Rows,
    runtime: Runtime,
    names: _Names,
    people: People,
    number: int,
    sought: bool,
    chance: random.Random,
) -> None:
    key, key_id, report_id, at = os.urandom(32), new_id(), new_id(), BEGAN + number * APART
    version, master = runtime.vault._ring.current
    wrapped = seal(master, f"data_key/{key_id}/wrapped", key)
    rows.add(DataKey, id=key_id, version=version, wrapped=wrapped)
    district = chance.randrange(DISTRICTS)
    rows.add(
        Report,
        id=report_id,
        number=str(100_000 + number),
        state=ReportState.OPEN if sought or chance.random() < 0.1 else ReportState.CLOSED,
        language=chance.choice(LANGUAGES),
        district=f"d{district}",
        school=f"d{district}s{chance.randrange(SCHOOLS)}",
        category=chance.choice(CATEGORIES),
        urgency=chance.choice(URGENCIES),
        data_key_id=key_id,
        created_at=at,
        sent_at=at + timedelta(minutes=1),
        reviewed_at=None if sought or chance.random() < 0.01 else at + timedelta(hours=5),
        assignee=chance.choice(people.accounts) if chance.random() < 0.3 else None,
        live=False,
        needs_listening=False,
        version=0,
    )
    said = chance.choices(WORDS, cum_weights=WEIGHTS, k=SPOKEN)
    _message(rows, key, report_id, at, said)
    _dispatch(rows, people, report_id, at, sought, chance)
    tokens = " ".join(sorted(frozenset().union(*(names.of(word) for word in said))))
    rows.add(SearchEntry, report_id=report_id, tokens=tokens)


def _message(rows: _Rows, key: bytes, report_id: str, at: datetime, said: list[str]) -> None:
    message_id, row_id = new_id(), new_id()
    rows.add(
        Message,
        id=message_id,
        report_id=report_id,
        kind=MessageKind.MESSAGE,
        state=MessageState.SENT,
        audio=AudioState.STORED,
        token=message_id,
        duration_s=31.0,
        created_at=at,
        sent_at=at,
    )
    timed = [[word, i * 0.5, i * 0.5 + 0.4, 0.9] for i, word in enumerate(said)]
    rows.add(
        Transcript,
        id=row_id,
        message_id=message_id,
        parts=1,
        language="en",
        model="none",
        text=_sealed(key, row_id, "text", " ".join(said)),
        words=_sealed(key, row_id, "words", timed),
        average_confidence=0.9,
        duration_s=31.0,
        created_at=at,
        assessed_at=at,
    )


def _sealed(key: bytes, row_id: str, column: str, value: object) -> Sealed:
    return seal(key, place("transcript", row_id, column), json.dumps(value).encode())


def _dispatch(
    rows: _Rows, people: People, report_id: str, at: datetime, sought: bool, chance: random.Random
) -> None:
    dispatch_id = new_id()
    missed, taken_by = chance.randrange(3), None if sought else new_id()
    if not sought and chance.random() < 0.01:
        taken_by = None
    taker = chance.choice(people.responders) if taken_by else None
    state = DispatchState.EXHAUSTED if taken_by is None else DispatchState.TAKEN
    rows.add(
        Dispatch,
        id=dispatch_id,
        report_id=report_id,
        state=DispatchState.RINGING if sought else state,
        policy="default",
        urgency="urgent",
        snapshot={"name": "default", "plan": []},
        position=missed,
        turn=missed,
        taken_by=taken_by,
        responder_id=taker,
        started_at=at,
        taken_at=at + timedelta(seconds=40) if taken_by else None,
        ended_at=at,
    )
    for turn in range(missed + 1):
        last = turn == missed and taken_by is not None
        attempt_id = taken_by if last else new_id()
        rows.add(
            Attempt,
            id=attempt_id,
            dispatch_id=dispatch_id,
            responder_id=taker if last else chance.choice(people.responders),
            position=turn,
            turn=turn,
            role=Role.SEEK,
            ring_s=25.0,
            state=AttemptState.TAKEN if last else AttemptState.UNANSWERED,
            token=attempt_id,
            overdue=0,
            intended_at=at,
            chained=False,
        )
