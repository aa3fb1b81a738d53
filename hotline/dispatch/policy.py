"""Escalation policies: their form in files and in frozen copies, and the plan that is followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import add_once, new_id
from hotline.dispatch import routes, routing
from hotline.dispatch.model import EscalationPolicy
from hotline.dispatch.words import Step
from hotline.mistakes import Mistake
from hotline.oncall.forms import Form, Path, Problem, read

DEFAULT = routing.DEFAULT
MAX_ROUNDS = 10


class PolicyError(Mistake):
    """A policy cannot be followed; the message says what to mend."""


@dataclass(frozen=True)
class Policy:
    """Ordered steps, how often they are gone through, whom to ring last, and whom to alarm.

    Targets are responder handles or `schedule:NAME`. `last_resort` is one more step after the last
    round; `alarm` are those rung (and rung again) until one of them acknowledges; `agency` is rung
    when whoever has a report asks for law enforcement, by default the last resort.
    """

    steps: tuple[Step, ...]
    rounds: int = 1
    last_resort: Step | None = None
    alarm: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()

    @property
    def plan(self) -> tuple[Step, ...]:
        """Every step in the order it is rung."""
        last = (self.last_resort,) if self.last_resort else ()
        return self.steps * self.rounds + last

    @property
    def labels(self) -> tuple[str, ...]:
        """What each step of the plan is called: "round 1, step 2", "last resort"."""
        rounds = [
            f"round {r + 1}, step {s + 1}" if self.rounds > 1 else f"step {s + 1}"
            for r in range(self.rounds)
            for s in range(len(self.steps))
        ]
        return (*rounds, "last resort") if self.last_resort else tuple(rounds)

    def to_dict(self) -> dict[str, Any]:
        """The form of files and of the database (`parse` reads it)."""
        raw: dict[str, Any] = {
            "rounds": self.rounds,
            "steps": [_step_to_dict(s) for s in self.steps],
            "alarm": list(self.alarm),
        }
        if self.last_resort:
            raw["last_resort"] = _step_to_dict(self.last_resort)
        return raw | ({"agency": list(self.agency)} if self.agency else {})


@dataclass(frozen=True)
class Frozen:
    """The copy of a policy that a dispatch follows, whatever becomes of the policy."""

    name: str
    plan: tuple[Step, ...]
    alarm: tuple[str, ...]
    agency: tuple[str, ...]


NOTHING = Frozen("", (), (), ())
"""Where there is no policy: straight to the alarm."""


# --- files ----------------------------------------------------------------------------------


class StepForm(Form):
    """A step as it stands in a file."""

    targets: list[str] = Field(
        description='a list of at least one handle or "schedule:NAME"', min_length=1
    )
    ring_s: float = Field(25.0, description="a number of seconds from 5 to 120", ge=5, le=120)
    in_order: bool = Field(False, description="true or false")
    overlap_s: float | None = Field(
        None, description="a number of seconds from 1 to 120", ge=1, le=120
    )
    unasked: bool = Field(False, description="true or false")


class PolicyForm(Form):
    """A policy as it stands in a file."""

    rounds: int = Field(
        1,
        description=f"a whole number from 1 to {MAX_ROUNDS}: a policy that loops without a cap "
        "never comes to its alarm",
        ge=1,
        le=MAX_ROUNDS,
    )
    steps: list[Any] = Field(
        description="a list of at least one step, a table with targets", min_length=1
    )
    last_resort: Any = Field(None, description="a step, a table with targets")
    alarm: list[str] = Field([], description="a list of responder handles")
    agency: list[str] = Field([], description='a list of handles or "schedule:NAME"')


def parse(raw: Mapping[str, Any]) -> Policy:
    """Read a policy. Raises PolicyError for the first thing that is wrong."""
    problems: list[Problem] = []
    policy = examine(raw, (), "the policy", problems)
    if policy is None:
        raise PolicyError(problems[0].sentence)
    return policy


def examine(raw: object, path: Path, what: str, problems: list[Problem]) -> Policy | None:
    """Read a policy; None, and everything that is wrong in `problems`, if it cannot be followed.

    path: where it stands in the file. what: how sentences call it.
    """
    before = len(problems)
    form = read(PolicyForm, raw, path, what, problems)
    table: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    given = table.get("steps")
    steps = [
        _step(step, (*path, "steps", i), f"step {i + 1} of {what}", problems)
        for i, step in enumerate(given if isinstance(given, list) else [])
    ]
    last = table.get("last_resort")
    last_step = _step(last, (*path, "last_resort"), f"the last resort of {what}", problems)
    if form is None or len(problems) > before:
        return None
    followed = tuple(s for s in steps if s is not None)
    return Policy(followed, form.rounds, last_step, tuple(form.alarm), tuple(form.agency))


def _step(raw: object, path: Path, what: str, problems: list[Problem]) -> Step | None:
    if raw is None:
        return None
    form = read(StepForm, raw, path, what, problems)
    if form is None:
        return None
    if form.overlap_s is not None and form.overlap_s >= form.ring_s:
        sentence = f"The overlap_s of {what} must be shorter than its ring_s."
        problems.append(Problem((*path, "overlap_s"), sentence))
    return Step(tuple(form.targets), form.ring_s, form.in_order, form.overlap_s, form.unasked)


# --- the database ---------------------------------------------------------------------------


def current(session: Session, name: str = DEFAULT) -> Policy:
    """The policy of that name as it stands now. Raises PolicyError when there is none."""
    row = _row(session, name)
    if row is None:
        raise PolicyError(f"There is no policy {name!r}; apply a roster file that has it.")
    return parse(row.definition)


def put(session: Session, name: str, policy: Policy) -> None:
    """Add the policy or replace the one of that name; running dispatches keep their copy."""
    row = _row(session, name)
    if row is None:
        session.add(EscalationPolicy(id=new_id(), name=name, definition=policy.to_dict()))
    else:
        row.definition = policy.to_dict()
    session.flush()


def put_first(session: Session, policy: Policy) -> bool:
    """Make the default policy where there is none; False, and nothing changed, where there is."""
    if _row(session, DEFAULT) is not None:
        return False
    row = EscalationPolicy(id=new_id(), name=DEFAULT, definition=policy.to_dict())
    return add_once(session, row)


def names(session: Session) -> list[str]:
    """The names of all policies, sorted."""
    return sorted(session.scalars(select(EscalationPolicy.name)))


def remove(session: Session, name: str) -> None:
    """Forget a policy; running dispatches keep their copy."""
    row = _row(session, name)
    if row is not None:
        session.delete(row)
        session.flush()


def frozen_for(session: Session, facts: routing.Facts, now: datetime) -> Frozen:
    """The policy that the rules choose, frozen; the default if that one is gone, else NOTHING."""
    chosen = routing.choose(routes.current(session), facts, now)
    for name in (chosen, DEFAULT):
        try:
            return freeze(current(session, name), name)
        except PolicyError:
            continue
    return NOTHING


def _row(session: Session, name: str) -> EscalationPolicy | None:
    return session.scalar(select(EscalationPolicy).where(EscalationPolicy.name == name))


# --- frozen copies --------------------------------------------------------------------------


def freeze(policy: Policy, name: str) -> Frozen:
    """The policy as a dispatch keeps it."""
    last = policy.last_resort.targets if policy.last_resort else ()
    return Frozen(name, policy.plan, policy.alarm, policy.agency or last)


def to_snapshot(frozen: Frozen) -> dict[str, Any]:
    """The form kept with a dispatch (`thaw` reads it)."""
    return {
        "policy": frozen.name,
        "plan": [_step_to_dict(s) for s in frozen.plan],
        "alarm": list(frozen.alarm),
        "agency": list(frozen.agency),
    }


def thaw(snapshot: Mapping[str, Any]) -> Frozen:
    """A frozen policy from its snapshot, also from the form of the first version."""
    if "plan" not in snapshot:
        return _thaw_rounds(snapshot)
    plan = tuple(_thaw_step(s) for s in snapshot["plan"])
    return Frozen(snapshot["policy"], plan, tuple(snapshot["alarm"]), tuple(snapshot["agency"]))


def _thaw_rounds(snapshot: Mapping[str, Any]) -> Frozen:
    last = snapshot.get("last_resort")
    policy = Policy(
        tuple(_thaw_step(s) for s in snapshot["steps"]),
        snapshot.get("rounds", 1),
        _thaw_step(last) if last else None,
        tuple(snapshot.get("alarm", ())),
    )
    return freeze(policy, DEFAULT)


def _thaw_step(raw: Mapping[str, Any]) -> Step:
    return Step(
        tuple(raw["targets"]),
        float(raw["ring_s"]),
        raw.get("in_order", False),
        raw.get("overlap_s"),
        raw.get("unasked", False),
    )


def _step_to_dict(step: Step) -> dict[str, Any]:
    """Targets and seconds, and the rest only where it is not the default."""
    raw: dict[str, Any] = {"targets": list(step.targets), "ring_s": step.ring_s}
    raw |= {"in_order": True} if step.in_order else {}
    raw |= {"overlap_s": step.overlap_s} if step.overlap_s is not None else {}
    return raw | ({"unasked": True} if step.unasked else {})
