"""The file of fields that a deployment asks for: what is accepted, and how a mistake is told."""

from pathlib import Path
from typing import Any

import pytest

from hotline.reports.casework import facts
from hotline.reports.casework.facts import FactsError

GRADE: dict[str, Any] = {
    "key": "grade",
    "kind": "choice",
    "label": {"en": "Grade", "es": "Grado"},
    "choices": [{"key": "k5", "label": {"en": "Up to 5"}}],
}


def test_fields_have_labels_in_languages(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(
        '[[field]]\nkey = "grade"\nkind = "choice"\nlabel = { en = "Grade", es = "Grado" }\n'
        'choices = [{ key = "k5", label = { en = "Up to 5" } }]\n'
        '[[field]]\nkey = "place"\nlabel = { en = "Where" }\n',
        encoding="utf-8",
    )
    grade, place = facts.fields(path)
    assert (grade.key, facts.text_of(grade.label, "es")) == ("grade", "Grado")
    assert facts.text_of(grade.choices["k5"], "es") == "Up to 5"
    assert (place.key, place.choices) == ("place", {})
    assert facts.fields(None) == ()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({**GRADE, "key": "Grade level"}, "begins with a letter"),
        ({**GRADE, "label": {"es": "Grado"}}, "label in English"),
        ({**GRADE, "label": {"en": " "}}, "must be a text"),
        ({**GRADE, "kind": "number"}, "text or choice"),
        ({**GRADE, "kind": "text"}, "if, and only if"),
        ({**GRADE, "choices": []}, "if, and only if"),
        ({**GRADE, "choices": "k5"}, "list of tables"),
    ],
)
def test_a_wrong_field_is_told_in_one_sentence(row: dict[str, Any], says: str) -> None:
    with pytest.raises(FactsError, match=says):
        facts.parse({"field": [row]})


def test_a_key_stands_once() -> None:
    with pytest.raises(FactsError, match="twice"):
        facts.parse({"field": [GRADE, GRADE]})


@pytest.mark.parametrize("content", [b"[[field]", b"\xff\xfe", None])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "facts.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FactsError, match="HOTLINE_FACTS_FILE cannot be read"):
        facts.fields(path)
