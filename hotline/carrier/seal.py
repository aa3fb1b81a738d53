"""Our own addresses, sealed for a carrier whose signature does not cover where a request goes.

With Telnyx the same signed body could be posted to another address of ours, or the address changed,
and the signature would still fit. So each address that we hand out then carries, at its end, a code
over its own path and query, made with the account's secret. Only the two addresses that are set at
the carrier have none: what they do follows from the signed body alone.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

NAME: Final = "seal"
ENTRIES: Final = frozenset({"/voice", "/voice/status"})
"""What a person enters at the carrier."""
_HEX = 32  # 128 bit
_PURPOSE = b"hotline url seal 1\0"


def sealed(secrets: Sequence[str], target: str) -> str:
    """The path with its query, and the seal made with the newest secret; as it was without one."""
    if not secrets:
        return target
    return f"{target}{'&' if '?' in target else '?'}{NAME}={_code(secrets[0], target)}"


def holds(secrets: Sequence[str], raw_path: str, raw_query: str) -> bool:
    """Whether the seal at the end of the query was made with one of the secrets over the rest."""
    if raw_path in ENTRIES and not raw_query:
        return True
    rest, found, given = raw_query.rpartition(f"{NAME}=")
    if not found or (rest and not rest.endswith("&")):
        return False
    target = raw_path + (f"?{rest[:-1]}" if rest else "")
    code = given.encode("utf-8", "replace")
    fits = [hmac.compare_digest(_code(s, target).encode(), code) for s in secrets if s]
    return any(fits)  # each was compared: the time does not tell which one fits


def _code(secret: str, target: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE + target.encode(), sha256).hexdigest()[:_HEX]
