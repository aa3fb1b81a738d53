"""A switch as a process of its own, an application that serves it TwiML, and Twilio's client."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ACCOUNT, TOKEN = "AC" + "0123456789abcdef" * 2, "0f" * 16
HOTLINE, ONE, TWO, CALLER = "+15550100911", "+15550100002", "+15550100003", "+15550100001"
WAIT = '<Response><Gather timeout="600"/></Response>'
PATIENCE_S = 30


class Application(ThreadingHTTPServer):
    """Serves TwiML by path; checks and keeps the signature of every request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, str] = {}
        self.seen: list[tuple[str, dict[str, str], bool]] = []
        self.news = threading.Condition()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def wait(self, path: str, count: int = 1) -> list[dict[str, str]]:
        """Parameters of the first requests to a path, once they came."""

        def found() -> list[dict[str, str]]:
            return [params for seen, params, _ in self.seen if seen == path]

        with self.news:
            assert self.news.wait_for(lambda: len(found()) >= count, PATIENCE_S), path
            return found()

    def wait_for(self, path: str, **values: str) -> dict[str, str]:
        """Parameters of the first request to a path that holds these values, once it came."""

        def found() -> dict[str, str] | None:
            seen = (params for at, params, _ in self.seen if at == path)
            return next((each for each in seen if values.items() <= each.items()), None)

        with self.news:
            assert self.news.wait_for(found, PATIENCE_S), (path, values)
            return found() or {}


class Handler(BaseHTTPRequestHandler):
    server: Application

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        self._answer({name: values[0] for name, values in form.items()})

    def do_GET(self) -> None:
        self._answer({})

    def _answer(self, form: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        signature = self.headers.get("X-Twilio-Signature", "")
        valid = RequestValidator(TOKEN).validate(self.server.url + self.path, form, signature)
        with self.server.news:
            self.server.seen.append((path, form, valid))
            self.server.news.notify_all()
        body = self.server.pages.get(path, "<Response/>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Switch:
    """A running switch: `client` speaks Twilio's API to it, `control` moves its phones."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=10))
        self.client.api.base_url = url

    def control(self, method: str, path: str, data: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"{self.url}/control/{path}"
        answer = requests.request(method, url, json=data, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def phone(self, number: str, *steps: dict[str, Any], answer: Any = None) -> None:
        script = {"steps": list(steps), "answer": answer or {"after_s": 1}}
        self.control("PUT", f"phones/{quote(number, safe='')}", script)

    def wait(self, event: str, sid: str) -> None:
        """Until an event of a call is in the journal."""
        deadline, after = time.monotonic() + PATIENCE_S, 0
        while time.monotonic() < deadline:
            page = self.control("GET", f"journal?after={after}&wait=5")
            if any(e["event"] == event and e["call_sid"] == sid for e in page["events"]):
                return
            after = page["next"]
        raise AssertionError(f"{event} never came")


@contextmanager
def running_application() -> Iterator[Application]:
    """An application that answers until the end of the block."""
    server = Application()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running_switch(*arguments: str, speed: str = "30") -> Iterator[Switch]:
    """A switch that runs until the end of the block, and then ends well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "switch", "--account-sid", ACCOUNT, "--speed", speed, *arguments],
        env={**os.environ, "SWITCH_AUTH_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            yield Switch(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()
    assert process.returncode == 0
