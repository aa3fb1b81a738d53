"""Events and commands of the menu about a number to be called back at. Pure data.

The number itself is in none but the command that brings it: the core keeps it sealed, and the menu
knows only that there is one.
"""

from dataclasses import dataclass
from typing import Literal

# --- events ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class NumberIs:
    """Whether the number entered can be called back. full: no more are taken now."""

    state: Literal["ok", "refused", "full"]


@dataclass(frozen=True)
class NumberKept:
    """The core has committed to keep the number that was read back."""


@dataclass(frozen=True)
class NumberGone:
    """The core keeps no number for the report any more."""


CallbackEvent = NumberIs | NumberKept | NumberGone

# --- commands -------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckNumber:
    """See whether this number may be called back, and hold it until it is confirmed. Gives
    NumberIs."""

    digits: str


@dataclass(frozen=True)
class KeepNumber:
    """Keep the number that was confirmed, in place of any other. Gives NumberKept."""


@dataclass(frozen=True)
class ForgetNumber:
    """Drop the number. Gives NumberGone. entered: only the one that is not confirmed."""

    entered: bool = False


CallbackCommand = CheckNumber | KeepNumber | ForgetNumber
