"""What a check finds."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from hotline.settings import Settings


class Level(StrEnum):
    """ok · warn: works, but not as it should for real callers · bad: something does not work."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing; `mend` says what to do about it, empty where nothing is."""

    check: str
    level: Level
    says: str
    mend: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return asdict(self)


def ok(check: str, says: str) -> Finding:
    """All is well."""
    return Finding(check, Level.OK, says)


def warn(check: str, says: str, mend: str) -> Finding:
    """It works, but not as it should for real callers."""
    return Finding(check, Level.WARN, says, mend)


def bad(check: str, says: str, mend: str) -> Finding:
    """Something does not work."""
    return Finding(check, Level.BAD, says, mend)


def for_real_callers(settings: Settings) -> bool:
    """Whether a carrier outside is set: what is good enough for a trial is not for its callers."""
    return not settings.needs_own_switch


def lasting(seconds: float) -> str:
    """So long, in the largest unit of which there are two: "90 s", "45 min", "30 h", "128 days"."""
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"
