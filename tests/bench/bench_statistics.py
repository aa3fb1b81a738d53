"""How long the page of statistics takes over 100,000 reports: as JSON, in milliseconds.

Ten years of a state's line with three districts, on SQLite and, where there is one, PostgreSQL. The
whole request through the Flask client: guard, counting, charts, page. The files of a year and a
period of all ten years are measured beside it.

    python -m tests.bench.bench_statistics [REPORTS] [ROUNDS]
"""

import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from hotline.database import migrations
from hotline.database.base import new_id
from hotline.database.types import Sealed
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.oncall.model import District, Responder
from hotline.reports.casework.model import Disclosure, Recipient
from hotline.reports.model import Report, ReportState
from tests.support import postgres
from tests.support.console import World, add_person, make_world, sign_in

REPORTS, ROUNDS = 100_000, 40
DAYS = 3652
CATEGORIES = ("bullying", "drugs", "suicide", "weapons", "threat", "self_harm", "unsorted")
URGENCIES = ("urgent", "urgent", "life-safety", "routine")
OUTCOMES = ("school_acts", "help_given", "handed_to_law_enforcement", None)
DISTRICTS = ("north", "south", "west")
BATCH = 5_000
PATHS = {
    "month": "/statistics",
    "year": "/statistics?from=2025-01-01&to=2025-12-31",
    "year_district": "/statistics?from=2025-01-01&to=2025-12-31&district=north",
    "ten_years": "/statistics?from=2016-12-01&to=2026-11-24",
    "year_page": "/statistics/year/2025",
    "year_pdf": "/statistics/year/2025.pdf",
}


def fill(world: World, reports: int) -> None:
    """So many reports over ten years, each with its search, its rings and how it ended."""
    chance = random.Random(7)
    with world.database.transaction() as session:
        key = world.vault.new_key(session)
        responder = session.scalars(select(Responder.id).limit(1)).one()
        for district in DISTRICTS:
            session.add(District(handle=district, name=district.capitalize(), lines=[]))
    for first in range(0, reports, BATCH):
        rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (Report, Dispatch, Attempt, Alarm, Disclosure)
        }
        for number in range(first, min(first + BATCH, reports)):
            _one(world, rows, chance, number, (key, responder))
        with world.database.transaction() as session:
            for table, values in rows.items():
                session.execute(insert(table), values)
    if world.database.engine.dialect.name == "postgresql":  # as its autovacuum does in time
        with world.database.transaction() as session:
            session.execute(text("ANALYZE"))


def _one(
    world: World,
    rows: dict[Any, list[dict[str, Any]]],
    chance: random.Random,
    number: int,
    ids: tuple[str, str],
) -> None:
    at = world.now - timedelta(days=chance.random() * DAYS)
    report_id, dispatch_id, wait_s = new_id(), new_id(), chance.expovariate(1 / 50)
    taken_at = at + timedelta(seconds=wait_s)
    rows[Report].append(
        {
            "id": report_id,
            "number": f"{number:08d}",
            "state": ReportState.CLOSED,
            "language": chance.choice(("en", "en", "en", "es", "ar")),
            "district": chance.choice(DISTRICTS),
            "school": f"school-{chance.randrange(40)}",
            "live": chance.random() < 0.4,
            "category": chance.choice(CATEGORIES),
            "urgency": chance.choice(URGENCIES),
            "data_key_id": ids[0],
            "created_at": at,
            "sent_at": at,
            "needs_listening": chance.random() < 0.05,
            "disposition": chance.choice(OUTCOMES),
            "version": 1,
        }
    )
    rows[Dispatch].append(
        {
            "id": dispatch_id,
            "report_id": report_id,
            "state": DispatchState.TAKEN,
            "policy": "default",
            "urgency": "urgent",
            "snapshot": {},
            "position": 0,
            "turn": 1,
            "started_at": at,
            "taken_at": taken_at,
            "ended_at": taken_at,
        }
    )
    rings = chance.choice((1, 1, 2, 3))
    for turn in range(rings):
        rows[Attempt].append(
            {
                "id": new_id(),
                "dispatch_id": dispatch_id,
                "responder_id": ids[1],
                "position": turn,
                "turn": turn,
                "role": Role.SEEK,
                "ring_s": 25.0,
                "state": AttemptState.TAKEN if turn == rings - 1 else AttemptState.UNANSWERED,
                "token": new_id(),
                "overdue": 0,
                "intended_at": at,
                "placed_at": at + timedelta(seconds=turn + 1),
                "rang_at": at + timedelta(seconds=turn + 2),
                "ended_at": taken_at,
                "chained": False,
            }
        )
    if number % 50 == 0:
        raised = {"id": new_id(), "report_id": report_id, "reason": "nobody_took_it", "rounds": 1}
        rows[Alarm].append({**raised, "raised_at": at, "acknowledged_at": taken_at})
    if number % 5 == 0:
        given = {"id": new_id(), "report_id": report_id, "account_id": new_id(), "parts": []}
        to = chance.choice(list(Recipient))
        rows[Disclosure].append(
            {**given, "recipient": to, "created_at": at, "basis": "duty", "given_to": Sealed(b"")}
        )


def measure(client: FlaskClient, path: str, rounds: int) -> dict[str, float]:
    """p50 and p95 of so many requests, the first one (which warms up) apart; and the CPU time of
    this process for one, which on SQLite is all there is to it, however busy the machine."""
    client.get(path)
    took, cpu = [], time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    took.sort()
    return {
        "cpu_ms": round((time.process_time() - cpu) / rounds * 1000, 1),
        "p50_ms": round(took[math.ceil(rounds * 0.5) - 1], 1),
        "p95_ms": round(took[math.ceil(rounds * 0.95) - 1], 1),
    }


def databases(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, URL) of each kind of database there is."""
    yield "sqlite", f"sqlite:///{folder / 'bench.sqlite'}"
    try:
        cluster = postgres.start()
    except postgres.NoPostgres:
        return
    yield "postgresql", cluster.new_database()
    cluster.stop()


def main(reports: int = REPORTS, rounds: int = ROUNDS) -> None:
    """Measure and print."""
    found: dict[str, object] = {"reports": reports, "rounds": rounds}
    with tempfile.TemporaryDirectory() as name:
        for kind, url in databases(Path(name)):
            migrations.upgrade(url)
            world = make_world(Path(name), url)
            fill(world, reports)
            add_person(world)
            client = world.app().test_client()
            sign_in(client)
            found[kind] = {what: measure(client, path, rounds) for what, path in PATHS.items()}
            world.database.close()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
