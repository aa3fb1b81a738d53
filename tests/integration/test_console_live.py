"""The stream of hints: what comes, when it ends, and how many there may be."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from console.live import events
from console.live.hub import MOST
from hotline.database.base import new_id
from hotline.dispatch.model import Alarm
from hotline.people.model import Role
from hotline.people.sessions import IDLE
from hotline.supervise.parts import WEB_THREADS
from tests.support.console import World, browser_of, leave_message, send

EVERYTHING = ["calls", "reports", "alarms", "oncall"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for longer than a test needs."""
    monkeypatch.setattr(events, "WAKE_S", 0.01)


@contextmanager
def stream(client: FlaskClient, last_id: str = "") -> Iterator[Iterator[str]]:
    """The parts of a stream as they come; it is left at the end of the block."""
    with closing(client.get("/events", headers={"Last-Event-ID": last_id})) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "text/event-stream"
        yield (part.decode() for part in answer.iter_encoded())


def hints(part: str) -> list[str]:
    """The topics that a part of the stream names."""
    return [line.removeprefix("event: ") for line in part.splitlines() if line[:6] == "event:"]


def id_of(part: str) -> str:
    return part.split("id: ")[1].strip()


def raise_alarm(world: World) -> None:
    with world.database.transaction() as session:
        session.add(Alarm(id=new_id(), reason="auditor_silent", raised_at=world.now, rounds=0))


def test_everything_once_and_then_what_has_changed(world: World, client: FlaskClient) -> None:
    with stream(client) as parts:
        assert next(parts) == "retry: 2000\n\n"
        first = next(parts)
        assert hints(first) == EVERYTHING
        raise_alarm(world)
        second = next(parts)
        assert hints(second) == ["alarms"]
        assert "data: 2\n" in second  # counted, and nothing else
        assert id_of(second) != id_of(first)


def test_the_stream_says_nothing_of_what_has_changed(world: World, client: FlaskClient) -> None:
    with stream(client) as parts:
        before = next(parts) + next(parts)
        leave_message(world)
        told = before + next(parts)
    names = {line.split(":")[0] for line in told.splitlines() if line}
    assert names == {"retry", "event", "data", "id"}
    data = {line for line in told.splitlines() if line.startswith("data")}
    assert data <= {f"data: {n}" for n in range(9)}


def test_who_comes_back_is_told_what_was_missed(world: World, client: FlaskClient) -> None:
    with stream(client) as parts:
        next(parts)
        last = id_of(next(parts))
    raise_alarm(world)
    with stream(client, last) as parts:
        next(parts)
        assert hints(next(parts)) == ["alarms"]


def test_an_id_that_is_not_ours_is_told_everything(world: World, client: FlaskClient) -> None:
    with stream(client, "17") as parts:
        next(parts)
        assert hints(next(parts)) == EVERYTHING


def test_proxies_are_asked_to_pass_it_on_at_once(world: World, client: FlaskClient) -> None:
    with closing(client.get("/events")) as answer:
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.headers["Cache-Control"] == "no-store"


def test_no_more_than_there_may_be_and_threads_left_for_the_rest(
    world: World, client: FlaskClient
) -> None:
    hub = events.of_app(client.application)
    seats = [hub.listen() for _ in range(MOST)]
    refused = client.get("/events")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert client.get("/board").status_code == 200
    seats.pop().leave()
    with stream(client) as parts:
        next(parts)
    for seat in seats:
        seat.leave()
    assert WEB_THREADS >= MOST + 16


def test_a_stream_that_was_never_read_leaves_no_listener(world: World, client: FlaskClient) -> None:
    hub = events.of_app(client.application)
    client.head("/events").close()
    client.get("/events").close()
    assert hub.listeners == 0


def test_without_a_database_there_is_no_stream(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(session: object) -> None:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr(events.pulse, "marks", away)
    assert client.get("/events").status_code == 503
    assert events.of_app(client.application).listeners == 0


def test_a_stream_ends_by_itself(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LASTS_S", 0.0)
    with stream(client) as parts:
        assert list(parts) == ["retry: 2000\n\n"]
    assert events.of_app(client.application).listeners == 0


def test_a_stream_ends_with_the_session(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BEAT_S", 0.0)
    with stream(client) as parts:
        assert "event: beat\ndata:\n\n" in list(itertools.islice(parts, 5))
        elsewhere = world.app().test_client()
        cookie = client.get_cookie("hotline")
        assert cookie is not None
        elsewhere.set_cookie("hotline", cookie.value)
        assert send(elsewhere, "/sign-out").status_code == 303
        assert "retry" not in "".join(parts)  # to its end


def test_an_idle_session_goes_on_listening_and_is_not_kept_alive(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BEAT_S", 0.0)
    client = browser_of(world, Role.SUPERVISOR)
    with stream(client) as parts:
        next(parts)
        next(parts)
        world.pass_s(IDLE.total_seconds())
        raise_alarm(world)
        assert next(part for part in parts if "event: alarms" in part)
    with stream(client) as parts:
        next(parts)
    assert client.get("/reports").status_code == 303


def test_a_browser_that_is_gone_is_noticed() -> None:
    ours, browsers = socket.socketpair()
    with closing(ours), closing(browsers):
        gone = events._gone({"gunicorn.socket": ours})
        assert not gone()
        browsers.sendall(b"GET")  # another request in the same connection
        assert not gone()
        ours.recv(3)
        browsers.close()
        assert gone()
    assert gone()  # and when our own end is closed as well
    assert not events._gone({})()
