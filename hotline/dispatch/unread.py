"""When people are told of a report that nobody has read. Pure: moments only.

A report that is taken together with another one rings nobody: whoever has it was told how many
there are, and reads them when they can. That must not become never. Once a report has been unread
for a while, the alarm is raised for its incident: one alarm, however many of its reports wait, and
the next one no sooner than the same while after somebody has answered for the last
(`hotline.dispatch.unread_task`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

AFTER_S = 900.0
"""The setting's default: two of its rounds are over before most incidents are, and somebody who
has read a report a minute has read fifteen of them by then."""


@dataclass(frozen=True)
class Told:
    """An alarm about unread reports of an incident. answered_at: None while it rings."""

    raised_at: datetime
    answered_at: datetime | None


def tell_at(since: datetime, told: Sequence[Told], after_s: float) -> datetime | None:
    """When an alarm is due for a report that is unread since then; None while one rings for its
    incident already. told: the alarms about its incident so far; after_s: the setting."""
    if any(alarm.answered_at is None for alarm in told):
        return None
    answered = [alarm.answered_at for alarm in told if alarm.answered_at is not None]
    return max([since, *answered]) + timedelta(seconds=after_s)
