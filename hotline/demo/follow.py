"""Follows a play: reads the switch's journal and the report's timeline as they grow."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from hotline.demo import outcome
from hotline.demo.outcome import Happened, Outcome
from hotline.demo.sentences import Line, of_direction, of_journal, of_timeline, prompt_of, rank
from hotline.supervise.stack import Stack
from hotline.supervise.switch_control import SwitchControl

POLL_S = 0.25
SETTLED = timedelta(seconds=0.3)
"""What happened so long ago has been written by everybody; younger lines wait for their turn."""
Show = Callable[[Line, float], None]
"""Takes a line and the telephone seconds since the call began."""


class Follower:
    """Gathers lines; `step` shows what is new. All times on the screen are telephone seconds."""

    def __init__(
        self, stack: Stack, switch: SwitchControl, speed: float, spoken: Mapping[str, str]
    ) -> None:
        self._stack = stack
        self._switch = switch
        self._speed = speed
        self._spoken = spoken
        self._next = switch.journal(0, 0.0)[1]
        self._told: set[object] = set()
        self._began: datetime | None = None
        self._last: dict[str, str] = {}
        self._waiting: list[Line] = []
        self.prompts: dict[str, list[str]] = {}
        """The names of the prompts that each phone was played, in order, by its number."""
        self.lines: list[tuple[Line, float]] = []

    def step(self, call_sid: str, show: Show) -> Outcome | None:
        """Wait a moment for news, show it in order, and give the outcome as it stands."""
        until = time.monotonic() + POLL_S
        entries, self._next = self._switch.journal(self._next, POLL_S)
        self._waiting += [line for e in entries if (line := of_journal(e, self._spoken))]
        for entry in entries:
            if name := prompt_of(entry):
                self.prompts.setdefault(str(entry["number"]), []).append(name)
        seen = outcome.read(self._stack.runtime, call_sid)
        if seen is not None:
            self._waiting += [line for e in self._fresh(seen) if (line := of_timeline(e))]
        self._show_until(datetime.now(UTC) - SETTLED, show)
        time.sleep(max(0.0, until - time.monotonic()))
        return seen

    def announce(self, sentence: str) -> None:
        """A line for what is done behind the stage now."""
        self._waiting.append(of_direction(sentence, datetime.now(UTC)))

    def finish(self, show: Show) -> None:
        """Show what was still held back."""
        self._show_until(datetime.now(UTC), show)

    def _fresh(self, seen: Outcome) -> list[Happened]:
        """Events not told yet; `placed` and `ringing` of one attempt may come in either order."""
        fresh = []
        for event in seen.events:
            rings = event.kind in ("attempt_placed", "attempt_ringing")
            key = ("rings", event.detail.get("attempt")) if rings else event.number
            if key not in self._told:
                self._told.add(key)
                fresh.append(event)
        return fresh

    def _show_until(self, moment: datetime, show: Show) -> None:
        ready = [line for line in self._waiting if line.wall <= moment]
        self._waiting = [line for line in self._waiting if line.wall > moment]
        for line in sorted(ready, key=lambda one: (one.wall, rank(one))):
            self._tell(line, show)

    def _tell(self, line: Line, show: Show) -> None:
        if self._last.get(line.who) == line.what and line.kind == "playing":
            return
        self._last[line.who] = line.what
        self._began = self._began or line.wall
        at = max(0.0, (line.wall - self._began).total_seconds() * self._speed)
        self.lines.append((line, at))
        show(line, at)
