"""A stream that breaks: the webhook that follows waits for what is still being written of it."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.carrier.capabilities import Capabilities
from hotline.context import Runtime
from hotline.reports import audio, streams
from hotline.reports.model import AudioStream, Message, StreamState
from hotline.reports.streams import Opened
from hotline.tasks import heartbeat
from ivr import rest
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.unit.ivr.leg import Leg

SECOND = b"\x55" * 8000


@pytest.fixture
def runtime(make_runtime: MakeRuntime, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    monkeypatch.setattr(FakeCarrier, "capabilities", Capabilities(stream=True))
    made = make_runtime(sqlite_url, media_url="ws://127.0.0.1:9/voice/stream")
    with made.database.transaction() as session:
        heartbeat.beat(session, heartbeat.MEDIA, made.clock())
    return made


def speaking(leg: Leg) -> Opened:
    """The caller leaves a message; the carrier has opened the stream, nothing is written yet."""
    leg.arrive().press("1", "2")
    while not leg.has("Connect"):
        leg.redirected()
    given = {each.attrib["name"]: each.attrib["value"] for each in leg.step.iter("Parameter")}
    runtime = leg.runtime
    with runtime.database.transaction() as session:
        secret = given["message"], given["token"]
        return streams.open_stream(session, *secret, leg.call_id, runtime.clock())


def stored(runtime: Runtime) -> bytes:
    with runtime.database.transaction() as session:
        message = session.scalars(select(Message)).one()
        return b"".join(data for _, data in audio.load_parts(session, runtime.vault, message))


def stream(runtime: Runtime) -> AudioStream:
    with runtime.database.transaction() as session:
        return session.scalars(select(AudioStream)).one()


def test_the_last_sound_is_waited_for(
    client: FlaskClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    leg = Leg(client, runtime, "CA1")
    opened = speaking(leg)
    looked: list[float] = []

    def another_process_writes(seconds: float) -> None:
        looked.append(seconds)
        with runtime.database.transaction() as session:
            now = runtime.clock()
            assert streams.append(session, runtime.vault, opened, 0, SECOND, now)
            message = session.get_one(Message, opened.message_id)
            assert streams.lose(session, message, "broken", now)

    clock = SimpleNamespace(sleep=another_process_writes, monotonic=lambda: 0.0)
    monkeypatch.setattr(rest, "time", clock)
    leg.redirected()
    assert len(looked) == 1
    assert stored(runtime) == SECOND
    assert leg.has("Record"), "the carrier records the rest"


def test_it_is_not_waited_for_without_end(
    client: FlaskClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    leg = Leg(client, runtime, "CA1")
    speaking(leg)
    waited: list[float] = []
    clock = SimpleNamespace(sleep=waited.append, monotonic=lambda: sum(waited))
    monkeypatch.setattr(rest, "time", clock)
    leg.redirected()
    assert rest.WAIT_S <= sum(waited) < rest.WAIT_S + 2 * rest.LOOK_S
    assert stream(runtime).state is StreamState.LOST
    assert leg.has("Record")


def test_nobody_waits_for_what_is_over_or_never_began(
    client: FlaskClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_sleep(seconds: float) -> None:
        raise AssertionError("the caller was made to wait")

    clock = SimpleNamespace(sleep=no_sleep, monotonic=lambda: 0.0)
    monkeypatch.setattr(rest, "time", clock)
    leg = Leg(client, runtime, "CA1")
    opened = speaking(leg)
    with runtime.database.transaction() as session:
        ending = streams.Ending("key", SECOND, 0, 1.0)
        assert streams.end(session, runtime.vault, opened, ending, runtime.clock())
    leg.redirected()
    assert "review_send" in leg.says

    never = Leg(client, runtime, "CA2")
    never.arrive().press("1", "2")
    while not never.has("Connect"):
        never.redirected()
    never.redirected()
    assert never.has("Record")
