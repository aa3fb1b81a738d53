"""How long the whole audit takes to verify: 100,000 entries must take less than 5 s.

One JSON line for each database. cpu_s is the share of this process.

    python -m tests.bench.bench_audit [ENTRIES]
"""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from hotline import audit
from hotline.database import migrations
from hotline.database.engine import Database
from tests.support import postgres

ENTRIES, LIMIT_S = 100_000, 5.0
BATCH = 5000
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def fill(database: Database, count: int) -> None:
    """Write a chain as `record` would, many entries at a time."""
    previous = audit.GENESIS
    for begin in range(0, count, BATCH):
        rows = []
        for seq in range(begin + 1, min(begin + BATCH, count) + 1):
            entry = audit.AuditEntry(
                seq=seq,
                at=BEGAN + timedelta(seconds=30 * seq),
                actor=f"account:019aabcd-0000-7000-8000-{seq % 40:012x}",
                action="report.opened",
                subject=f"report:019aabcd-0000-7000-8000-{seq:012x}",
                detail={"fields": ["category"], "version": seq % 9},
                previous=previous,
            )
            previous = audit._digest(entry)
            names = ("seq", "at", "actor", "action", "subject", "detail", "previous")
            rows.append({name: getattr(entry, name) for name in names} | {"digest": previous})
        with database.transaction() as session:
            session.execute(insert(audit.AuditEntry), rows)


def measure(name: str, url: str, count: int) -> bool:
    """Fill and verify one database; whether it was quick enough."""
    migrations.upgrade(url)
    database = Database(url)
    fill(database, count)
    began, cpu = time.perf_counter(), time.process_time()
    with database.reading() as session:
        found = audit.verify(session)
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    database.close()
    ok = found == count and took_s < LIMIT_S
    result = {"bench": "audit", "database": name, "entries": found, "took_s": round(took_s, 2)}
    print(json.dumps(result | {"cpu_s": round(cpu_s, 2), "limit_s": LIMIT_S, "ok": ok}))
    return ok


def main() -> None:
    """Both databases; exit code 1 when one is too slow."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory() as folder:
        held = [measure("sqlite", f"sqlite:///{Path(folder) / 'audit.sqlite'}", count)]
    try:
        cluster = postgres.start()
    except postgres.NoPostgres as reason:
        print(f"no PostgreSQL: {reason}", file=sys.stderr)
    else:
        held.append(measure("postgresql", cluster.new_database(), count))
        cluster.stop()
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
