"""What a simulation tells: as text for people, as JSON for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields

from hotline.simulate.kept import Kept
from hotline.simulate.many import Tally
from hotline.simulate.mutants import Caught
from hotline.simulate.play import Outcome
from hotline.simulate.scenario import Act, Caller, Scenario
from hotline.simulate.wave import LASTS_S, Came

_TITLES = {"states": "States", "events": "Events", "effects": "Effects", "faults": "Faults"}


def as_json(tally: Tally, seed: int) -> str:
    """One object; `failing_seeds` are [seed, run] pairs."""
    groups = tally.groups
    return json.dumps(
        {
            "runs": tally.runs,
            "violations": len(tally.failing),
            "runs_per_s": round(tally.runs_per_s, 1),
            "states": groups["states"],
            "events": groups["events"],
            "effects": groups["effects"],
            "faults": groups["faults"],
            "failing_seeds": [[seed, run] for run, _ in tally.failing],
        }
    )


def as_text(tally: Tally, seed: int) -> str:
    """How often everything occurred, what never did, and what failed."""
    lines = [line for kind in _TITLES for line in _group(tally, kind)]
    never = ", ".join(tally.missing)
    lines.append(f"Never occurred: {never}." if never else "Nothing is zero.")
    lines += [
        f"Run {run} of seed {seed}: {v.invariant} after {v.at_s:.3f} s: {v.sentence}."
        for run, v in tally.failing[:20]
    ]
    speed = f"{tally.runs_per_s:.0f} runs per second"
    lines.append(f"{tally.runs} runs, {len(tally.failing)} violations, {speed}")
    return "\n".join(lines)


def day(outcome: Outcome, kept: Kept, calls: int) -> str:
    """What happened on a day, what it left behind, and whether every promise held."""
    tally = Tally()
    tally.add(0, outcome)
    lines = [line for kind in _TITLES for line in _group(tally, kind)]
    found = outcome.violation
    end = f"{found.invariant}: {found.sentence}" if found else "every promise held"
    rows = ", ".join(f"{count / calls:.1f} {table}" for table, count in kept.rows.items())
    left = ", ".join(f"{count} {table}" for table, count in kept.under_way.items())
    lines += [f"Rows for a caller: {rows}.", f"Still under way at the end: {left or 'nothing'}."]
    return "\n".join([*lines, f"{calls} callers in {outcome.lasted_s / 3600:.1f} h: {end}"])


def wave(outcome: Outcome, came: Came, calls: int) -> str:
    """What became of a wave, how long that took, and whether every promise held."""
    found = outcome.violation
    end = f"{found.invariant}: {found.sentence}" if found else "every promise held"
    sizes = ", ".join(map(str, came.incidents)) or "none"
    rings = ", ".join(f"{handle} {count}" for handle, count in sorted(came.rings.items()))
    return "\n".join(
        [
            f"Reports: {came.reports}; taken {came.taken}, of these {came.together} together with "
            f"another one; alarmed {came.alarmed}; left with nobody {came.left}.",
            f"Incidents by their reports: {sizes}. Rung at once for something newer: {came.newer}.",
            f"Alarms because reports were read by nobody: {came.told}.",
            f"Rings of each phone: {rings}; all together {sum(came.rings.values())}.",
            f"From sent to taken or alarmed: half within {came.usual_s:.0f} s, the last within "
            f"{came.longest_s:.0f} s; the worst case is {came.worst_s:.0f} s.",
            f"{calls} calls in {LASTS_S / 60:.0f} min, all over after "
            f"{outcome.lasted_s / 60:.1f} min: {end}",
        ]
    )


def _group(tally: Tally, kind: str) -> Iterator[str]:
    yield f"{_TITLES[kind]}:"
    counted = tally.groups[kind]
    width = max(map(len, counted))
    for name, count in counted.items():
        yield f"  {name:{width}}  {count:>9}"


def story(outcome: Outcome) -> str:
    """Everything that happened, with its virtual time."""
    lines = [f"{at:10.3f} s  {what}" for at, what in outcome.story]
    found = outcome.violation
    end = f"{found.invariant}: {found.sentence}" if found else "no violation"
    return "\n".join([*lines, f"{outcome.lasted_s:10.3f} s  {end}"])


def described(scenario: Scenario) -> str:
    """A scenario, one line per caller, policy, person and fault."""
    lines = [f"engines: {scenario.engines}"]
    for name, policy in scenario.policies:
        last = [f"last resort {policy.last_resort}"] if policy.last_resort else []
        steps = [f"{', '.join(s.targets)} for {s.ring_s:g} s{_how(s)}" for s in policy.steps]
        lines.append(f"policy {name}, {policy.rounds} rounds: {'; '.join([*steps, *last])}")
    lines += [f"schedule {name}: {shifts}" for name, shifts in scenario.schedules]
    lines += [
        f"{p.handle} ({', '.join(p.languages)}): {', '.join(map(_act, p.acts))}"
        for p in scenario.people
    ]
    lines += [f"caller {n}: {_caller(c)}" for n, c in enumerate(scenario.callers, 1)]
    lines += [f"fault: {f.kind} at {f.point} {f.nth} ({f.amount_s:g} s)" for f in scenario.faults]
    return "\n".join(lines)


def _how(step: object) -> str:
    in_order = " in order" if getattr(step, "in_order", False) else ""
    overlap = getattr(step, "overlap_s", None)
    return in_order + (f", the next after {overlap:g} s" if overlap is not None else "")


def _act(act: Act) -> str:
    return f"{act.manner} ({act.answer_s:g}, {act.think_s:g}, {act.talk_s:g} s)"


def _caller(caller: Caller) -> str:
    plain = Caller(caller.need)
    named = [f.name for f in fields(caller) if f.name != "need"]
    changed = [n for n in named if getattr(caller, n) != getattr(plain, n)]
    return ", ".join([caller.need.value, *(f"{n} {getattr(caller, n)}" for n in changed)])


def mutants(caught: Sequence[Caught], seed: int) -> str:
    """A line for each mutant, and how many were caught."""
    width = max(len(c.mutant) for c in caught)
    lines = [f"{c.mutant:{width}}  {_fate(c, seed)}" for c in caught]
    found = sum(c.violation is not None for c in caught)
    return "\n".join([*lines, f"{len(caught)} mutants, {found} caught"])


def _fate(caught: Caught, seed: int) -> str:
    if caught.violation is None:
        return f"MISSED in {caught.runs} runs"
    run = f"seed {seed} run {caught.run}"
    return f"{caught.violation.invariant} after {caught.runs:>3} runs ({run})"
