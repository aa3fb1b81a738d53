"""The main job while parts die and the carrier misbehaves: one transcript, and it is taken."""

import io
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from hotline import embedded_redis
from hotline.demo import cast
from hotline.demo.scenario import Scenario
from hotline.demo.scenarios import SCENARIOS
from hotline.demo.sentences import Line
from hotline.demo.speech import CALLER_VOICES
from hotline.supervise.child import session_members
from hotline.tasks.model import Task, TaskKind, TaskState
from ivr.voice import speak
from tests.e2e.conftest import Theatre, open_theatre

pytestmark = pytest.mark.e2e
WITHIN_S = 60.0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for a condition of the running hotline."""
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end, f"not within {WITHIN_S} s: {what}"
        time.sleep(0.02)


def test_redis_killed_in_the_middle(theatre: Theatre) -> None:
    before = theatre.stack.pids()["redis"]
    killed: list[int] = []

    def kill(line: Line) -> None:
        if line.who == "Caller" and line.what.startswith("says") and not killed:
            killed.append(before)
            os.kill(before, signal.SIGKILL)

    _, broken = theatre.play(theatre.short(), kill)
    assert killed == [before]
    assert broken == []
    until(lambda: theatre.stack.pids().get("redis", before) != before, "Redis is started again")


@pytest.mark.slow
def test_without_any_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_redis, "prepare", lambda data_dir: None)
    with open_theatre(tmp_path) as alone:
        assert alone.stack.notes == [embedded_redis.NO_REDIS]
        assert {"redis", "worker"}.isdisjoint(alone.stack.pids())
        _, broken = alone.play(alone.short())
        assert broken == []


@pytest.mark.slow
def test_worker_killed_while_it_decodes(recorded: Theatre, tmp_path: Path) -> None:
    long = tmp_path / "long.wav"
    write_long(long, SCENARIOS["caller-hangs-up"].spoken, minutes=1.5)
    before = recorded.stack.pids()["worker"]

    def kill() -> str:
        # Beside the play, whose lines come a moment after what they tell: decoding takes a second.
        until(lambda: decoding(recorded) is not None, "the worker decodes")
        task_id = str(decoding(recorded))
        for pid in session_members(before):  # the worker and the child that decodes
            os.kill(pid, signal.SIGKILL)
        return task_id

    with ThreadPoolExecutor(1) as beside:
        killing = beside.submit(kill)
        seen, broken = recorded.play(without_words(recorded.short()), audio=long)
        killed = killing.result()
    assert broken == []
    assert seen.outcome.transcripts == 1
    assert tries_of(recorded, killed) >= 2


@pytest.mark.slow
def test_only_the_workers_parent_killed(recorded: Theatre) -> None:
    before = recorded.stack.pids()["worker"]
    killed: list[int] = []

    def kill(line: Line) -> None:
        if line.kind == "message_received" and not killed:
            killed.append(before)
            os.kill(before, signal.SIGKILL)

    seen, broken = recorded.play(recorded.short(), kill)
    assert killed == [before]
    assert broken == []
    assert seen.outcome.transcripts == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "faults",
    [
        {"recording_callback": "twice", "status_callback": "twice"},
        {"media": "404:2", "rest": "accept_then_drop:1"},
        {"status_callback": "drop"},
    ],
    ids=lambda faults: ",".join(f"{k}={v}" for k, v in faults.items()),
)
def test_carrier_misbehaves(recorded: Theatre, faults: dict[str, str]) -> None:
    begun: list[bool] = []

    def disturb(line: Line) -> None:
        if not begun:
            begun.append(True)
            recorded.switch.faults(**faults)

    seen, broken = recorded.play(recorded.short(), disturb)
    assert broken == []
    rung = [leg for leg in seen.legs if leg["number"] == cast.ROSA.number]
    assert len(rung) == 1


def decoding(theatre: Theatre) -> str | None:
    """The transcription task that somebody holds and has not done yet."""
    runtime = theatre.stack.runtime
    with runtime.database.transaction() as session:
        return session.scalar(
            select(Task.id).where(
                Task.kind == TaskKind.TRANSCRIBE,
                Task.state == TaskState.PENDING,
                Task.lease_token.is_not(None),
            )
        )


def tries_of(theatre: Theatre, task_id: str) -> int:
    with theatre.stack.runtime.database.transaction() as session:
        return session.get_one(Task, task_id).tries


def without_words(scenario: Scenario) -> Scenario:
    """The scenario with any speech: only what was understood is not expected."""
    kept = tuple(e for e in scenario.expect if not e.sentence.startswith("the words were"))
    return replace(scenario, sentences=(), expect=kept)


def write_long(path: Path, text: str, minutes: float) -> None:
    """The sentence again and again, with short breaths."""
    once, rate = soundfile.read(io.BytesIO(speak(text, CALLER_VOICES["en"])), dtype="int16")
    times = int(minutes * 60 * rate / len(once))
    soundfile.write(path, np.tile(once, times), rate)
