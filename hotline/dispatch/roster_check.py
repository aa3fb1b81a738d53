"""Everything that is wrong with a roster file, what its policies and routes mean included."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hotline.dispatch import gaps, policy, reach, routes
from hotline.dispatch.candidates import schedule_of
from hotline.dispatch.policy import DEFAULT, Policy
from hotline.dispatch.routing import KEYS, Rule
from hotline.dispatch.words import Step
from hotline.oncall import roster
from hotline.oncall.calendar import Schedule
from hotline.oncall.forms import Path, Problem, guess
from hotline.oncall.roster import Roster
from hotline.reports.triage import Category, Urgency


@dataclass(frozen=True)
class Checked:
    """A file, what its policies and routes mean, and line and sentence of all that is wrong."""

    roster: Roster
    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    problems: tuple[tuple[int, str], ...]


def check(text: str, now: datetime) -> Checked:
    """Read a roster file and find every problem, in the days to come too."""
    reading = roster.read(text)
    if not reading.is_toml:
        return Checked(reading.roster, {}, (), tuple(reading.located()))
    read, problems = reading.roster, reading.problems
    policies = _policies(read, problems)
    rules = _rules(read, problems)
    problems += _unknown_categories(read)
    problems += _never_followed(read, rules)
    for name, found in policies.items():
        problems += _plan(name, found)
        problems += _gaps(name, found, rules, read, now)
    if len(rules) == len(read.routes):
        problems += _shadowed(rules, read, now)
    return Checked(read, policies, rules, tuple(reading.located()))


def _policies(read: Roster, problems: list[Problem]) -> dict[str, Policy]:
    found = {
        name: policy.examine(raw, ("policy", name), f"policy {name!r}", problems)
        for name, raw in read.policies.items()
    }
    return {name: value for name, value in found.items() if value is not None}


def _rules(read: Roster, problems: list[Problem]) -> tuple[Rule, ...]:
    found = []
    for i, raw in enumerate(read.routes):
        rule = routes.examine(raw, ("route", i), f"route {i + 1}", problems)
        if rule is not None:
            problems += _unknown(i, rule, read)
            found.append(rule)
    return tuple(found)


# --- routes ---------------------------------------------------------------------------------


def _known(read: Roster) -> dict[str, list[str]]:
    return {
        "category": list(Category),
        "urgency": list(Urgency),
        "language": roster.known_languages(),
        "district": [d.handle for d in read.districts],
        "school": [s.handle for s in read.schools],
    }


def _unknown(index: int, rule: Rule, read: Roster) -> Iterator[Problem]:
    known = _known(read)
    for key in KEYS:
        for value in sorted(rule.wanted(key).difference(known[key])):
            meant = guess(value, known[key])
            sentence = f"Route {index + 1} names the unknown {key} {value!r}; {meant}"
            yield Problem(("route", index, key), sentence)
    if rule.policy not in read.policies:
        meant = guess(rule.policy, list(read.policies))
        sentence = f"Route {index + 1} names the unknown policy {rule.policy!r}; {meant}"
        yield Problem(("route", index, "policy"), sentence)


def _shadowed(rules: Sequence[Rule], read: Roster, now: datetime) -> Iterator[Problem]:
    homes = {s.handle: s.district for s in read.schools}
    known = _known(read)
    closed = {key: len(known[key]) for key in ("category", "urgency", "language")}
    for i in reach.never_chosen(rules, homes, closed, now):
        sentence = f"Route {i + 1} is never chosen, since those before it fit whenever it does; "
        yield Problem(("route", i), sentence + "move it up or take it out.")


def _unknown_categories(read: Roster) -> Iterator[Problem]:
    """Of recipients: a category that there is not would never be delivered."""
    for entry in read.recipients:
        for i, name in enumerate(entry.categories):
            if name not in list(Category):
                sentence = f"Recipient {entry.handle!r} has the unknown category {name!r}; "
                path: Path = ("recipient", entry.position, "category", i)
                yield Problem(path, sentence + guess(name, list(Category)))


# --- policies -------------------------------------------------------------------------------


def _never_followed(read: Roster, rules: Sequence[Rule]) -> Iterator[Problem]:
    if DEFAULT not in read.policies:
        sentence = "There is no policy 'default', so reports go straight to the alarm; "
        yield Problem((), sentence + "add [policy.default].")
    named = {DEFAULT, *(rule.policy for rule in rules)}
    for name in read.policies:
        if name not in named and len(rules) == len(read.routes):
            sentence = f"Policy {name!r} is never followed: no route names it; "
            yield Problem(("policy", name), sentence + "add a [[route]] or take it out.")


def _plan(name: str, found: Policy) -> Iterator[Problem]:
    """An alarm that reaches nobody, and steps that are never rung."""
    path: Path = ("policy", name)
    if not found.alarm:
        sentence = f"Policy {name!r} alarms nobody when nobody takes a report; add alarm = [...]."
        yield Problem(path, sentence)
    for i, handle in enumerate(found.alarm):
        if schedule_of(handle) is not None:
            sentence = f"The alarm of policy {name!r} names a schedule; name people."
            yield Problem((*path, "alarm", i), sentence)
    for i, step in enumerate(found.steps):
        yield from _unreachable((*path, "steps", i), f"Step {i + 1} of policy {name!r}", found, i)
        if len(set(step.targets)) < len(step.targets):
            sentence = f"Step {i + 1} of policy {name!r} names somebody twice."
            yield Problem((*path, "steps", i, "targets"), sentence)


def _unreachable(path: Path, what: str, found: Policy, index: int) -> Iterator[Problem]:
    step, before = found.steps[index], found.steps[:index]
    asked = {target for earlier in before for target in earlier.targets}
    if step.unasked and asked.issuperset(step.targets):
        sentence = f"{what} is never rung: the steps before it have asked everybody it names, "
        yield Problem(path, sentence + "and it leaves out who was asked.")
    elif before and _still_rings(before[-1], step):
        sentence = f"{what} is never rung: the phones of everybody it names still ring for the "
        yield Problem(path, sentence + "step before it, which overlaps.")


def _still_rings(before: Step, step: Step) -> bool:
    together = before.overlap_s is not None and not before.in_order
    return together and set(before.targets).issuperset(step.targets)


# --- the days to come -----------------------------------------------------------------------


def _gaps(
    name: str, found: Policy, rules: Sequence[Rule], read: Roster, now: datetime
) -> Iterator[Problem]:
    """Steps that would ring nobody at some time at which the policy may run."""
    people = {entry.handle for entry in read.responders}
    hours = reach.in_use(name, rules, DEFAULT, now)
    path: Path = ("policy", name)
    steps = [
        ((*path, "steps", i, "targets"), f"Step {i + 1} of policy {name!r}", step)
        for i, step in enumerate(found.steps)
    ]
    if found.last_resort:
        where = (*path, "last_resort", "targets")
        steps.append((where, f"The last resort of policy {name!r}", found.last_resort))
    if found.agency:
        agency = Step(found.agency, 0)
        steps.append(((*path, "agency"), f"The agency of policy {name!r}", agency))
    for where, what, step in steps:
        names = [s for t in step.targets if (s := schedule_of(t)) is not None]
        if not names or any(s not in read.schedules for s in names):
            continue
        empty = gaps.empty(gaps.resolved(step, read.schedules, people, now))
        stretches = gaps.within(empty, hours)
        if stretches:
            yield Problem(where, f"{what} {_when(stretches, read.schedules[names[0]], now)}")


def _when(stretches: list[gaps.Stretch], schedule: Schedule, now: datetime) -> str:
    (start, end), *more = stretches
    zone = schedule.zone
    until = f"to {_local(end, zone)}" if end < now + gaps.AHEAD else "on"
    again = f", and {len(more)} more times" if len(more) > 1 else ", and once more" if more else ""
    return (
        f"rings nobody from {_local(start, zone)} {until} ({schedule.timezone}){again} in the "
        f"next {gaps.AHEAD.days} days; add a rotation, hours or a person."
    )


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M}"
