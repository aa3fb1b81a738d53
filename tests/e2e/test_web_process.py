"""The real web process with open streams: hints come, and it stops although browsers listen."""

import http.client
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import select

from hotline.context import utc_now
from hotline.database.base import new_id
from hotline.dispatch.model import Alarm
from hotline.people import sessions
from hotline.people.model import Account
from tests.support.console import World
from tests.support.web_process import LIMIT_S, WebProcess, free_port, running

pytestmark = pytest.mark.e2e


def cookie_of(world: World) -> str:
    """A session of Ana's that is valid by the process's own clock."""
    with world.database.transaction() as session:
        ana = session.scalars(select(Account.id)).one()
        return f"hotline={sessions.start(session, ana, utc_now(), verified=True)}"


def open_stream(
    web: WebProcess, cookie: str
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=LIMIT_S)
    connection.request("GET", "/events", headers={"Cookie": cookie})
    return connection, connection.getresponse()


def read_until(stream: http.client.HTTPResponse, wanted: str) -> list[str]:
    """Lines up to the first that begins so."""
    lines = []
    while True:
        line = stream.readline().decode().rstrip("\n")
        lines.append(line)
        if line.startswith(wanted):
            return lines


def test_three_open_streams_get_hints_and_end_with_the_process(
    world: World, tmp_path: Path
) -> None:
    cookie = cookie_of(world)
    with running(world, tmp_path, free_port()) as web, ExitStack() as opened:
        streams = []
        for _ in range(3):
            connection, stream = open_stream(web, cookie)
            opened.enter_context(closing(connection))
            assert stream.status == 200
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            read_until(stream, "id:")  # everything once
            streams.append(stream)
        with world.database.transaction() as session:
            session.add(Alarm(id=new_id(), reason="auditor_silent", raised_at=world.now))
        for stream in streams:
            assert "event: alarms" in read_until(stream, "id:")
        web.process.terminate()
        for stream in streams:
            # Without an end of its own a stream is cut in the middle, and this read fails.
            assert b"event:" not in stream.read()
        assert web.process.wait(timeout=LIMIT_S) == 0
