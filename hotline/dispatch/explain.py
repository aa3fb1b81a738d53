"""Who would be rung when, and how long until a human has it or the alarm is raised.

Pure. The rings are played through as if nobody picked up and every phone rang for exactly its
seconds; the worst case is the machine's bound, whatever the carrier and the people do.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hotline.dispatch import gaps, limits
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
    Why.OFF_DUTY: "not rung: on break or off duty, and somebody else of the step is free",
}


@dataclass(frozen=True)
class Because:
    """Why somebody is rung. by: the schedules that name them then. speaks: the caller's language;
    None: no language was given. busy, away: rung all the same, since nobody else is left."""

    named: bool
    by: tuple[str, ...]
    speaks: bool | None
    busy: bool
    away: bool
    confirmed: bool

    def in_words(self, language: str | None) -> str:
        """The reasons as a list of plain words."""
        reasons = ["named"] if self.named else []
        reasons += [f"on call ({', '.join(self.by)})"] if self.by else []
        if self.speaks is not None:
            reasons.append(f"{'speaks' if self.speaks else 'does not speak'} {language}")
        reasons += ["on another call, but nobody else is left"] if self.busy else []
        reasons += ["on break or off duty, but nobody else is left"] if self.away else []
        return ", ".join(reasons + ([] if self.confirmed else ["number not confirmed yet"]))


@dataclass(frozen=True)
class Row:
    """A phone that starts to ring after `offset_s` seconds, or somebody who is skipped then.

    position: index into the plan. who: a handle, or `schedule:NAME` with nobody. rung: whether they
    are. why: in plain words. because, why_not: the same as facts, of who is rung and who is not.
    """

    offset_s: float
    position: int
    who: str
    rung: bool
    why: str
    because: Because | None = None
    why_not: Why | None = None


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
    """Whom there is: people by handle, schedules by name, and who is on another call now.

    away: who is on break or off duty, and until when; None: until they say so.
    """

    people: Mapping[str, Person]
    schedules: Mapping[str, Schedule]
    busy: Collection[str] = ()
    away: Mapping[str, datetime | None] = field(default_factory=dict)

    def away_at(self, at: datetime) -> set[str]:
        """Who of those is still away at a moment."""
        return {handle for handle, until in self.away.items() if until is None or at < until}


def explain(
    plan: Sequence[Step], roster: Roster, language: str | None, at: datetime
) -> Explanation:
    """Play the plan through from an aware moment, for a caller of that language."""
    play = _Play(plan, roster, language, at)
    for position in range(len(plan)):
        play.step(position)
    return Explanation(tuple(play.rows), play.silence, worst_s(plan, roster, at))


@dataclass(frozen=True)
class Underway:
    """A search in the midst of its plan.

    position: the present step; −1 before the first. rings: who has been rung for the report, by
    handle: in how many seconds their phone stops (0: it has). here: who was rung in this step.
    next_s: when the next phone starts beside those that ring, where the step has an overlap.
    """

    position: int
    rings: Mapping[str, float]
    here: Sequence[str]
    next_s: float | None = None


def ahead(
    plan: Sequence[Step], roster: Roster, language: str | None, at: datetime, now: Underway
) -> tuple[tuple[Row, ...], float]:
    """The rings still to come if nobody picks up, and in how many seconds the alarm comes then.

    Offsets are seconds from `at` on.
    """
    play = _Play(plan, roster, language, at)
    play.until = dict(now.rings)
    play.start = play.silence if now.next_s is None else min(play.silence, now.next_s)
    if 0 <= now.position < len(plan) and plan[now.position].in_order:
        play.step(now.position, now.here)
    for position in range(now.position + 1, len(plan)):
        play.step(position)
    return tuple(row for row in play.rows if row.rung), play.silence


def latest_s(
    plan: Sequence[Step], roster: Roster, at: datetime, now: Underway, longest: Sequence[float]
) -> float:
    """The most seconds until a human has it or the alarm is raised, as for `worst_s`, but from the
    midst of the plan and for shifts of the next hour only.

    longest: of each phone that rings, the most seconds that it can still be under way.
    """
    rest = [(step, _crowd(step, roster, at)) for step in plan[now.position + 1 :]]
    if 0 <= now.position < len(plan) and plan[now.position].in_order:
        step = plan[now.position]
        rest.insert(0, (step, max(0, _crowd(step, roster, at) - len(now.here))))
    steps, crowds = [step for step, _ in rest], [crowd for _, crowd in rest]
    return max(longest, default=0.0) + limits.longest_s(steps, crowds or None)


def _crowd(step: Step, roster: Roster, at: datetime) -> int:
    """How many the step rings at most within the next hour."""
    plans = [roster.schedules[n] for n in schedules_of(step) if n in roster.schedules]
    spans = [s for plan in plans for s in calendar.final(plan, at, at + timedelta(hours=1))]
    named = {t for t in step.targets if schedule_of(t) is None}
    return len(named | {person for span in spans for person in span.people})


def worst_s(plan: Sequence[Step], roster: Roster, at: datetime) -> float:
    """The most seconds until a human has it or the alarm is raised, from `at` on for 60 days."""
    active = {handle for handle, person in roster.people.items() if person.active}
    crowds = [gaps.most(step, gaps.resolved(step, roster.schedules, active, at)) for step in plan]
    return limits.longest_s(plan, crowds) if plan else 0.0


def in_words(seconds: float) -> str:
    """A duration as people say it: "2 min 35 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 s"


class _Play:
    """The plan played through; `start`: when the next phone rings, in seconds."""

    def __init__(
        self, plan: Sequence[Step], roster: Roster, language: str | None, at: datetime
    ) -> None:
        self.plan, self.roster, self.language, self.at = plan, roster, language, at
        self.rows: list[Row] = []
        self.until: dict[str, float] = {}  # handle: when their phone stops
        self.start = 0.0

    @property
    def silence(self) -> float:
        """When the last phone so far stops."""
        return max(self.until.values(), default=0.0)

    def step(self, position: int, rung_here: Sequence[str] = ()) -> None:
        """Ring a step's people, together or one after the other; some may have been rung in it."""
        step = self.plan[position]
        here = list(rung_here)
        while True:
            new, skips = self._turn(position, step, here)
            if not step.in_order or not new:  # in order, who is passed over may come later
                self.rows += skips
            self.rows += new
            if new:
                here += [row.who for row in new]
                self._ring(step, new)
            if not new or not step.in_order:
                return

    def _ring(self, step: Step, rows: Sequence[Row]) -> None:
        self.until |= dict.fromkeys((row.who for row in rows), self.start + step.ring_s)
        overlap = self.silence if step.overlap_s is None else self.start + step.overlap_s
        self.start = min(self.silence, overlap)

    def _turn(self, position: int, step: Step, here: list[str]) -> tuple[list[Row], list[Row]]:
        """Who is rung at this moment, and who is passed over."""
        at = self.at + timedelta(seconds=self.start)
        on_call = _on_call(step, self.roster.schedules, at)
        away = self.roster.away_at(at)
        rung, skipped = candidates(
            step,
            self.language,
            self.roster.people,
            on_call,
            busy=self.roster.busy,
            away=away,
            live=[handle for handle, end in self.until.items() if end > self.start],
            asked=self.until,
            asked_here=here,
        )
        new = [
            self._rung(position, who, self._because(who, step, on_call, who in away))
            for who in (rung[:1] if step.in_order else rung)
        ]
        return new, list(self._skips(position, skipped))

    def _skips(self, position: int, skipped: Sequence[Skipped]) -> Iterator[Row]:
        """Who is passed over, each once in a step."""
        said = {(row.who, row.why) for row in self.rows if row.position == position}
        for skip in skipped:
            if (skip.handle, WHY_NOT[skip.why]) not in said:
                why = WHY_NOT[skip.why]
                yield Row(self.start, position, skip.handle, False, why, why_not=skip.why)

    def _rung(self, position: int, who: str, because: Because) -> Row:
        return Row(self.start, position, who, True, because.in_words(self.language), because)

    def _because(
        self, who: str, step: Step, on_call: Mapping[str, tuple[str, ...]], away: bool
    ) -> Because:
        """Why this person, and why now."""
        plans = [name for t in step.targets if (name := schedule_of(t)) is not None]
        by = tuple(name for name in plans if who in on_call.get(name, ()))
        person = self.roster.people[who]
        speaks = None if self.language is None else self.language in person.languages
        busy = who in self.roster.busy
        return Because(who in step.targets, by, speaks, busy, away, person.confirmed)


def _on_call(
    step: Step, schedules: Mapping[str, Schedule], at: datetime
) -> dict[str, tuple[str, ...]]:
    known = [name for name in schedules_of(step) if name in schedules]
    return {name: calendar.on_call(schedules[name], at) for name in known}
