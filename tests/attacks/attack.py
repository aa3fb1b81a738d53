"""An attack, and what stands in its way: tried as the code is, and with that taken away.

An attack is a function that does it and says whether it succeeded. A test that only sees it fail
proves little: perhaps it never could succeed. So each is tried twice, and must succeed where its
mitigation is taken away. docs/threat-model.md lists them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest

G = TypeVar("G")


@dataclass(frozen=True)
class Attack(Generic[G]):
    """`does` it to the ground and says whether it succeeded; `without` takes the mitigation away,
    before the ground is laid or after it."""

    name: str
    does: Callable[[G], bool]
    without: Callable[[pytest.MonkeyPatch], None]


def each(attacks: Sequence[Attack[G]]) -> pytest.MarkDecorator:
    """One test for each attack, with the parameter `attack`."""
    return pytest.mark.parametrize("attack", attacks, ids=lambda attack: attack.name)
