"""Rings as people count them: whoever was rung in the browser and then on the phone had one turn.

Pure.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Ring(Protocol):
    """What is asked of a ring (`hotline.dispatch.model.Attempt`)."""

    id: str
    follows: str | None


AnyRing = TypeVar("AnyRing", bound=Ring)


def latest(rings: Iterable[AnyRing]) -> Sequence[AnyRing]:
    """The last ring of each turn, in their order."""
    every = list(rings)
    followed = {ring.follows for ring in every}
    return [ring for ring in every if ring.id not in followed]
