"""The menu of `*`: what a responder may do from the bridge, and what they hear. Pure.

The caller waits meanwhile. Silence or any other key leads back to them: a caller is never left
alone because of a slip of a finger.
"""

from typing import Literal

from hotline.dispatch.words import Role

Choice = Literal["back", "add", "relieve", "end"]

TIMEOUT_S = 4
"""After the last key was named; the caller is waiting."""
_KEYS: dict[str, Choice] = {"1": "back", "2": "add", "3": "relieve", "9": "end"}
ROLES: dict[Choice, Role] = {"add": Role.ADD, "relieve": Role.RELIEVE}
"""Who is asked to come, by choice."""

MENU = ("star_waiting", "star_keys")


def choice(digits: str) -> Choice:
    """What the key means."""
    return _KEYS.get(digits[:1], "back")


def on_the_way_back(chosen: Choice, *, rung: bool) -> tuple[str, ...]:
    """What the responder hears before being with the caller again; `rung`: somebody's phone is."""
    if chosen not in ROLES:
        return ("star_back",)
    if not rung:
        return ("star_nobody",)
    return ("star_adding",) if chosen == "add" else ("star_handing_over",)
