"""Read tables of the roster file: every problem, each with its place, in one plain sentence.

A form is a pydantic model whose fields' descriptions end the sentence "must be …".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]
"""Where something stands in the file: keys, and indexes into lists."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, and what to mend."""

    path: Path
    sentence: str


class Form(BaseModel):
    """What a table may hold; nothing else, and no type in place of another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


F = TypeVar("F", bound=Form)


def read(form: type[F], raw: object, path: Path, what: str, problems: list[Problem]) -> F | None:
    """The table as the form reads it; None, and what is wrong in `problems`, if it cannot.

    what: how sentences call the table, "responder 'counselor-1'" for example.
    """
    if not isinstance(raw, Mapping):
        problems.append(Problem(path, f"{_upper(what)} must be a table."))
        return None
    try:
        return form.model_validate(dict(raw))
    except ValidationError as error:
        found = [_problem(form, e, path, what) for e in error.errors(include_url=False)]
        problems += dict.fromkeys(found)
        return None


def guess(word: str, known: list[str]) -> str:
    """The end of a sentence about an unknown word: the one that was meant, or all there are."""
    close = get_close_matches(word, known, 1)
    if close:
        return f"did you mean {str(close[0])!r}?"
    return f"known: {', '.join(known)}." if known else "there are none."


def _problem(form: type[Form], error: ErrorDetails, path: Path, what: str) -> Problem:
    key = str(error["loc"][0])
    place = (*path, *error["loc"])
    fields: dict[str, Any] = {f.alias or name: f for name, f in form.model_fields.items()}
    if error["type"] == "extra_forbidden":
        meant = guess(key, list(fields))
        return Problem(place, f"{_upper(what)} has the unknown key {key!r}; {meant}")
    wanted = fields[key].description
    if error["type"] == "missing":
        return Problem(path, f"{_upper(what)} lacks {key!r}: {wanted}.")
    return Problem(place, f"The {key} of {what} must be {wanted}.")


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
