"""Keys of encrypted sound as descriptions name them (SDES, RFC 4568). Pure.

Whoever reads the description can hear the call: it protects on a way where signalling is protected
too, by TLS to a proxy for example.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field

HMAC_80, HMAC_32 = "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"
SUITES = (HMAC_80, HMAC_32)
"""What is understood, the better one first (RFC 4568, 6.2)."""

KEY_BYTES = 30
"""A master key of 16 bytes and a salt of 14."""

_LINE = re.compile(
    r"a=crypto:([0-9]{1,9})[ \t]+([A-Z0-9_]{1,40})[ \t]+inline:([A-Za-z0-9+/]{40})"
    r"(?:\|(?:2\^[0-9]{1,2}|[0-9]{1,20}))?[ \t]*"
)
"""A line without session parameters and without a key's index (MKI): others change what is in a
packet, and are passed over. A life time is longer than any call here (RFC 4568: 2^48 packets)."""


class ForgedError(Exception):
    """A packet that the far end's key did not make, or that came before."""


@dataclass(frozen=True)
class Crypto:
    """One `a=crypto` line: its number, its suite and whoever's key it names."""

    tag: int
    suite: str
    key: bytes = field(repr=False)

    def line(self) -> str:
        """As it is written."""
        return f"a=crypto:{self.tag} {self.suite} inline:{base64.b64encode(self.key).decode()}"


def read(lines: list[str]) -> tuple[Crypto, ...]:
    """The usable ones among the lines of a description, in their order."""
    found = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None or match[2] not in SUITES:
            continue
        try:
            key = base64.b64decode(match[3], validate=True)
        except binascii.Error:  # 40 of these letters always are 30 bytes; to be sure
            continue
        if len(key) == KEY_BYTES:
            found.append(Crypto(int(match[1]), match[2], key))
    return tuple(found)


def offered() -> tuple[Crypto, ...]:
    """Fresh keys of ours to be chosen from, one for each suite."""
    return tuple(Crypto(tag, suite, new_key()) for tag, suite in enumerate(SUITES, start=1))


def answering(theirs: Crypto, before: Crypto | None = None) -> Crypto:
    """Our key beside theirs: the one of before, while the suite is the same."""
    same = before is not None and before.suite == theirs.suite
    return Crypto(theirs.tag, theirs.suite, before.key if before and same else new_key())


def new_key() -> bytes:
    """A fresh master key and salt."""
    return secrets.token_bytes(KEY_BYTES)
