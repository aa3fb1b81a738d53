"""Many callers at once for a long time on real processes: what grows that should not.

    python -m tests.soak.run [--minutes 10] [--calls 25] [--postgres] [--speed 1]

Each caller dials, plays a call (a message, a talk, hangs up while speaking), and dials again when
it is over; the counselors take what they are rung for. Every LOOK_EVERY_S the memory, the threads
and the file handles of every part are noted. After the first third, in which caches fill, the
middle third is held against the last one. Exits with 1 when a part holds more than that explains,
when a call that was told "sent" has no report, or when somebody was left alone.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from hotline.demo import cast, speech
from hotline.demo.cast import Person, Script
from hotline.dispatch import roster as desk_roster
from hotline.dispatch.model import Alarm, Dispatch
from hotline.dispatch.words import DispatchState
from hotline.oncall import roster as roster_file
from tests.e2e.conftest import Theatre, open_theatre
from tests.faults import truth
from tests.soak.gauges import KEEPS_ALL, Look, look
from tests.support import postgres

LOOK_EVERY_S = 5.0
POLL_S = 0.5
SENTENCES = ("there is a man with a gun behind the school", "please come quickly")
KINDS: tuple[Callable[[str, str], Script], ...] = (
    cast.sends_message,
    cast.speaks_now,
    cast.leaves_message,
    cast.hangs_up_speaking,
)
COUNSELORS = 40
"""More than can be busy at a time: nobody is to wait for want of people."""
LIMITS = {"pss_kb": (1.10, 4096), "threads": (1.10, 3), "handles": (1.10, 8), "processes": (1.2, 2)}
"""How much more the last third may hold than the middle one: so many times, and so many on top. A
fork of the models comes and goes with each caller, so the media process breathes."""
DATABASE = 1.3
"""How many times the bytes of a report may be in the last third what they were in the middle."""
PATIENCE_S = 120.0
"""Wall seconds in which the last calls must have come to rest."""


@dataclass
class Soak:
    """What was seen. told_sent: calls that heard that their message is sent."""

    looks: list[Look]
    calls: int = 0
    told_sent: int = 0
    waiting: int = 0
    alarms: int = 0


def main() -> int:
    """Run, print, give the exit code."""
    parser = argparse.ArgumentParser(description="Many callers at once for a long time.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--calls", type=int, default=25)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with _database(asked.postgres) as url:
        soak = run(url, asked.calls, asked.minutes * 60, asked.speed)
    wrong = list(judge(soak))
    _tell(soak)
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    return 1 if wrong else 0


def run(database_url: str | None, calls: int, seconds: float, speed: float) -> Soak:
    """So many callers at once for so long, and then until everybody has been seen to."""
    with (
        tempfile.TemporaryDirectory(prefix="hls") as folder,
        open_theatre(Path(folder) / "data", database_url, speed=speed) as theatre,
    ):
        words = str(speech.caller(SENTENCES, "en", Path(folder)))
        _people(theatre)
        soak, began = Soak([]), time.monotonic()
        lines = _Lines(theatre, calls, words)
        while (at_s := time.monotonic() - began) < seconds:
            lines.dial_again()
            if at_s >= len(soak.looks) * LOOK_EVERY_S:
                soak.looks.append(look(theatre.stack, at_s))
            time.sleep(POLL_S)  # the callers' pace; nothing is awaited
        lines.settle()
        soak.calls, soak.told_sent = lines.dialed, lines.told_sent()
        with theatre.stack.runtime.database.reading() as session:
            sought = (DispatchState.WAITING, DispatchState.RINGING)
            query = select(func.count()).select_from(Dispatch).where(Dispatch.state.in_(sought))
            soak.waiting = session.scalar(query) or 0
            soak.alarms = session.scalar(select(func.count()).select_from(Alarm)) or 0
        soak.looks.append(look(theatre.stack, time.monotonic() - began))
        return soak


class _Lines:
    """Callers, each on a line of their own."""

    def __init__(self, theatre: Theatre, calls: int, words: str) -> None:
        self._switch = theatre.switch
        self._to = theatre.stack.settings.phone_number
        self._numbers = [f"+1555010{4000 + n}" for n in range(calls)]
        self._live: dict[str, str] = {}
        self._words, self.dialed = words, 0

    def dial_again(self) -> None:
        """Whoever's call is over dials once more."""
        over = {leg["call_sid"] for leg in self._switch.legs() if leg["ended"] is not None}
        for number in self._numbers:
            if self._live.get(number) in (None, *over):
                kind = KINDS[self.dialed % len(KINDS)]
                self._switch.register(number, kind("en", self._words))
                self._live[number] = self._switch.dial(number, self._to)
                self.dialed += 1

    def settle(self) -> None:
        """Wait until no leg is live. Raises AssertionError when some are after PATIENCE_S."""
        until = time.monotonic() + PATIENCE_S
        while any(leg["ended"] is None for leg in self._switch.legs()):
            assert time.monotonic() < until, "calls are live that should be over"
            time.sleep(POLL_S)

    def told_sent(self) -> int:
        """How many calls heard that their message is sent."""
        journal, _ = self._switch.journal(0, 0.0)
        told = (e for e in journal if truth.says_sent(e, self._numbers))
        return len({entry["call_sid"] for entry in told})


def judge(soak: Soak) -> Iterator[str]:
    """A sentence for each thing that is not as it should be."""
    if soak.waiting or soak.alarms:
        yield f"{soak.waiting} reports wait for somebody, {soak.alarms} alarms were raised"
    if soak.looks[-1].reports < soak.told_sent:
        yield f"{soak.told_sent} were told that it is sent, {soak.looks[-1].reports} reports exist"
    middle, last = thirds(soak.looks)
    for part in middle[0].parts:
        if part in KEEPS_ALL:
            continue
        for gauge, (times, more) in LIMITS.items():
            before, after = _typical(middle, part, gauge), _typical(last, part, gauge)
            if after > before * times + more:
                yield f"{part}: {gauge} went from {before:.0f} to {after:.0f}"
    earlier, later = _bytes_a_report(middle), _bytes_a_report(last)
    if earlier and later > earlier * DATABASE:
        yield f"a report took {earlier:.0f} bytes of the database, and later {later:.0f}"


def thirds(looks: Sequence[Look]) -> tuple[Sequence[Look], Sequence[Look]]:
    """The middle and the last third."""
    third = max(1, len(looks) // 3)
    return looks[third : 2 * third], looks[2 * third :]


def _typical(looks: Sequence[Look], part: str, gauge: str) -> float:
    held = [getattr(one.parts[part], gauge) for one in looks if part in one.parts]
    return float(statistics.median(held)) if held else 0.0


def _bytes_a_report(looks: Sequence[Look]) -> float:
    more = looks[-1].reports - looks[0].reports
    return (looks[-1].database_bytes - looks[0].database_bytes) / more if more else 0.0


def _tell(soak: Soak) -> None:
    last = soak.looks[-1]
    print(
        f"{soak.calls} calls, {last.reports} reports, {soak.told_sent} told that it is sent, "
        f"{soak.waiting} left waiting, {soak.alarms} alarms; {last.at_s:.0f} s"
    )
    middle, end = thirds(soak.looks)
    print("part | memory MB, middle third → last | threads | file handles")
    for part in middle[0].parts:
        told = (
            f"{_typical(middle, part, gauge) / by:.{digits}f} → "
            f"{_typical(end, part, gauge) / by:.{digits}f}"
            for gauge, by, digits in (("pss_kb", 1024, 1), ("threads", 1, 0), ("handles", 1, 0))
        )
        print(part, *told, sep=" | ")
    print(
        f"bytes of the database for a report: {_bytes_a_report(middle):.0f} → "
        f"{_bytes_a_report(end):.0f}; database {last.database_bytes / 1e6:.1f} MB, "
        f"data directory {last.data_bytes / 1e6:.1f} MB"
    )
    facts = {"looks": len(soak.looks), "calls": soak.calls, "reports": last.reports}
    print(json.dumps(facts))


def _people(theatre: Theatre) -> None:
    """Counselors enough, who take whatever they are rung for."""
    people = [
        Person(f"counselor-{n}", f"Counselor {n}", "counselor", f"+155501{50000 + n}")
        for n in range(COUNSELORS)
    ]
    runtime = theatre.stack.runtime
    with runtime.database.transaction() as session:
        text = roster(people)
        desk_roster.apply(session, runtime.vault, roster_file.parse(text))
    for person in people:
        theatre.switch.register(person.number, cast.takes())


def roster(people: Sequence[Person]) -> str:
    """The roster file: everybody is asked in turn, the last resort is the first of them."""
    lines = []
    for person in people:
        lines += [
            "[[responder]]",
            f'handle = "{person.handle}"',
            f'kind = "{person.kind}"',
            f'name = "{person.name}"',
            f'number = "{person.number}"',
            'languages = ["en"]',
        ]
    steps = ", ".join(f'{{ targets = ["{one.handle}"], ring_s = 20 }}' for one in people)
    lines += ["[policy.default]", "rounds = 1", f"steps = [{steps}]"]
    lines += [f'alarm = ["{people[0].handle}"]']
    return "\n".join(lines)


@contextmanager
def _database(on_postgres: bool) -> Iterator[str | None]:
    cluster = postgres.start(synchronous_commit="on") if on_postgres else None
    try:
        yield cluster.new_database() if cluster else None
    finally:
        if cluster is not None:
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
