"""A local HTTP server that answers as Twilio does, and what it answers."""

import json
import socket
import struct
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hotline.carrier.port import Carrier, CarrierError
from hotline.carrier.twilio import TwilioCarrier

ACCOUNT = "AC" + "0a" * 16
TOKEN = "secret-of-the-account"
OURS = "+15550100911"
THEIRS = "+15550100001"
CALL = "CA" + "1b" * 16
OTHER_CALL = "CA" + "2c" * 16
RECORDING = "RE" + "3d" * 16
TEXT = "SM" + "4e" * 16
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    peer: int
    """The client's port: the same for two requests on one connection."""


@dataclass(frozen=True)
class Reply:
    """What the server answers. `mode` other than "whole" breaks the connection in some way."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    mode: str = "whole"  # whole | silent (accepted, no answer) | reset | cut (half a body)

    @property
    def data(self) -> bytes:
        """The body as it goes over the wire."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The tests break connections on purpose; that is no news."""


class FakeTwilio:
    """The server: gives the next reply of `replies` to each request and keeps what it saw."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Its root, without a slash at the end."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, *replies: Reply) -> None:
        """Give these to the next requests, in this order."""
        self.replies.extend(replies)

    def close(self) -> None:
        """Let go of whoever still waits, and stop."""
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def _handler(fake: FakeTwilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            pairs = parse_qsl(parts.query, keep_blank_values=True)
            form = parse_qsl(body.decode(), keep_blank_values=True)
            headers, peer = dict(self.headers), self.client_address[1]
            fake.seen.append(Seen(self.command, parts.path, pairs, form, headers, body, peer))
            self._reply(fake.replies.pop(0))

        def _reply(self, reply: Reply) -> None:
            if reply.mode == "silent":
                fake.released.wait()
                self.close_connection = True
            elif reply.mode == "reset":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                self.close_connection = True
            else:
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            data = b"" if reply.status == 204 else reply.data
            headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
            for name, value in (headers | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.close_connection = reply.mode == "cut"
            self.wfile.write(data[: len(data) // 2] if reply.mode == "cut" else data)

        do_GET = do_POST = do_DELETE = _do

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

        def finish(self) -> None:
            """Close without complaint where the test broke the connection."""
            try:
                super().finish()
            except (OSError, ValueError):
                self.rfile.close()

    return Handler


def call(sid: str = CALL, status: str = "queued", at: datetime | None = NOW) -> dict[str, Any]:
    """A call as Twilio describes it; a queued one has no start time."""
    made = format_datetime(at) if at else None
    start = None if status == "queued" else made
    return {"sid": sid, "status": status, "date_created": made, "start_time": start, "to": THEIRS}


def calls(*rows: dict[str, Any]) -> Reply:
    """A list of calls, on one page."""
    return Reply(body={"calls": list(rows), "page": 0, "page_size": 100, "next_page_uri": None})


def text(sid: str = TEXT) -> dict[str, Any]:
    """A text that came, as Twilio describes it."""
    return {"sid": sid, "from": THEIRS, "to": OURS, "body": "", "direction": "inbound"}


def texts(*rows: dict[str, Any]) -> Reply:
    """A list of texts, on one page."""
    return Reply(body={"messages": list(rows), "page": 0, "next_page_uri": None})


def refusal(status: int, code: int | None = None) -> Reply:
    """An error as Twilio words it; without `code`, the code is the HTTP status."""
    body = {"code": code or status, "message": f"about {THEIRS}", "more_info": "", "status": status}
    return Reply(status, body)


def place(carrier: Carrier) -> str:
    """Place a call to `THEIRS`; gives its id."""
    return carrier.place_call(
        to=THEIRS, url="https://h.example/r/1", status_url="https://h.example/r/1/s", ring_s=20.2
    )


def audio(data: bytes = b"RIFF....WAVE") -> Reply:
    """A recording."""
    return Reply(200, data, {"Content-Type": "audio/x-wav"})


EVERY_METHOD: list[tuple[str, Callable[[TwilioCarrier], object]]] = [
    ("place_call", place),
    ("find_call", lambda c: c.find_call(to=THEIRS, since=NOW, known=[])),
    ("call_state", lambda c: c.call_state(CALL)),
    ("caller_number", lambda c: c.caller_number(CALL)),
    ("redirect_call", lambda c: c.redirect_call(CALL, "https://h.example/x")),
    ("end_call", lambda c: c.end_call(CALL)),
    ("recordings", lambda c: c.recordings(CALL)),
    ("fetch_recording", lambda c: c.fetch_recording(RECORDING)),
    ("delete_call", lambda c: c.delete_call(CALL)),
    ("delete_recording", lambda c: c.delete_recording(RECORDING)),
    ("send_text", lambda c: c.send_text(line=OURS, to=THEIRS, body="There is an answer.")),
    ("empty_text", lambda c: c.empty_text(TEXT)),
    ("delete_text", lambda c: c.delete_text(TEXT)),
    ("forget_text", lambda c: c.forget_text(TEXT)),
]


def error_of(ask: Callable[[TwilioCarrier], object], carrier: TwilioCarrier) -> CarrierError:
    """The error `ask` ends in, which tells neither the number nor the token."""
    with pytest.raises(CarrierError) as caught:
        ask(carrier)
    shown = "".join(traceback.format_exception(caught.value))
    assert THEIRS not in shown
    assert TOKEN not in shown
    return caught.value
