"""Whether a request is one that Asterisk's REST interface describes (ari.toml names the source)."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class NotDescribedError(AssertionError):
    """A request that the descriptions do not know."""


@dataclass(frozen=True)
class Matched:
    """A request that they know: its name, the words in its path, codes it may be refused with."""

    name: str
    words: dict[str, str]
    refuses: frozenset[int]


def match(method: str, path: str, fields: dict[str, Any]) -> Matched:
    """Raises NotDescribedError, which says what is wrong. `path` begins behind /ari."""
    # Literal paths before those with words in them: /channels/externalMedia is no channel's.
    for name in sorted(_TABLE, key=lambda name: "{" in name):
        wanted, _, pattern = name.partition(" ")
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path)
        if wanted == method and found is not None:
            _check(name, fields)
            refuses = frozenset(_TABLE[name].get("refuses", ()))
            return Matched(name, found.groupdict(), refuses)
    raise NotDescribedError(f"there is no {method} {path}")


def _check(name: str, fields: dict[str, Any]) -> None:
    described = _TABLE[name]
    needs = set(described.get("needs", ()))
    missing = needs - set(fields)
    unknown = set(fields) - needs - set(described.get("takes", ()))
    if missing or unknown:
        raise NotDescribedError(f"{name}: without {sorted(missing)}, unknown {sorted(unknown)}")
    for field, values in described.get("one_of", {}).items():
        if field in fields and fields[field] not in values:
            raise NotDescribedError(f"{name}: {field} is none of {values}")
