"""The groups of prompts, as the comments of a language file part them. Pure."""

import re
from dataclasses import dataclass

_TABLE = re.compile(r"\[(?P<name>[\w.]+)\]\s*\Z")
_KEY = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\s*=")
FIRST = "Which language"
"""Of what stands before the first comment."""
WORDS = "Words"
"""Of what stands behind an empty line and no comment: pieces that sentences are made of."""


@dataclass(frozen=True)
class Group:
    """A title without its full stop, and the names of its prompts."""

    title: str
    names: tuple[str, ...]


def groups(toml: str) -> tuple[Group, ...]:
    """The groups of the table [prompts] of a language file."""
    found: dict[str, list[str]] = {}
    title, inside, behind_gap = FIRST, False, False
    for line in toml.splitlines():
        if table := _TABLE.match(line):
            inside, title = table["name"] == "prompts", FIRST
        elif not inside:
            continue
        elif line.startswith("#"):
            title, behind_gap = line.lstrip("# ").rstrip(". "), False
        elif not line.strip():
            behind_gap = True
        elif key := _KEY.match(line):
            title = WORDS if behind_gap and title != FIRST else title
            found.setdefault(title, []).append(key["name"])
    return tuple(Group(title, tuple(names)) for title, names in found.items())


def sorted_into(known: tuple[Group, ...], names: tuple[str, ...], other: str) -> tuple[Group, ...]:
    """The names in those groups; what is in none comes last, under `other`. Empty ones are left
    out."""
    own = [Group(g.title, tuple(n for n in g.names if n in names)) for g in known]
    placed = {name for group in own for name in group.names}
    rest = Group(other, tuple(name for name in names if name not in placed))
    return tuple(group for group in (*own, rest) if group.names)
