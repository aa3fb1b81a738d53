"""Plays one call on a running hotline while something breaks, and says what came of it.

The truth is the switch's: its journal tells what the caller heard and which phone rang when. The
hotline's own database is what is checked against it (`truth`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from hotline.demo import cast, outcome, speech
from hotline.demo.outcome import Outcome
from hotline.demo.scenario import Props
from hotline.dispatch import roster as desk_roster
from hotline.oncall import roster as roster_file
from hotline.reports.model import Report, ReportState
from tests.e2e.conftest import PLACES, SPEED, Theatre
from tests.faults import plays
from tests.faults.plays import Call

LIMIT_S = 90.0
"""Wall seconds in which everything must have come to rest: the policy's worst case is 80 telephone
seconds and the alarm's rounds, a tenth of that here, and stuck work is found after its lease."""
NOTHING_S = 6.0
"""Wall seconds after the caller's call has ended in which a report would have been found."""
LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class Played:
    """What came of one call. outcome: None where it never became a report. journal: the switch's
    events since the call began. legs: of the call. took_s: wall seconds until all was at rest, None
    when it was not at rest in time. stood_s: the longest that work stood still (`Standstill`)."""

    outcome: Outcome | None
    journal: tuple[dict[str, Any], ...]
    legs: tuple[dict[str, Any], ...]
    took_s: float | None
    stood_s: float = 0.0

    @property
    def quiet(self) -> bool:
        """Whether no leg is live any more."""
        return all(leg["ended"] is not None for leg in self.legs)


class Standstill:
    """The longest that one line of work did not go on although it was not done."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._seen: object = None
        self._since_s = 0.0

    def look(self, elapsed_s: float, seen: object) -> None:
        """seen: how far the work is, at these wall seconds; None where there is nothing to do."""
        if self._seen is not None:
            self.longest_s = max(self.longest_s, elapsed_s - self._since_s)
        if seen != self._seen:
            self._seen, self._since_s = seen, elapsed_s


Blow = Callable[[float], None]
"""Called all the time with the wall seconds since the call began; does what is due."""


class Stage:
    """One hotline, on which calls are played one after the other."""

    def __init__(self, theatre: Theatre, folder: Path) -> None:
        """folder: for the sounds of callers and voicemail boxes."""
        self._theatre = theatre
        words = speech.caller(plays.SENTENCES, "en", folder)
        self._props = Props(str(words), str(speech.greeting(folder)))

    def play(self, call: Call, blow: Blow) -> Played:
        """Let the caller dial, and wait until everything is at rest or the time is up."""
        switch, runtime = self._theatre.switch, self._theatre.stack.runtime
        self._set(call)
        earlier, first = len(switch.legs()), switch.journal(0, 0.0)[1]
        began = time.monotonic()
        call_id = switch.dial(cast.CALLER, self._theatre.stack.settings.phone_number)
        found, hung_up_at, took_s = None, None, None
        search, words = Standstill(), Standstill()
        while took_s is None and (elapsed := time.monotonic() - began) < LIMIT_S:
            blow(elapsed)
            time.sleep(LOOK_EVERY_S)
            legs = switch.legs()[earlier:]
            try:
                found = outcome.read(runtime, call_id) or found
            except SQLAlchemyError:  # the database is one of the parts that may be gone
                continue
            spoken = found is not None and self._has_spoken(first)
            sought = spoken or (found is not None and found.live)
            search.look(elapsed, _search_of(found, legs) if sought else None)
            words.look(elapsed, _words_of(found) if spoken else None)
            if hung_up_at is None and all(leg["ended"] is not None for leg in legs):
                hung_up_at = elapsed
            if hung_up_at is None:
                continue
            if found is None or (found.state == "draft" and not spoken):
                took_s = elapsed if elapsed - hung_up_at > NOTHING_S else None
            elif all(leg["ended"] is not None for leg in legs) and at_rest(found):
                took_s = elapsed
        journal, _ = switch.journal(first, 0.0)
        stood_s = max(search.longest_s, words.longest_s)
        return Played(found, tuple(journal), tuple(switch.legs()[earlier:]), took_s, stood_s)

    def _has_spoken(self, first: int) -> bool:
        """Whether the caller has said a word since that entry of the journal."""
        journal, _ = self._theatre.switch.journal(first, 0.0)
        return any(e["event"] == "said" and e.get("number") == cast.CALLER for e in journal)

    def _set(self, call: Call) -> None:
        """The phones, the roster, and no report from before that is still open: every caller says
        the same, and would be brought to whoever has the earlier ones after up to LONGEST_S
        (`hotline.dispatch.waves`), later than a play lasts."""
        switch, runtime = self._theatre.switch, self._theatre.stack.runtime
        switch.speed(SPEED)
        switch.faults(**dict.fromkeys(PLACES, "normal"))
        with runtime.database.transaction() as session:
            desk_roster.apply(session, runtime.vault, roster_file.parse(plays.ROSTER))
            session.execute(update(Report).values(state=ReportState.CLOSED))
        for person in cast.EVERYBODY:
            switch.register(person.number, cast.never())
        for person, script in call.phones(self._props).items():
            switch.register(person.number, script)
        switch.register(cast.CALLER, call.caller("en", self._props.speech))


def _search_of(found: Outcome | None, legs: Sequence[Mapping[str, Any]]) -> object:
    """How far the search for a person is; None while there is none, or it has found one."""
    caller, responders = legs[:1], legs[1:]
    waits = found is not None and (found.live or found.state != "draft")
    if found is None or _reached(found) or not (waits or all(leg["ended"] for leg in caller)):
        return None
    phones = [(leg["started"], leg["answered"], leg["ended"]) for leg in responders]
    return found.dispatch, found.alarm, found.attempts, phones


def _words_of(found: Outcome | None) -> object:
    """How far what was said is written down; None when there is nothing left to write."""
    if found is None or found.transcripts >= found.messages or found.happened("not_transcribed"):
        return None
    return found.messages, found.transcripts, found.copies_left


def _reached(found: Outcome) -> bool:
    """Whether a person has it or has answered for the alarm, or nobody is sought."""
    answered = found.alarm is not None and found.alarm.acknowledged_at is not None
    return answered or found.dispatch in ("taken", "withdrawn")


def at_rest(found: Outcome) -> bool:
    """A person has it or has answered for the alarm, or nobody is sought because the caller left
    without a word; every message is written down, and only ours."""
    if found.dispatch == "withdrawn":
        return found.copies_left == 0
    listened = found.transcripts >= found.messages or found.happened("not_transcribed")
    return _reached(found) and listened and found.copies_left == 0
