"""Lines of a TOML file: every key and value is where a reader sees it."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.oncall.forms import Path
from hotline.oncall.lines import read_lines

TEXT = '''# people
[[responder]]
handle = "a"
name = """Ana
Alvarez"""

[[responder]]
handle = "b"  # the second

[policy.default]
rounds = 2
steps = [
  # first these
  { targets = ["a", "b"], ring_s = 20 },
  { targets = [
      "c",
  ] },
]
"last resort".targets = ["d"]

[[schedule.days.rotation]]
people = ["a"]
[schedule.days.rotation.extra]
x = 1
[[schedule.days.rotation]]
people = ["b"]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("nothing",), 1),
        (("responder",), 2),
        (("responder", 0), 2),
        (("responder", 0, "handle"), 3),
        (("responder", 0, "name"), 4),
        (("responder", 1, "handle"), 8),
        (("responder", 1, "kind"), 7),
        (("policy", "default", "rounds"), 11),
        (("policy", "default", "steps"), 12),
        (("policy", "default", "steps", 0), 14),
        (("policy", "default", "steps", 0, "targets", 1), 14),
        (("policy", "default", "steps", 1, "targets", 0), 16),
        (("policy", "default", "steps", 1, "ring_s"), 15),
        (("policy", "default", "last resort", "targets", 0), 19),
        (("schedule", "days"), 21),
        (("schedule", "days", "rotation", 0, "people"), 22),
        (("schedule", "days", "rotation", 0, "extra", "x"), 24),
        (("schedule", "days", "rotation", 1, "people", 0), 26),
    ],
)
def test_a_path_has_its_line(path: Path, line: int) -> None:
    assert read_lines(TEXT).line(path) == line


def leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Every number of a document by its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found: dict[Path, Any] = {}
    for key, inner in items:
        here = {(*path, key): inner} if isinstance(inner, int) else leaves(inner, (*path, key))
        found |= here
    return found


keys = st.sampled_from(["a", '"b c"', "x.y", '"ü"', "'q'"])
pieces = st.lists(
    st.sampled_from(["[t.{k}]", "[[l.{k}]]", "k{n} = {line}", "k{n} = [{line},", "", "# x"]),
    max_size=25,
)


@given(pieces, st.data())
def test_every_number_that_says_its_line_is_right(parts: list[str], data: st.DataObject) -> None:
    lines: list[str] = []
    for n, part in enumerate(parts):
        text = part.format(k=data.draw(keys), n=n, line=len(lines) + 1)
        lines.append(text)
        if text.endswith(","):
            lines += ["  # inside", f"  {{ z = {len(lines) + 2} }} ]"]
    document = "\n".join(lines)
    try:
        values = tomllib.loads(document)
    except tomllib.TOMLDecodeError:  # a table twice
        return
    index = read_lines(document)
    for path, line in leaves(values).items():
        assert index.line(path) == line
