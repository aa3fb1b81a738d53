"""In which line of a TOML file something stands.

`tomllib` reads the values and knows no lines; tree-sitter's TOML grammar gives the place of every
key and value and nothing else is asked of it.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from hotline.oncall.forms import Path

_TOML = Language(tree_sitter_toml.language())
_TABLES = ("table", "table_array_element")


@dataclass
class Lines:
    """Line numbers, the first is 1, by path."""

    of: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that stands in the file."""
        while path and path not in self.of:
            path = path[:-1]
        return self.of.get(path, 1)


def read_lines(text: str) -> Lines:
    """Where everything stands in a file that is valid TOML."""
    lines = Lines()
    lists: Counter[Path] = Counter()
    for node in Parser(_TOML).parse(text.encode()).root_node.named_children:
        if node.type == "pair":
            _pair(node, (), lines)
        elif node.type in _TABLES:
            _table(node, lines, lists)
    return lines


def _table(node: Node, lines: Lines, lists: Counter[Path]) -> None:
    header, *rest = node.named_children
    path: Path = ()
    *outer, last = _keys(header)
    for key in outer:
        path = (*path, key)
        lines.of.setdefault(path, _line(node))
        if path in lists:  # the table belongs to the last element so far
            path = (*path, lists[path] - 1)
    path = (*path, last)
    lines.of.setdefault(path, _line(node))
    if node.type == "table_array_element":
        lists[path] += 1
        path = (*path, lists[path] - 1)
        lines.of[path] = _line(node)
    for child in rest:
        if child.type == "pair":
            _pair(child, path, lines)


def _pair(node: Node, path: Path, lines: Lines) -> None:
    key, value = (n for n in node.named_children if n.type != "comment")
    for part in _keys(key):
        path = (*path, part)
        lines.of.setdefault(path, _line(node))
    _value(value, path, lines)


def _value(node: Node, path: Path, lines: Lines) -> None:
    children = [n for n in node.named_children if n.type != "comment"]
    if node.type == "inline_table":
        for pair in children:
            _pair(pair, path, lines)
    elif node.type == "array":
        for index, element in enumerate(children):
            lines.of[(*path, index)] = _line(element)
            _value(element, (*path, index), lines)


def _keys(node: Node) -> Iterator[str]:
    """The parts of a key: bare, quoted or dotted, as TOML itself reads it."""
    value: Any = tomllib.loads(f"{(node.text or b'').decode()} = 0")
    while isinstance(value, dict):
        [(key, value)] = value.items()
        yield key


def _line(node: Node) -> int:
    return node.start_point.row + 1
