"""Facts: what a deployment wants to know of every report, and the school it is about.

The fields are the deployment's own, in a TOML file that HOTLINE_FACTS_FILE names:

    [[field]]
    key = "grade"                                   # never changed once it is in use
    kind = "choice"                                 # or "text"
    label = { en = "Grade", es = "Grado" }
    choices = [
      { key = "k5", label = { en = "Up to 5", es = "Hasta 5" } },
    ]
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hotline.mistakes import Mistake
from hotline.privacy.cipher import Vault, place
from hotline.reports.casework import versions
from hotline.reports.model import Report

LONGEST = 500
"""Characters of one fact: a sentence or two; more is a note."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

Label = Mapping[str, str]
"""A text by language code; English is always there."""


class FactsError(Mistake):
    """The file of fields is wrong; the message is one sentence a person can act on."""


@dataclass(frozen=True)
class Field:
    """One field of the deployment. choices: by key; empty for a field that takes any text."""

    key: str
    label: Label
    choices: Mapping[str, Label]


def text_of(label: Label, language: str) -> str:
    """The label in that language, else in English."""
    return label.get(language, label["en"])


@lru_cache
def fields(path: Path | None) -> tuple[Field, ...]:
    """The fields of a file, read once; none without a file. Raises FactsError."""
    if path is None:
        return ()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FactsError(f"HOTLINE_FACTS_FILE cannot be read: {error}.") from None
    return parse(table)


def parse(table: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a parsed file. Raises FactsError."""
    found = tuple(_field(row) for row in _rows(table.get("field", []), "field"))
    keys = [field.key for field in found]
    if len(set(keys)) < len(keys):
        raise FactsError("HOTLINE_FACTS_FILE names a field twice: each key must be its own.")
    return found


def _field(row: Mapping[str, Any]) -> Field:
    key, kind = _key(row), row.get("kind", "text")
    if kind not in ("text", "choice"):
        raise FactsError(f"The fact {key!r} must be of the kind text or choice, not {kind!r}.")
    rows = _rows(row.get("choices", []), f"choices of {key}")
    if (kind == "choice") != bool(rows):
        raise FactsError(f"The fact {key!r} needs choices if, and only if, it is a choice.")
    return Field(key, _label(key, row), {_key(r): _label(_key(r), r) for r in rows})


def _rows(value: Any, what: str) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise FactsError(f"HOTLINE_FACTS_FILE: {what} must be a list of tables.")
    return value


def _key(row: Mapping[str, Any]) -> str:
    key = row.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise FactsError(
            f"HOTLINE_FACTS_FILE has the key {key!r}: a key is made of a-z, 0-9 and _, and begins "
            "with a letter."
        )
    return key


def _label(key: str, row: Mapping[str, Any]) -> Label:
    label = row.get("label")
    texts = label.values() if isinstance(label, Mapping) else ()
    if not isinstance(label, Mapping) or "en" not in label:
        raise FactsError(f"The fact {key!r} needs a label in English: label = {{ en = … }}.")
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise FactsError(f"Every label of the fact {key!r} must be a text.")
    return dict(label)


# --- of one report --------------------------------------------------------------------------


def read(session: Session, vault: Vault, report: Report) -> Mapping[str, str]:
    """What is known of a report, by the keys of the fields. Raises CannotOpen."""
    if report.facts is None:
        return {}
    where = place("report", report.id, "facts")
    known: dict[str, str] = vault.open_json(session, report.data_key_id, where, report.facts)
    return known


def note(
    session: Session,
    vault: Vault,
    report: Report,
    told: Mapping[str, str],
    *,
    by: str,
    now: datetime,
) -> None:
    """Write what is known now; an empty text takes a fact away. Fields that are not told of keep
    what they have. The timeline names the fields and never what stands in them."""
    before = read(session, vault, report)
    after = {**before, **{key: text.strip()[:LONGEST] for key, text in told.items()}}
    after = {key: text for key, text in after.items() if text}
    changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
    if not changed:
        return
    where = place("report", report.id, "facts")
    report.facts = vault.seal_json(session, report.data_key_id, where, after)
    versions.change(session, report, now, "facts_noted", by=by, fields=changed)


def set_school(
    session: Session, report: Report, school: str | None, *, by: str, now: datetime
) -> None:
    """Say which school it is about (its handle), or that nobody knows."""
    if report.school == school:
        return
    report.school = school
    versions.change(session, report, now, "school_set", by=by, school=school)
