"""Streamed recordings while parts die: what was said is kept, and the call goes on."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hotline.demo.scenario import Scenario, Seen
from hotline.demo.scenarios import SCENARIOS
from hotline.demo.sentences import Line
from hotline.reports import audio
from hotline.reports.model import AudioStream, Message, StreamState
from hotline.supervise.child import session_members
from tests.e2e.conftest import SPEED, Theatre, open_theatre
from tests.e2e.test_hostile import until, write_long

pytestmark = pytest.mark.e2e
SURE_S = 2.0
"""No crash may cost more of what was said."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Theatre]:
    """A hotline of the test's own: its parts are stopped and killed, and a report of the same words
    as one before it would wait for the ring of that one."""
    with open_theatre(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def long_speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute of speech: enough of it is left when the blow comes."""
    path = tmp_path_factory.mktemp("speech") / "long.wav"
    write_long(path, SCENARIOS["caller-hangs-up"].spoken, minutes=0.5)
    return path


def whatever_is_said(scenario: Scenario) -> Scenario:
    """The scenario without what only a recording that came whole lets expect."""
    about_all = ("the words were", "triage says", "no recording is left")
    kept = tuple(e for e in scenario.expect if not e.sentence.startswith(about_all))
    return replace(scenario, sentences=(), expect=kept)


def written_s(theatre: Theatre) -> float:
    """Seconds of sound of the stream under way that are safe."""
    with theatre.stack.runtime.database.transaction() as session:
        query = select(AudioStream.received).where(AudioStream.state == StreamState.OPEN)
        return (session.scalar(query) or 0) / audio.STREAMED_RATE


def kept(theatre: Theatre) -> list[tuple[str, float]]:
    """Media type and size in seconds of µ-law of each part of the newest message."""
    runtime = theatre.stack.runtime
    with runtime.database.transaction() as session:
        message = session.scalars(select(Message).order_by(Message.created_at.desc())).first()
        assert message is not None
        parts = audio.load_parts(session, runtime.vault, message)
        return [(kind, len(data) / audio.STREAMED_RATE) for kind, data in parts]


def journal_event(theatre: Theatre, event: str) -> dict[str, Any]:
    """The switch's last event of that name."""
    events, _ = theatre.switch.journal(0, 0.0)
    return [entry for entry in events if entry["event"] == event][-1]


def play(own: Theatre, speech: Path, blow: Callable[[int], None]) -> Seen:
    """The caller speaks, as fast as in life; after a few seconds the media process gets a blow."""
    struck: list[int] = []

    def strike(line: Line) -> None:
        if line.who == "Caller" and line.what.startswith("sends") and not struck:
            own.switch.speed(1.0)
            for _ in range(3):  # what came at the higher speed is written by then
                before = written_s(own)
                until(lambda before=before: written_s(own) > before, "another second is written")
            struck.append(own.stack.pids()["media"])
            blow(struck[0])
            own.switch.speed(SPEED)

    try:
        seen, broken = own.play(whatever_is_said(own.short()), strike, audio=speech)
    finally:
        own.switch.speed(SPEED)
    assert struck
    assert broken == []
    assert seen.outcome.transcripts == 1
    return seen


@pytest.mark.slow
def test_media_killed_in_the_middle_of_a_sentence(own: Theatre, long_speech: Path) -> None:
    def kill(pid: int) -> None:
        for member in session_members(pid):  # the recognizers too
            os.kill(member, signal.SIGKILL)

    play(own, long_speech, kill)
    kind, seconds = kept(own)[0]
    assert kind == audio.STREAMED_TYPE
    assert seconds >= journal_event(own, "stream_ended")["duration_s"] - SURE_S
    until(lambda: "media" in own.stack.pids(), "the media process is started again")


@pytest.mark.slow
def test_media_hangs_in_the_middle_of_a_sentence(own: Theatre, long_speech: Path) -> None:
    stopped: list[int] = []

    def stop(pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        stopped.append(pid)
        until(lambda: written_s(own) == 0.0, "the dispatcher gives the stream up")

    try:
        play(own, long_speech, stop)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    (kind, seconds), *_ = kept(own)
    assert kind == audio.STREAMED_TYPE
    assert seconds >= 2.0


@pytest.mark.slow
def test_recognizers_killed_in_the_middle_of_a_sentence(own: Theatre, long_speech: Path) -> None:
    """The sound is all there, the call notices nothing, and a worker makes the transcript."""

    def kill(pid: int) -> None:
        for member in set(session_members(pid)) - {pid}:
            os.kill(member, signal.SIGKILL)

    play(own, long_speech, kill)
    ((kind, seconds),) = kept(own)
    assert kind == audio.STREAMED_TYPE
    assert seconds >= 25.0


# Its 100 frames come within a quarter of a second, which a machine with other work may miss.
CUT = pytest.param("cut:100", marks=pytest.mark.slow)


@pytest.mark.parametrize("fault", ["refuse", CUT])
def test_a_stream_that_fails_is_a_recording_at_the_carrier(own: Theatre, fault: str) -> None:
    begun: list[bool] = []

    def disturb(line: Line) -> None:
        if not begun:
            begun.append(True)
            own.switch.faults(stream=fault)

    scenario = own.short() if fault == "refuse" else whatever_is_said(own.short())
    seen, broken = own.play(scenario, disturb)
    assert broken == [], (seen.outcome.events, own.switch.journal(0, 0.0)[0][-60:])
    assert seen.outcome.transcripts == 1
    assert (kept(own)[0][0] == audio.STREAMED_TYPE) == (fault != "refuse")
