"""What a page module gives to the blueprint: where each of its views lives."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Route(NamedTuple):
    """One address. `endpoint` is its name in `url_for("console.…")`."""

    rule: str
    endpoint: str
    view: Callable[..., Any]
    method: str = "GET"
