"""What the machine was told and answered, transaction by transaction, and how often."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

from hotline.dispatch import alarm, effect_words, effects, engine, housekeeping, machine, words


@dataclass(frozen=True)
class Move:
    """One call of the machine. cause: the event that the desk's own answers follow."""

    dispatch_id: str
    before: words.Dispatch
    event: words.Event
    now: datetime
    after: words.Dispatch
    effects: tuple[effect_words.Effect, ...]
    cause: words.Event


class Recorder:
    """Stands between the desk and the machine. What a rolled back transaction did never happened.

    ears: hears what the engine says of itself: level, event and its details.
    """

    def __init__(self, ears: Callable[[str, str, dict[str, Any]], None]) -> None:
        self.moves: dict[str, list[Move]] = {}
        self.states: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self._log = _Log(ears)
        self._open: list[Move] = []
        self._dispatch_id = ""
        self._advance = machine.advance

    def locked(self, dispatch_id: str) -> None:
        """The next moves are those of this dispatch."""
        self._dispatch_id = dispatch_id

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Every move of this process goes through here, and every log line of the engine."""
        self._advance = machine.advance
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(machine, "advance", self.advance))
            for module in (engine, effects, alarm, housekeeping):
                stack.enter_context(mock.patch.object(module, "log", self._log))
            yield

    def advance(
        self, before: words.Dispatch, event: words.Event, now: datetime
    ) -> tuple[words.Dispatch, tuple[effect_words.Effect, ...]]:
        """The machine's own answer, written down. Raises IllegalMove."""
        after, follow = self._advance(before, event, now)
        cause = event
        answers = words.Resolved | words.Invited | words.PhoneFollows
        if isinstance(event, answers) and self._open:
            cause = self._open[-1].cause
        self._open.append(Move(self._dispatch_id, before, event, now, after, follow, cause))
        return after, follow

    def replay(self, move: Move) -> tuple[words.Dispatch, tuple[effect_words.Effect, ...]]:
        """The same question once more, written down nowhere."""
        return self._advance(move.before, move.event, move.now)

    def committed(self) -> list[Move]:
        """The transaction has ended well: its moves, which count from now on."""
        moves, self._open = self._open, []
        for move in moves:
            self.moves.setdefault(move.dispatch_id, []).append(move)
            self._count(move)
        return moves

    def rolled_back(self) -> None:
        """The transaction never was."""
        self._open = []

    def _count(self, move: Move) -> None:
        self.events[type(move.event).__name__] += 1
        for effect in move.effects:
            self.effects[type(effect).__name__] += 1
        before, after = move.before, move.after
        if after.state is not before.state or before.position < 0:
            self.states[f"dispatch {after.state.value}"] += 1
        if after.attempts is before.attempts:
            return
        known = {a.id: a.state for a in before.attempts}
        for attempt in after.attempts:
            if known.get(attempt.id) is not attempt.state:
                self.states[f"attempt {attempt.state.value}"] += 1


class _Log:
    """A logger that prints nothing."""

    def __init__(self, ears: Callable[[str, str, dict[str, Any]], None]) -> None:
        self._ears = ears

    def info(self, event: str, **detail: Any) -> None:
        self._ears("info", event, detail)

    def warning(self, event: str, **detail: Any) -> None:
        self._ears("warning", event, detail)

    def error(self, event: str, **detail: Any) -> None:
        self._ears("error", event, detail)
