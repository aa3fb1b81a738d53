"""`hotline oncall drill` against the running hotline: phones ring at the switch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from hotline.demo import cast
from hotline.oncall import responders
from hotline.oncall.model import Responder, ResponderKind
from hotline.supervise import parts
from tests.e2e.conftest import Theatre

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
PHONES = {
    "drill-presses": ("+15550100801", cast.picks_up({"played": "/check_keys.", "press": "1"})),
    "drill-listens": ("+15550100802", cast.picks_up({"after_s": 60, "hangup": True})),
    "drill-busy": ("+15550100803", cast.busy()),
}


def test_only_who_presses_1_is_confirmed(theatre: Theatre) -> None:
    runtime = theatre.stack.runtime
    with runtime.database.transaction() as session:
        for handle, (number, script) in PHONES.items():
            theatre.switch.register(number, script)
            responders.put(
                session,
                runtime.vault,
                handle=handle,
                kind=ResponderKind.COUNSELOR,
                name=handle,
                number=number,
                languages=["en"],
            )
    command = [sys.executable, "-m", "hotline.cli", "oncall", "drill", *PHONES]
    environment = {**os.environ, **parts.environment(theatre.stack.settings)}
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stderr
    said = dict(line.split("  ", 1) for line in done.stdout.splitlines())
    assert said["drill-presses"].startswith("confirmed: pressed 1 after ")
    assert said["drill-listens"] == "NOT CONFIRMED: picked up, but nobody pressed 1"
    assert said["drill-busy"] == "NOT CONFIRMED: busy"
    with runtime.database.transaction() as session:
        known = select(Responder.handle).where(Responder.handle.in_(PHONES))
        confirmed = session.scalars(known.where(Responder.confirmed_at.is_not(None))).all()
        assert list(confirmed) == ["drill-presses"]
