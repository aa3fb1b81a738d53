"""Single things of SIP calls: hold, rubbish beside a call, numbers that may not be rung, a trunk
that wants to know us."""

import asyncio
import hashlib
import random
import re
import socket
from pathlib import Path

import pytest

from switch import audio, tones
from switch.calls import Status
from switch.sip.sources import RATE
from tests.sip.ear import Ear, likeness
from tests.sip.house import House, ended, run, until

PROMPT = tones.tone(700, seconds=1)
SEED, RUBBISH = 20, 600
INVITE = (
    "INVITE sip:+15550100911@127.0.0.1 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5;branch=z9hG4bK{n}\r\n"
    "From: <sip:+15550100009@127.0.0.1>;tag=t{n}\r\nTo: <sip:+15550100911@127.0.0.1>\r\n"
    "Call-ID: c{n}\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:5>\r\nMax-Forwards: 70\r\n"
    "Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}"
)


async def speaking(house: House, mouth: Ear, scenario: str = "caller") -> tuple[object, object]:
    """A call that is answered and hears the prompt again and again: SIPp, and the call."""
    house.hooks.on("/prompt", audio.to_wav(PROMPT))
    house.voice('<Play loop="0">/prompt</Play>')
    caller = await house.caller(mouth.port, scenario=scenario)
    call = await house.inbound()
    await until(lambda: likeness(mouth.sound(), PROMPT) > 0.95, "the prompt")
    return caller, call


async def still(mouth: Ear, looks: int = 40) -> None:
    """Until nothing new was heard for so many looks, 20 ms apart."""
    before, same = -1, 0
    async with asyncio.timeout(30):
        while same < looks:
            await asyncio.sleep(0.02)
            same = same + 1 if len(mouth.heard) == before else 0
            before = len(mouth.heard)


def test_a_caller_holds_and_goes_on(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        with Ear() as mouth:
            caller, call = await speaking(house, mouth, "holds")
            await still(mouth)
            mouth.heard.clear()
            await until(lambda: likeness(mouth.sound(), PROMPT) > 0.95, "the prompt again")
            house.exchange.end(call, Status.COMPLETED, by="rest")
            await ended(caller)

    run(tmp_path, check)


def rubbish(chance: random.Random) -> bytes:
    """Something that no telephone sends: noise, a piece of a message, a broken description."""
    body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    body += "m=audio 40000 RTP/AVP 0\r\n"
    whole = INVITE.format(n=chance.randrange(10**9), length=len(body), body=body).encode()
    kind = chance.randrange(5)
    if kind == 0:
        return chance.randbytes(chance.randrange(1, 1400))
    if kind == 1:
        return whole[: chance.randrange(1, len(whole) - len(body))]
    if kind == 2:  # a header is missing
        lines = whole.split(b"\r\n")
        del lines[chance.randrange(len(lines) - 8)]
        return b"\r\n".join(lines)
    if kind == 3:
        data = bytearray(whole)
        for _ in range(20):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    junk = "v=0\r\nm=audio {} RTP/AVP {}\r\nc=IN IP4 {}\r\n".format(
        *(chance.choice(["-1", "99999", "x", "", "0"]) for _ in range(3))
    )
    return INVITE.format(n=chance.randrange(10**9), length=len(junk), body=junk).encode()


@pytest.mark.slow
def test_600_datagrams_of_rubbish_do_nothing_to_a_call(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        with Ear() as mouth, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            caller, call = await speaking(house, mouth)
            process = house.trunk.pid
            chance = random.Random(SEED)  # the same rubbish every time
            for _ in range(RUBBISH):
                stranger.sendto(rubbish(chance), ("127.0.0.1", house.trunk.port))
                await asyncio.sleep(1 / RATE)  # so that each of them is read
            mouth.heard.clear()
            await until(lambda: likeness(mouth.sound(), PROMPT) > 0.95, "the prompt, still")
            assert house.trunk.pid == process
            house.exchange.end(call, Status.COMPLETED, by="rest")
            await ended(caller)
            with Ear() as another:  # and the next one comes through
                caller = await house.caller(another.port)
                await until(lambda: likeness(another.sound(), PROMPT) > 0.95, "the next call")
                for each in house.exchange.calls.values():
                    house.exchange.end(each, Status.COMPLETED, by="rest")
                await ended(caller)

    run(tmp_path, check)


def test_a_number_that_is_not_on_the_list_is_never_rung(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trunk:
            trunk.bind(("127.0.0.1", house.trunk_port))
            trunk.setblocking(False)
            sid = await house.place("+19005550199", Url=house.hooks.url + "/voice")
            call = await house.over(sid)
            assert call.status == Status.FAILED
            assert house.events("sip_not_allowed", sid)
            try:
                data = trunk.recv(2000)
            except BlockingIOError:
                data = b""
            assert data == b""

    run(tmp_path, check)


class Registrar(asyncio.DatagramProtocol):
    """Lets in who knows the password (RFC 2617's digest, without qop)."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.let_in = self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode()
        if not text.startswith("REGISTER "):
            return
        given = dict(re.findall(r'(\w+)="?([^",\r]+)"?', _header(text, "Authorization")))
        if not given:
            said, more = "401 Unauthorized", 'WWW-Authenticate: Digest realm="t", nonce="n1"\r\n'
        elif given.get("response") == self._wanted(given):
            self.let_in += 1
            said, more = "200 OK", f"Contact: {_header(text, 'Contact')};expires=60\r\n"
        else:
            self.refused += 1
            said, more = "403 Forbidden", ""
        kept = "".join(
            f"{name}: {_header(text, name)}\r\n" for name in ("Via", "From", "Call-ID", "CSeq")
        )
        to = _header(text, "To") + ";tag=r1"
        answer = f"SIP/2.0 {said}\r\n{kept}To: {to}\r\n{more}Content-Length: 0\r\n\r\n"
        self._transport.sendto(answer.encode(), addr)  # type: ignore[attr-defined]

    def _wanted(self, given: dict[str, str]) -> str:
        def digest(*words: str) -> str:
            return hashlib.md5(":".join(words).encode(), usedforsecurity=False).hexdigest()

        login = digest(given["username"], "t", self.password)
        return digest(login, "n1", digest("REGISTER", given["uri"]))


def _header(text: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*?)\r$", text, flags=re.M | re.I)
    return found[1] if found else ""


def registering(tmp_path: Path, password: str) -> tuple[Registrar, list[str]]:
    """What a registrar and the journal say of one registration with this password."""
    registrar = Registrar("right")
    told: list[str] = []

    async def check(house: House) -> None:
        wanted = {"sip_registered", "sip_unregistered"}
        async with asyncio.timeout(60):
            while not (
                found := [e for e in house.exchange.journal.entries if e["event"] in wanted]
            ):
                await house.exchange.journal.after(len(house.exchange.journal.entries), 1.0)
        told.append(str(found[0]["event"]))

    async def go() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: registrar, local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        settings = {"register": True, "password": password, "trunk_port": port}
        async with House(tmp_path, **settings) as house:
            await check(house)
        transport.close()

    asyncio.run(go())
    return registrar, told


def test_a_trunk_that_asks_for_the_password_gets_its_digest(tmp_path: Path) -> None:
    registrar, told = registering(tmp_path, "right")
    assert (registrar.let_in, registrar.refused, told) == (1, 0, ["sip_registered"])


def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    registrar, told = registering(tmp_path, "wrong")
    assert registrar.let_in == 0
    assert registrar.refused >= 1
    assert told == ["sip_unregistered"]
