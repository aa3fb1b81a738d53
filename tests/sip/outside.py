"""Single SIP messages of somebody outside, for what SIPp has no word for."""

import random
import re
import select
import socket
from typing import Self

from switch.sip import sdp

HOTLINE = "+15550100911"


class Stranger:
    """A UDP port that sends messages to the switch and reads what comes back."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self._there = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(30)
        self.port = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def invite(self, body: str, number: int = 1, from_number: str = "+15550100001") -> str:
        """An INVITE with any description."""
        return self.message("INVITE", body, number, from_number)

    def message(
        self, method: str, body: str, number: int = 1, from_number: str = "+15550100001"
    ) -> str:
        return (
            f"{method} sip:{HOTLINE}@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.port}n{number}\r\n"
            f"From: <sip:{from_number}@127.0.0.1>;tag=t{number}\r\n"
            f"To: <sip:{HOTLINE}@127.0.0.1>\r\n"
            f"Call-ID: {self.port}-{number}@127.0.0.1\r\nCSeq: 1 {method}\r\n"
            f"Contact: <sip:{from_number}@127.0.0.1:{self.port}>\r\nMax-Forwards: 70\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )

    def send(self, message: str | bytes) -> None:
        data = message.encode() if isinstance(message, str) else message
        self._socket.sendto(data, self._there)

    @property
    def waits(self) -> bool:
        """Whether an answer is there."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def answer(self) -> int:
        """The status of the next final answer."""
        return int(self.final()[8:11])

    def final(self) -> str:
        """The next final answer as it came."""
        while True:
            data = self._socket.recv(65535)
            match = re.match(rb"SIP/2\.0 ([0-9]{3})", data)
            if match is not None and int(match[1]) >= 200:
                return data.decode()

    def acknowledge(self, answer: str) -> None:
        """The ACK to a 200."""
        kept = re.findall(r"^(?:From|To|Call-ID): .*$", answer, re.MULTILINE | re.IGNORECASE)
        lines = [
            f"ACK sip:{HOTLINE}@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.port}ack",
            *(line.rstrip("\r") for line in kept),
            "CSeq: 1 ACK",
            "Max-Forwards: 70",
            "Content-Length: 0",
        ]
        self.send("\r\n".join(lines) + "\r\n\r\n")


def offer(port: int) -> str:
    return sdp.offer("127.0.0.1", port, 7)


def nonsense(stranger: Stranger, rng: random.Random, number: int) -> bytes:
    """A datagram that is broken in some way."""
    whole = stranger.invite(offer(9), number, "+15550199999").encode()
    kind = number % 4
    if kind == 0:
        return rng.randbytes(rng.randrange(1, 900))
    if kind == 1:
        return whole[: rng.randrange(1, len(whole))]
    if kind == 2:
        lines = whole.split(b"\r\n")
        del lines[rng.randrange(len(lines) - 8)]
        return b"\r\n".join(lines)
    data = bytearray(whole)
    for _ in range(rng.randrange(1, 30)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)
