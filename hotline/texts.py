"""Texts that people read in their own language: marked here, translated where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def marked(message: str) -> str:
    """The message as it is, found by `make translations`; the console shows it translated."""
    return message


@dataclass(frozen=True)
class Sentence:
    """A marked pattern with %(name)s for each of `values`; as text it is English."""

    pattern: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled_in(self.pattern, self.values)


def filled_in(pattern: str, values: Mapping[str, object]) -> str:
    """The pattern with its values; one without any is no pattern and may hold percent signs."""
    return pattern % values if values else pattern
