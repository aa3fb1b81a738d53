"""`hotline auditor` as a process: it finds, beats its heart, fetches the monitor, and stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from hotline.dispatch.watch import AUDITOR, DISPATCHER, is_silent
from hotline.reports.model import Message, MessageState
from hotline.tasks import heartbeat
from hotline.tasks.model import Task, TaskKind
from tests.conftest import MakeRuntime
from tests.support.monitor import open_monitor
from tests.support.office import Office

WITHIN_S = 60.0
ROOT = Path(__file__).resolve().parents[2]


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something; fails when it never comes."""
    deadline = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def office(make_runtime: MakeRuntime, database_url: str) -> Office:
    """An office whose clock stands years ago, and which has lost a report."""
    made = Office(make_runtime(database_url))
    made.on_duty(["c1"], alarm=["s9"])
    made.sent_report()
    with made.runtime.database.transaction() as session:
        session.execute(delete(Task).where(Task.kind == TaskKind.START_DISPATCH))
        session.execute(update(Message).values(state=MessageState.DISCARDED))
        heartbeat.beat(session, DISPATCHER, datetime.now(UTC))
    return made


def test_it_finds_what_is_lost_and_stops_when_it_is_told_to(office: Office, tmp_path: Path) -> None:
    with open_monitor() as monitor:
        environment = {
            **os.environ,
            "HOTLINE_DATA_DIR": str(tmp_path),
            "HOTLINE_DATABASE_URL": office.runtime.settings.database,
            "HOTLINE_AUDITOR_URL": monitor.url,
            "HOTLINE_AUDIT_EVERY_S": "1",
        }
        command = [sys.executable, "-m", "hotline.cli", "auditor"]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE)
        try:
            until(lambda: bool(office.alarms()), "the alarm")
            until(lambda: bool(monitor.fetched), "the monitor is fetched")
        finally:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0
    assert b"auditor_found" in said
    assert [alarm.reason for alarm in office.alarms()] == ["auditor_found"]
    with office.runtime.database.transaction() as session:
        assert not is_silent(session, AUDITOR, datetime.now(UTC), WITHIN_S)
