"""Who would be rung when, and how long until a human has it or the alarm is raised.

Pure. The rings are played through as if nobody picked up and every phone rang for exactly its
seconds; the worst case is the machine's bound, whatever the carrier and the people do.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.dispatch import gaps, machine
from hotline.dispatch.candidates import (
    Person,
    Skipped,
    Why,
    candidates,
    schedule_of,
    schedules_of,
)
from hotline.dispatch.words import Step
from hotline.oncall import calendar
from hotline.oncall.calendar import Schedule

WHY_NOT = {
    Why.NOT_IN_ROSTER: "not rung: not in the roster, or switched off",
    Why.NOBODY_ON_CALL: "nobody is on call then",
    Why.RINGING_ALREADY: "not rung: their phone rings already",
    Why.ASKED_BEFORE: "not rung: was rung before, and this step leaves out who was",
    Why.BUSY: "not rung: on another call, and somebody else of the step is free",
}


@dataclass(frozen=True)
class Row:
    """A phone that starts to ring after `offset_s` seconds, or somebody who is skipped then.

    position: index into the plan. who: a handle, or `schedule:NAME` with nobody. rung: whether they
    are. why: in plain words.
    """

    offset_s: float
    position: int
    who: str
    rung: bool
    why: str


@dataclass(frozen=True)
class Explanation:
    """The rings in order, and two figures in seconds.

    alarm_s: until the alarm when nobody picks up. worst_s: until a human has it or the alarm is
    raised, however slow carrier and people are, at any time of the next 60 days.
    """

    rows: tuple[Row, ...]
    alarm_s: float
    worst_s: float


@dataclass(frozen=True)
class Roster:
    """Whom there is: people by handle, schedules by name, and who is on another call now."""

    people: Mapping[str, Person]
    schedules: Mapping[str, Schedule]
    busy: Collection[str] = ()


def explain(
    plan: Sequence[Step], roster: Roster, language: str | None, at: datetime
) -> Explanation:
    """Play the plan through from an aware moment, for a caller of that language."""
    rows, alarm_s = _rings(plan, roster, language, at)
    return Explanation(tuple(rows), alarm_s, worst_s(plan, roster, at))


def worst_s(plan: Sequence[Step], roster: Roster, at: datetime) -> float:
    """The most seconds until a human has it or the alarm is raised, from `at` on for 60 days."""
    active = {handle for handle, person in roster.people.items() if person.active}
    crowds = [gaps.most(step, gaps.resolved(step, roster.schedules, active, at)) for step in plan]
    return machine.longest_s(plan, crowds) if plan else 0.0


def in_words(seconds: float) -> str:
    """A duration as people say it: "2 min 35 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 s"


def _rings(
    plan: Sequence[Step], roster: Roster, language: str | None, at: datetime
) -> tuple[list[Row], float]:
    """The rows, and when the last phone has stopped ringing."""
    rows: list[Row] = []
    until: dict[str, float] = {}  # handle: when their phone stops
    start = 0.0
    for position, step in enumerate(plan):
        here: list[str] = []
        while True:
            on_call = _on_call(step, roster.schedules, at + timedelta(seconds=start))
            rung, skipped = candidates(
                step,
                language,
                roster.people,
                on_call,
                busy=roster.busy,
                live=[handle for handle, end in until.items() if end > start],
                asked=until,
                asked_here=here,
            )
            new = rung[:1] if step.in_order else rung
            rows += [
                Row(start, position, who, True, _why(who, step, on_call, language, roster))
                for who in new
            ]
            silence = max(until.values(), default=start)
            if not new and step.in_order and position == len(plan) - 1 and silence > start:
                start = silence  # the end of the plan waits, and whose phone rang may be free
                continue
            if not step.in_order or not new:  # in order, who is passed over may come later
                rows += _skips(start, position, skipped, rows)
            if not new:
                break
            here += new
            until |= dict.fromkeys(new, start + step.ring_s)
            silence = max(until.values())
            start = silence if step.overlap_s is None else min(silence, start + step.overlap_s)
            if not step.in_order:
                break
    return rows, max(until.values(), default=0.0)


def _on_call(
    step: Step, schedules: Mapping[str, Schedule], at: datetime
) -> dict[str, tuple[str, ...]]:
    known = [name for name in schedules_of(step) if name in schedules]
    return {name: calendar.on_call(schedules[name], at) for name in known}


def _skips(
    start: float, position: int, skipped: Sequence[Skipped], rows: Sequence[Row]
) -> Iterator[Row]:
    """Who is passed over, each once in a step."""
    said = {(row.who, row.why) for row in rows if row.position == position}
    for skip in skipped:
        if (skip.handle, WHY_NOT[skip.why]) not in said:
            yield Row(start, position, skip.handle, False, WHY_NOT[skip.why])


def _why(
    who: str,
    step: Step,
    on_call: Mapping[str, tuple[str, ...]],
    language: str | None,
    roster: Roster,
) -> str:
    """Why this person, and why now."""
    plans = [t for t in step.targets if who in on_call.get(schedule_of(t) or "", ())]
    reasons = [f"on call ({', '.join(schedule_of(t) or t for t in plans)})"] if plans else []
    if who in step.targets:
        reasons.insert(0, "named")
    person = roster.people[who]
    if language is not None:
        speaks = language in person.languages
        reasons.append(f"speaks {language}" if speaks else f"does not speak {language}")
    if who in roster.busy:
        reasons.append("on another call, but nobody else is left")
    return ", ".join(reasons + ([] if person.confirmed else ["number not confirmed yet"]))
