"""Is this webhook really from the carrier we have chosen? One question for every way of signing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hotline.carrier import ed25519, seal, signature
from hotline.carrier.capabilities import Algorithm, Signature
from hotline.carrier.signature import MultiDict, Pairs


class Headers(Protocol):
    """Headers of a request, found in any case."""

    def get(self, key: str, default: str, /) -> str | None:
        """The header, or the default where there is none."""


@dataclass(frozen=True)
class Asked:
    """A request as it came in: path and query as on the wire (`signature.raw_target`), every posted
    pair and the bytes they were read from, and the headers."""

    raw_path: str
    raw_query: str
    form: Pairs | MultiDict
    body: bytes
    headers: Headers


@dataclass(frozen=True)
class Trusted:
    """What we know to check it with: how the carrier signs, the keys of that, our public address,
    and the account's secrets, with which our own addresses are sealed."""

    scheme: Signature
    keys: Sequence[str]
    public_url: str
    secrets: Sequence[str]


def genuine(trusted: Trusted, asked: Asked, now_s: float) -> bool:
    """Whether the carrier has signed this request, to this address of ours. `now_s`: Unix time.

    False without a key or a signature; never raises.
    """
    scheme = trusted.scheme
    given = next((found for name in scheme.headers if (found := _header(asked, name))), "")
    if scheme.algorithm is Algorithm.ED25519:
        moment = _header(asked, scheme.timestamp)
        signed = ed25519.verify(trusted.keys, moment, asked.body, given, now_s, scheme.tolerance_s)
    else:
        signed = signature.verify(
            trusted.keys,
            trusted.public_url,
            asked.raw_path,
            asked.raw_query,
            asked.form,
            given,
            each=scheme.repeated == "all",
        )
    return signed and (
        scheme.covers_url or seal.holds(trusted.secrets, asked.raw_path, asked.raw_query)
    )


def _header(asked: Asked, name: str) -> str:
    return asked.headers.get(name, "") or ""
