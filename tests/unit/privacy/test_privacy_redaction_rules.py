"""The `[redaction]` table of a language file: what is wrong is said in a sentence."""

import copy
from typing import Any

import pytest

from hotline.languages import DIRECTORY, load_language
from hotline.privacy.redaction_rules import Kind, Rules
from hotline.reports import masks

CODES = sorted(path.stem for path in DIRECTORY.glob("*.toml"))
ENGLISH = load_language(DIRECTORY / "en.toml").redaction


def changed(path: str, value: Any) -> dict[str, Any]:
    """The English table with one entry changed; None takes it out."""
    table: dict[str, Any] = copy.deepcopy(dict(ENGLISH))
    *way, key = path.split(".")
    inner = table
    for step in way:
        inner = inner[step]
    if value is None:
        del inner[key]
    else:
        inner[key] = value
    return table


@pytest.mark.parametrize("code", CODES)
def test_every_language_file_has_its_rules(code: str) -> None:
    rules = Rules.parse(load_language(DIRECTORY / f"{code}.toml").redaction)
    assert set(rules.labels) == set(Kind)
    assert all(phrases for phrases in (rules.name.cues, rules.email.cues, rules.telephone.services))
    assert rules.address.streets


def test_no_two_languages_share_a_label() -> None:
    labels = [
        label
        for code in CODES
        for label in load_language(DIRECTORY / f"{code}.toml").redaction["labels"].values()
    ]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("stop", None, r"\[redaction\] lacks 'stop'; see en.toml"),
        ("stop", "the", r"\[redaction\] stop must be a list of strings"),
        ("stop", ["of the"], r"\[redaction\] has 'of the', which is not one word"),
        ("labels", [], r"\[redaction.labels\] must be a table"),
        ("labels.name", None, r"\[redaction.labels\] lacks 'name'"),
        ("labels.name", " ", r"\[redaction.labels\] name must be some words"),
        ("telephone.numbers.five", "5", r"five must be from 0 to 1000"),
        ("telephone.numbers.five", True, r"five must be from 0 to 1000"),
        ("telephone.numbers.five", 1001, r"five must be from 0 to 1000"),
        ("telephone.numbers.five", None, r"\[redaction.telephone.numbers\] has no word for 5"),
        ("telephone.multipliers", ["dozen"], r"'dozen' multiplies and is not in numbers"),
        ("telephone.repeats.double", 1, r"double must be from 2 to 4"),
        ("email.at", ["!"], r"\[redaction.email\] has '!', which is no word"),
        ("address.layouts", ["street"], r"'street' is not a layout"),
        ("name.most_words", 0, r"most_words must be from 1 to 8"),
        ("name.most_words", "3", r"most_words must be from 1 to 8"),
        ("name.cues", "my name is", r"\[redaction.name\] cues must be a list of strings"),
    ],
)
def test_what_is_wrong_is_said(path: str, value: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Rules.parse(changed(path, value))


def test_the_file_is_named() -> None:
    class Broken:
        triage: dict[str, Any] = {}  # noqa: RUF012 - as a language has it
        redaction = changed("stop", None)

    with pytest.raises(ValueError, match=r"xx\.toml: \[redaction\] lacks 'stop'"):
        masks.parse({"xx": Broken()})
