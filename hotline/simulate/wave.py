"""A wave: hundreds of calls in minutes about one threat, between calls about other things."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hotline.dispatch import limits, waves
from hotline.dispatch.alarms import UNREAD
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.store import INVITED_RING_S
from hotline.dispatch.words import DispatchState, Step
from hotline.oncall.model import Responder
from hotline.reports.incident_model import IncidentReport, Membership
from hotline.reports.model import Report
from hotline.simulate import chance as drawn
from hotline.simulate.alike import BOMB, GUN, KNIFE, Saying
from hotline.simulate.books import MemoryStore
from hotline.simulate.house import MemoryHouse
from hotline.simulate.play import Outcome, play
from hotline.simulate.scenario import (
    POINTS,
    Act,
    Caller,
    Escalation,
    Fault,
    Manner,
    Need,
    Person,
    Scenario,
    Shift,
)
from hotline.simulate.world import TRANSCRIPT_WAIT_S

CALLS = 300
"""As many as the busiest hours that are known have brought to a whole state (`day.CALLS`) …"""
LASTS_S = 600.0
"""… and here within ten minutes."""
ON_DUTY = 4
FAULTS_PER_CALL = 0.3
OTHERS = 0.05
"""The part of the calls that are about something else."""
LIVE = 0.05
"""The part of the callers who want to speak to somebody: each of them needs a voice of their own,
so their phones ring at once, and no guess is made before they have spoken."""

READ_S = (300.0, 600.0, 1500.0, None)
"""After so long a report is read; None: not before people are told that nobody has read it."""

_WHO = ("a boy named tyler", "tyler in tenth grade", "um hi tyler", "a kid tyler", "this tyler")
_SAID = ("posted on snapchat", "showed on snap chat", "put a video on snapchat", "said in a snap")
_GUN = (
    "he brings a gun",
    "that he has a gun",
    "a gone and he will bring it",
    "he will use his gun",
)
_WHERE = ("to north high", "at north hi", "in north high school", "for north")
_WHEN = ("on friday", "this friday", "friday morning", "on friday at lunch", "tomorrow friday")
_FEEL = ("", "", "i am scared", "please do something", "my daughter got it", "everybody shares it")
_NEWER = (
    (0.25, "and he has a knife with him too", GUN | KNIFE),
    (0.5, "and there is a bomb in his locker", GUN | BOMB),
)
"""From this part of the wave on somebody says so for the first time, and some after them."""
_OTHERS = (
    Saying("some girls in my grade made a fake account about me and everybody laughs", "account"),
    Saying("they smoke weed in the bathroom of lincoln middle every day after lunch", "weed"),
    Saying("my dad hits me when he is drunk and i do not want to go home tonight", "home"),
    Saying("somebody stole my phone out of the locker room during swimming", "phone"),
)


def scenario(seed: int, calls: int = CALLS) -> Scenario:
    """The wave of this seed: the same one every time."""
    chance = random.Random(f"wave:{seed}:{calls}")  # noqa: S311
    duty = tuple(f"c{n}" for n in range(1, ON_DUTY + 1))
    ring, police = Step(("schedule:duty",), 20.0, in_order=True), Step(("police",), 20.0)
    at_once = Step(("schedule:duty",), 20.0)
    return Scenario(
        people=tuple(_person(chance, handle) for handle in (*duty, "police", "boss")),
        policies=(
            ("default", Escalation((ring,), 2, police, ("boss",), ("police",))),
            ("life-safety", Escalation((at_once, police), 2, police, ("boss",), ("police",))),
        ),
        callers=tuple(_read(seed, sorted((_caller(chance) for _ in range(calls)), key=_at))),
        schedules=(("duty", (Shift(1e9, duty),)),),
        faults=tuple(_faults(chance, calls)),
        engines=2,
    )


def _person(chance: random.Random, handle: str) -> Person:
    """Most rings are taken, and none is for ever passed over."""
    if handle == "boss":
        return Person(handle, (Act(Manner.TAKES, 9.0),))
    return Person(handle, (*(drawn.act(chance, 0.8) for _ in range(60)), Act(Manner.TAKES)))


def _caller(chance: random.Random) -> Caller:
    at_s = round(chance.uniform(0.0, LASTS_S), 1)
    return Caller(
        need=Need.WAITS if chance.random() < LIVE else Need.MESSAGE,
        at_s=at_s,
        speaks_s=chance.choice((4.0, 8.0, 15.0)),
        patience_s=chance.choice((40.0, 90.0)),
        talks_s=chance.choice((30.0, 60.0)),
        words_after_s=chance.choice((2.0, 4.0, 8.0) * 3 + (25.0,)),  # one in ten comes too late
        says=_saying(chance, at_s / LASTS_S),
    )


def _at(caller: Caller) -> float:
    return caller.at_s


def _read(seed: int, callers: Sequence[Caller]) -> Iterator[Caller]:
    """Whoever has the reports reads some soon, some too late, and some when they are told to. With
    a chance of its own: who reads what changes nothing of the calls."""
    chance = random.Random(f"read:{seed}")  # noqa: S311
    for caller in callers:
        yield replace(caller, read_after_s=chance.choice(READ_S))


def _saying(chance: random.Random, when: float) -> Saying:
    if chance.random() < OTHERS:
        return chance.choice(_OTHERS)
    said = [chance.choice(part) for part in (_WHO, _SAID, _GUN, _WHERE, _WHEN, _FEEL)]
    grave = GUN
    for since, words, adds in _NEWER:
        if when > since and chance.random() < 0.1:
            said.append(words)
            grave |= adds
    # What the recognizer took for "gone" is no weapon to anybody who reads it.
    grave = grave - GUN if "gone" in said[2] else grave
    return Saying(" ".join(part for part in said if part), "tyler", grave)


def _faults(chance: random.Random, calls: int) -> list[Fault]:
    points = ("callback", "recording", "place", "end", "step")
    made: dict[tuple[str, int], Fault] = {}
    for _ in range(int(calls * FAULTS_PER_CALL)):
        point = chance.choice(points)
        nth = chance.randrange(calls * (20 if point == "step" else 1))
        kind = chance.choice([k for k in POINTS[point] if k != "pause"])
        made[point, nth] = drawn.fault(chance, point, nth)
        made[point, nth] = Fault(point, nth, kind, made[point, nth].amount_s)
    return list(made.values())


# --- what came of it ------------------------------------------------------------------------


@dataclass(frozen=True)
class Came:
    """What came of a wave. Seconds of virtual time.

    reports: that were sent. incidents: how many reports each has, the greatest first. taken,
    alarmed: reports that somebody has, or for which an alarm was raised. together: of those taken,
    by a press of 1 for another one. newer: that rang at once because of what they say. told: alarms
    because reports had been read by nobody for too long. rings: how often each phone
    rang. longest_s: until the last of them was taken or alarmed, from when it was sent. worst_s:
    what the policy may need at most.
    """

    reports: int
    incidents: tuple[int, ...]
    taken: int
    alarmed: int
    together: int
    newer: int
    told: int
    rings: Mapping[str, int]
    longest_s: float
    usual_s: float
    worst_s: float

    @property
    def left(self) -> int:
        """Reports that nobody has and no alarm speaks of."""
        return self.reports - self.taken - self.alarmed


def play_wave(made: Scenario) -> tuple[Outcome, Came]:
    """Play it in memory and look at what is there at the end."""
    stores: list[MemoryStore] = []

    def make_house(played: Scenario, on_lock: Callable[[str], None]) -> MemoryHouse:
        house = MemoryHouse(played, on_lock)
        stores.append(house.store)
        return house

    outcome = play(made, make_house)
    return outcome, _came(stores[0], made)


def _came(store: MemoryStore, made: Scenario) -> Came:
    sent = {r.id: r.sent_at for r in store.all(Report).values() if r.sent_at is not None}
    rows = {d.report_id: d for d in store.all(Dispatch).values() if d.report_id in sent}
    alarms = {a.report_id: a.raised_at for a in store.all(Alarm).values() if a.report_id}
    taken = [r for r, d in rows.items() if d.state is DispatchState.TAKEN]
    alarmed = [r for r in sent if r not in taken and r in alarms]
    waits = [w for r, at in sent.items() if (w := _waited_s(rows.get(r), at, alarms.get(r)))]
    links = store.all(IncidentReport).values()
    sizes = Counter(k.incident_id for k in links if k.state is not Membership.REJECTED)
    handles = {r.id: r.handle for r in store.all(Responder).values()}
    rung = [a for a in store.all(Attempt).values() if a.rang_at or a.answered_at]
    return Came(
        reports=len(sent),
        incidents=tuple(sorted(sizes.values(), reverse=True)),
        taken=len(taken),
        alarmed=len(alarmed),
        together=sum(d.taken_by is None for d in rows.values() if d.report_id in taken),
        newer=sum(link.newer for link in links),
        told=sum(a.reason == UNREAD for a in store.all(Alarm).values()),
        rings=Counter(handles[a.responder_id] for a in rung),
        longest_s=max(waits, default=0.0),
        usual_s=sorted(waits)[len(waits) // 2] if waits else 0.0,
        worst_s=worst_s(made),
    )


def _waited_s(row: Dispatch | None, sent: datetime, alarmed: datetime | None) -> float | None:
    ends = [at for at in (row.taken_at if row else None, alarmed) if at is not None]
    return (min(ends) - sent).total_seconds() if ends else None


def worst_s(made: Scenario) -> float:
    """The most seconds from sent to taken or alarmed, without faults of ours: the words have their
    time, others ring first, then the owner, then the longest of the policies."""
    people = {"schedule:duty": ON_DUTY}
    plans = [(*e.steps * e.rounds, e.last_resort) for _, e in made.policies]
    longest = max(
        limits.longest_s(steps, [people.get(s.targets[0], 1) for s in steps])
        for plan in plans
        if (steps := [step for step in plan if step is not None])
    )
    return TRANSCRIPT_WAIT_S + waves.LONGEST_S + limits.ring_longest_s(INVITED_RING_S) + longest
