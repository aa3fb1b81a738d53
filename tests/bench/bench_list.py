"""How long the list of reports takes at the server where there are many: pages, filters, search.

Fills SQLite and, where one can be made, PostgreSQL, and asks through the whole application (guard,
session, scope, decryption, template) as a browser would. One JSON line for each page; cpu_p50_ms
is the share of this process: on a busy machine the rest is waiting for others.

    python -m tests.bench.bench_list [REPORTS] [ROUNDS]
"""

import gc
import json
import math
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from console.blueprint import create_blueprint
from hotline.app import create_app
from hotline.context import Runtime
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.languages import load_languages
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.settings import Settings
from hotline.tasks.doorbell import SilentDoorbell
from tests.bench.many_reports import APART, BEGAN, PASSWORD, fill
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support import postgres

REPORTS, ROUNDS = 100_000, 30
LIMIT_MS = 150.0
"""What a page may take at most, for 95 of 100 requests."""
PAGES = {
    "unreviewed": "show=unreviewed",
    "open": "show=open",
    "mine": "show=mine",
    "all": "show=all",
    "all, page 3": "show=all&before={middle}",
    "category": "show=all&category=weapons",
    "category and urgency": "show=all&category=weapons&urgency=routine&language=ar",
    "school": "show=all&school=d7s1",
    "assignee": "show=all&assignee=me",
    "an old month": "show=all&from=2021-03-01&to=2021-03-31",
    "frequent word": "show=all&q=school",
    "usual word": "show=all&q=locker",
    "rare word": "show=all&q=bicycle",
    "two words": "show=all&q=school+knife",
    "beginning": "show=all&q=loc",
    "word and filter": "show=unreviewed&q=school&category=weapons",
    "no such word": "show=all&q=xylophone",
    "number": "show=all&q=100123",
}
PEOPLE = ("state", "district", "c7", "auditor")


def clients(runtime: Runtime) -> dict[str, FlaskClient]:
    """A signed-in browser for each of PEOPLE."""
    app = create_app(runtime, [create_blueprint(runtime)])
    made = {name: app.test_client() for name in PEOPLE}
    for name, client in made.items():
        answer = client.post(
            "/sign-in",
            data={"name": name, "password": PASSWORD},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 303, name
    return made


def measure(client: FlaskClient, path: str, rounds: int) -> dict[str, float]:
    """Figures of so many requests, after one that warms up."""
    wall, cpu = [], []
    for number in range(rounds + 1):
        began, spent = time.perf_counter(), time.process_time()
        answer = client.get(path)
        answer.get_data()
        assert answer.status_code == 200, (path, answer.status_code)
        if number:
            wall.append((time.perf_counter() - began) * 1000)
            cpu.append((time.process_time() - spent) * 1000)
    return figures(wall) | {"cpu_p50_ms": figures(cpu)["p50_ms"]}


def figures(ms: list[float]) -> dict[str, float]:
    """n, p50, p95 and max."""
    ordered = sorted(ms)
    p50, p95 = (ordered[math.ceil(len(ordered) * p) - 1] for p in (0.5, 0.95))
    named = {"p50_ms": p50, "p95_ms": p95, "max_ms": ordered[-1]}
    return {"n": len(ordered)} | {name: round(value, 1) for name, value in named.items()}


def run(name: str, url: str, reports: int, rounds: int) -> None:
    """Fill one database and measure every page as everybody who may see it."""
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/hotline.sqlite"
        migrations.upgrade(url)
        runtime = _runtime(url, Path(folder))
        began = time.perf_counter()
        fill(runtime, reports)
        gc.collect()
        gc.freeze()  # what filling has left is no part of a web process
        took = round(time.perf_counter() - began, 1)
        print(json.dumps({"database": name, "reports": reports, "filled_s": took}), flush=True)
        with runtime.database.engine.connect() as connection:
            middle = connection.exec_driver_sql(
                f"SELECT id FROM report ORDER BY id LIMIT 1 OFFSET {reports // 2}"  # noqa: S608
            ).scalar_one()
        slow = 0
        for who, client in clients(runtime).items():
            for page, query in PAGES.items():
                if page == "school" and who == "c7":
                    continue
                path = "/reports?" + query.format(middle=middle)
                said = measure(client, path, rounds)
                slow += said["p95_ms"] > LIMIT_MS
                print(json.dumps({"database": name, "who": who, "page": page, **said}), flush=True)
        print(json.dumps({"database": name, "limit_ms": LIMIT_MS, "pages_above": slow}), flush=True)
        runtime.close()


def _runtime(url: str, folder: Path) -> Runtime:
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        data_dir=folder,
        database_url=url,
        console_secure_cookies=False,
        second_factor="offered",  # signing in is not what is measured
    )
    clock = VirtualClock(BEGAN + REPORTS * APART + timedelta(minutes=5))
    return Runtime(
        settings,
        Database(url),
        Vault(keys.generate()),
        FakeCarrier(clock),
        SilentDoorbell(),
        load_languages(settings.languages),
        clock,
    )


def main() -> None:
    """SQLite, then PostgreSQL if a throw-away cluster can be made."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    run("sqlite", "", reports, rounds)
    try:
        cluster = postgres.start(shared_buffers="128MB")  # as it comes
    except postgres.NoPostgres as reason:
        print(json.dumps({"database": "postgresql", "skipped": str(reason)}))
        return
    try:
        run("postgresql", cluster.new_database(), reports, rounds)
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
