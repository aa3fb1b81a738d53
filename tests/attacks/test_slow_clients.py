"""Attacks on the web process by clients that take their time: real gunicorn, real sockets."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from hotline.supervise import parts
from tests.attacks.attack import Attack, each
from tests.support.web_process import free_port

pytestmark = pytest.mark.e2e
MORE = 16
"""So many slow clients more than there are threads."""
GIVES_UP_S = 10.0
"""A carrier's patience is 15 s (docs/facts.md T2)."""
HEAD = b"POST /voice HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"


@contextmanager
def crowd(port: int, first: bytes) -> Iterator[None]:
    """More clients than threads, each of which says `first` and then nothing more."""
    with ExitStack() as opened:
        for _ in range(parts.WEB_THREADS + MORE):
            client = opened.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            client.sendall(first)
        yield


def answers(port: int) -> bool:
    """Whether somebody else is served before a carrier gives up."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/live", timeout=GIVES_UP_S).ok
    except requests.RequestException:
        return False


def slow_body(port: int) -> bool:
    """The head comes, and of the body one byte."""
    with crowd(port, HEAD + b"x"):
        return not answers(port)


def slow_head(port: int) -> bool:
    """Half a request line."""
    with crowd(port, b"POST /voi"):
        return not answers(port)


def impatient(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(parts, "WORKER", "gthread")


ATTACKS = [Attack("slow_body", slow_body, impatient), Attack("slow_head", slow_head, impatient)]


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """gunicorn as it is started, on an application of one route; gives its port."""
    port = free_port()
    command = parts.gunicorn(f"127.0.0.1:{port}", "--chdir", str(folder))[:-1]
    (folder / "small.py").write_text(
        "from flask import Flask, request\n"
        "app = Flask(__name__)\n"
        "app.add_url_rule('/health/live', view_func=lambda: 'alive', endpoint='live')\n"
        "def voice(): return str(len(request.get_data()))\n"
        "app.add_url_rule('/voice', view_func=voice, methods=['POST'])\n"
    )
    environment = {"PYTHONPATH": f"{parts.ROOT}:{folder}"}
    process = subprocess.Popen([*command, "small:app"], env=environment)
    try:
        while not answers_now(port):
            assert process.poll() is None
        yield port
    finally:
        process.kill()
        process.wait()


def answers_now(port: int) -> bool:
    """Whether it serves by now."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/live", timeout=5).ok
    except requests.RequestException:
        return False


@each(ATTACKS)
def test_it_fails(tmp_path: Path, attack: Attack[int]) -> None:
    with serving(tmp_path) as port:
        assert not attack.does(port)


@pytest.mark.slow
@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attack: Attack[int]
) -> None:
    attack.without(monkeypatch)
    with serving(tmp_path) as port:
        assert attack.does(port)
