"""The demonstration on the terminal: one calm line per happening, and the result."""

import io
import sys
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from hotline.demo.cast import EVERYBODY
from hotline.demo.scenario import Expectation, Scenario, Seen
from hotline.demo.sentences import ALERT, DONE, HOTLINE, Line

WHO_WIDTH = max(len(p.name) for p in EVERYBODY)
STYLES = {DONE: "green", ALERT: "bold yellow"}
NAMES = {person.handle: person.name for person in EVERYBODY}


class Terminal:
    """Writes to a stream; plain text where that is no terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = stream or sys.stdout
        if isinstance(stream, io.TextIOWrapper):  # a terminal without our signs shows `?`
            stream.reconfigure(errors="replace")
        self._console = Console(file=stream, highlight=False, soft_wrap=True, emoji=False)

    def say(self, text: str = "") -> None:
        """A sentence of our own."""
        self._console.print(escape(text))

    def heading(self, text: str) -> None:
        """What comes now."""
        self._console.print(f"\n[bold]{escape(text)}[/bold]")

    def happening(self, line: Line, at: float) -> None:
        """One line of the live timeline: time, sign, who, what."""
        clock = f"{int(at // 60):2}:{at % 60:04.1f}"
        style = STYLES.get(line.sign, "")
        who = f"{line.who:{WHO_WIDTH}}"
        who = f"[bold]{escape(who)}[/bold]" if line.who == HOTLINE else escape(who)
        sign = f"[{style}]{line.sign}[/{style}]" if style else line.sign
        self._console.print(f" {clock}  {sign} {who}  {escape(line.what)}")

    def result(self, scenario: Scenario, seen: Seen) -> None:
        """Said and understood, why, who was rung, who has it."""
        outcome = seen.outcome
        self.heading("Result")
        if seen.spoken:
            self._row("said", seen.spoken)
        self._row("understood", outcome.transcript or "(no words)")
        if seen.wer is not None:
            self._row("word error rate", f"{seen.wer:.3f}")
        self._row("triage", f"{outcome.category}, {outcome.urgency}")
        for reason in outcome.reasons:
            words = f"words {reason['first_word'] + 1} to {reason['last_word'] + 1}"
            self._row("because", f"“{reason['phrase']}” ({words}) → {reason['category']}")
        for ring in outcome.attempts:
            self._row("rang", f"{NAMES.get(ring.responder, ring.responder)}: {ring.outcome}")
        if outcome.alarm is not None:
            by = NAMES.get(outcome.alarm.acknowledged_by or "", "nobody")
            self._row("alarm", f"raised ({outcome.alarm.reason}), answered for by {by}")
        self._row("taken by", NAMES.get(outcome.taken_by or "", "nobody"))

    def checks(self, held: list[tuple[Expectation, bool]]) -> None:
        """Every expectation and whether it held."""
        self.heading("Checked")
        for expectation, ok in held:
            sign = "[green]✓[/green]" if ok else "[bold red]✗[/bold red]"
            self._console.print(f"  {sign} {escape(expectation.sentence)}")

    def _row(self, name: str, value: str) -> None:
        self._console.print(f"  {name:16} {escape(value)}")
