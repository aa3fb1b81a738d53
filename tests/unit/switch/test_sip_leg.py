"""The sound of one call: whom it believes; and a tick that goes on whatever one leg does."""

import socket
import threading
from collections.abc import Iterator

import pytest

from switch.g711 import FRAME, SILENCE
from switch.sip import rtp, sdp
from switch.sip.crypto import HMAC_80, Crypto, new_key
from switch.sip.engine import Engine
from switch.sip.leg import Leg, NoPortError, open_port
from switch.sip.secure import Secure
from switch.sip.wire import Message, Wire


def bound(address: str = "127.0.0.1") -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, 0))
    sock.settimeout(20)
    return sock


@pytest.fixture
def leg() -> Iterator[Leg]:
    one = Leg(1, bound())
    one.live = True
    yield one
    one.close()


@pytest.fixture
def far() -> Iterator[socket.socket]:
    with bound() as sock:
        yield sock


def aimed(far: socket.socket, **more: object) -> sdp.Sound:
    address, port = far.getsockname()
    return sdp.Sound(address, port, events=101, **more)  # type: ignore[arg-type]


def speak(sock: socket.socket, leg: Leg, byte: int, count: int = 3, begin: int = 0) -> None:
    for number in range(begin, begin + count):
        packet = rtp.Packet(0, number, number * FRAME, byte, bytes([byte]) * FRAME)
        sock.sendto(rtp.pack(packet), ("127.0.0.1", leg.port))


def test_the_first_who_sends_is_believed_for_good(leg: Leg, far: socket.socket) -> None:
    leg.aim(aimed(far), "127.0.0.1")
    speak(far, leg, 1)
    leg.read(0)
    with bound() as stranger:
        speak(stranger, leg, 2, 6, 3)
        leg.read(0)
    assert [leg.pull()[0][0] for _ in range(3)] == [1, 1, 1]
    assert (leg.counters.received, leg.counters.strange) == (3, 6)
    leg.send(SILENCE)
    assert len(far.recv(2000)) == 172


def test_another_address_is_never_believed(leg: Leg) -> None:
    leg.aim(sdp.Sound("192.0.2.1", 4000), "192.0.2.1")
    with bound() as stranger:
        speak(stranger, leg, 2)
        leg.read(0)
    assert (leg.counters.received, leg.counters.strange) == (0, 3)


def test_sound_from_behind_a_router_is_believed_where_signalling_comes_from(
    leg: Leg, far: socket.socket
) -> None:
    leg.aim(sdp.Sound("192.168.7.7", 4000), "127.0.0.1")
    speak(far, leg, 1)
    leg.read(0)
    leg.send(SILENCE)
    assert len(far.recv(2000)) == 172


def test_the_same_place_again_keeps_the_latch_and_another_does_not(
    leg: Leg, far: socket.socket
) -> None:
    leg.aim(aimed(far), "127.0.0.1")
    speak(far, leg, 1)
    leg.read(0)
    leg.aim(aimed(far, direction="sendonly"), "127.0.0.1")
    with bound() as other:
        speak(other, leg, 2)
        leg.read(0)
        assert leg.counters.strange == 3
        leg.aim(aimed(other), "127.0.0.1")
        speak(other, leg, 2)
        leg.read(0)
        assert leg.counters.strange == 3


def test_hold_sends_nothing(leg: Leg, far: socket.socket) -> None:
    leg.aim(aimed(far, direction="inactive"), "127.0.0.1")
    leg.send(SILENCE)
    assert leg.counters.sent == 0


def test_a_port_that_nobody_listens_on_ends_nothing(leg: Leg) -> None:
    with bound() as gone:
        sound = aimed(gone)
    leg.aim(sound, "127.0.0.1")
    for _ in range(5):
        leg.send(SILENCE)
        assert leg.read(0) == []


def test_ports_are_even_and_have_an_end() -> None:
    ports = range(21000, 21003)
    with open_port("127.0.0.1", ports) as one, open_port("127.0.0.1", ports) as two:
        assert {one.getsockname()[1], two.getsockname()[1]} == {21000, 21002}
        with pytest.raises(NoPortError):
            open_port("127.0.0.1", ports)
    with pytest.raises(NoPortError):
        open_port("127.0.0.1", range(0))


class Room:
    """An engine, and what it says to the interpreter and to signalling."""

    def __init__(self, silence_s: float = 60) -> None:
        here, there = socket.socketpair()
        self.wire = Wire(here)
        self.commands: list[Message] = []
        self.gone = threading.Event()
        self.commanded = threading.Event()
        self.engine = Engine(Wire(there), self._command, self.gone.set, silence_s)
        self.engine.start()

    def _command(self, message: Message) -> None:
        self.commands.append(message)
        self.commanded.set()


@pytest.fixture
def room() -> Iterator[Room]:
    one = Room()
    yield one
    one.engine.stop()
    one.wire.socket.close()


def test_a_leg_that_breaks_ends_and_the_others_go_on(
    room: Room, leg: Leg, far: socket.socket
) -> None:
    leg.aim(aimed(far), "127.0.0.1")
    broken = Leg(2, bound())
    broken.live = True
    broken.pull = None  # type: ignore[method-assign, assignment]
    room.engine.add(broken)
    room.engine.add(leg)
    assert room.commanded.wait(20)
    assert room.commands == [{"do": "end", "leg": 2, "why": "broken: TypeError"}]
    assert [len(far.recv(2000)) for _ in range(10)] == [172] * 10
    broken.close()


def test_the_interpreter_is_gone(room: Room) -> None:
    room.wire.socket.close()
    assert room.gone.wait(20)


def test_encrypted_sound_is_believed_by_its_key(leg: Leg, far: socket.socket) -> None:
    ours, theirs = (Crypto(1, HMAC_80, new_key()) for _ in range(2))
    there = Secure(theirs, ours)
    leg.aim(aimed(far), "127.0.0.1", Secure(ours, theirs))
    with bound() as stranger:
        speak(stranger, leg, 2, 6)
        leg.read(0)
    assert (leg.counters.received, leg.counters.broken) == (0, 6), "and nothing is latched"
    for number in range(3):
        packet = rtp.pack(rtp.Packet(0, number, number * FRAME, 1, bytes([1]) * FRAME))
        far.sendto(there.protect(packet), ("127.0.0.1", leg.port))
    leg.read(0)
    assert leg.counters.received == 3
    assert [leg.pull()[0][0] for _ in range(3)] == [1, 1, 1]
    leg.send(bytes([5]) * FRAME)
    data = far.recv(2000)
    assert bytes([5]) * FRAME not in data
    assert rtp.unpack(there.unprotect(data)).payload == bytes([5]) * FRAME
