"""How long a client may take to say what it wants."""

import socket
from collections.abc import Iterator

import pytest

from hotline.supervise import patience
from hotline.supervise.patience import Patient


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Patient, socket.socket]]:
    """A patient socket with little patience, and its client."""
    monkeypatch.setattr(patience, "GRACE_S", 0.05)
    ours, theirs = socket.socketpair()
    patient = Patient(fileno=ours.detach())
    patient.begin()
    yield patient, theirs
    patient.close()
    theirs.close()


def test_what_comes_in_time_is_read(pair: tuple[Patient, socket.socket]) -> None:
    patient, client = pair
    client.sendall(b"GET /")
    assert patient.recv(100) == b"GET /"


def test_who_says_nothing_more_has_ended(pair: tuple[Patient, socket.socket]) -> None:
    patient, client = pair
    client.sendall(b"G")
    assert patient.recv(100) == b"G"
    assert patient.recv(100) == b""
    client.sendall(b"ET /")
    assert patient.recv(100) == b""


def test_every_request_has_its_own_patience(pair: tuple[Patient, socket.socket]) -> None:
    patient, client = pair
    assert patient.recv(100) == b""
    patient.begin()
    client.sendall(b"GET /")
    assert patient.recv(100) == b"GET /"


def test_who_sends_much_may_take_longer(
    pair: tuple[Patient, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, client = pair
    monkeypatch.setattr(patience, "RATE", 1.0)  # ten bytes: ten seconds more
    client.sendall(b"0123456789")
    assert len(patient.recv(100)) == 10
    later = patience.time.monotonic() + 5.0
    monkeypatch.setattr(patience.time, "monotonic", lambda: later)
    client.sendall(b"x")
    assert patient.recv(100) == b"x"


def test_a_look_whether_the_client_is_there_costs_no_patience(
    pair: tuple[Patient, socket.socket],
) -> None:
    patient, client = pair
    assert patient.recv(100) == b""
    client.sendall(b"x")
    assert patient.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"x"
