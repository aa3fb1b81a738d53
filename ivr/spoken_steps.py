"""Events, commands and a step of the menu about what is said in place of keys. Pure data.

What was said is in none of them but the event that brings the keys it stands for.
"""

from dataclasses import dataclass
from typing import Literal

# --- events ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerBegun:
    """The core has made room for a spoken answer."""

    answer: str


@dataclass(frozen=True)
class Understood:
    """The keys that the answer stands for; for the word, any. Empty: nothing that counts was said.
    None: it is not known yet."""

    keys: str | None


SpokenEvent = AnswerBegun | Understood

# --- commands -------------------------------------------------------------------------------


@dataclass(frozen=True)
class BeginAnswer:
    """Make room for a spoken answer. Gives AnswerBegun."""

    kind: Literal["word", "digits"]


@dataclass(frozen=True)
class FindAnswer:
    """Ask whether it has been understood. Gives Understood."""

    answer: str


SpokenCommand = BeginAnswer | FindAnswer

# --- steps ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """Record a short answer after a beep, to be understood and thrown away."""

    answer: str | None
    max_s: int
    silence_s: int
