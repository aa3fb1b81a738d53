"""Escalation policies: their form in files and snapshots, and the plan the machine follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.dispatch.machine import Step
from hotline.dispatch.model import EscalationPolicy

DEFAULT = "default"
MAX_ROUNDS = 10


class PolicyError(ValueError):
    """A policy cannot be followed; the message says what to mend."""


@dataclass(frozen=True)
class Policy:
    """Ordered steps, how often they are gone through, whom to ring last, and whom to alarm.

    Targets are responder handles. `last_resort` is one more step after the last round; `alarm`
    are those rung (and rung again) until one of them acknowledges.
    """

    steps: tuple[Step, ...]
    rounds: int = 1
    last_resort: Step | None = None
    alarm: tuple[str, ...] = ()

    @property
    def plan(self) -> tuple[Step, ...]:
        """Every step in the order it is rung."""
        last = (self.last_resort,) if self.last_resort else ()
        return self.steps * self.rounds + last

    def to_dict(self) -> dict[str, Any]:
        """The form kept in the database (`parse` reads it)."""
        return {
            "steps": [_step_to_dict(s) for s in self.steps],
            "rounds": self.rounds,
            "last_resort": _step_to_dict(self.last_resort) if self.last_resort else None,
            "alarm": list(self.alarm),
        }


def parse(raw: Mapping[str, Any]) -> Policy:
    """Read a policy from a mapping (TOML or snapshot). Raises PolicyError."""
    rounds = raw.get("rounds", 1)
    if not isinstance(raw.get("steps"), list) or not raw["steps"]:
        raise PolicyError("a policy needs at least one step: a list of tables with targets")
    if type(rounds) is not int or not 1 <= rounds <= MAX_ROUNDS:
        raise PolicyError(f"rounds must be a whole number from 1 to {MAX_ROUNDS}")
    if not _handles(raw.get("alarm", [])):
        raise PolicyError("alarm must be a list of responder handles")
    return thaw(raw)


def thaw(snapshot: Mapping[str, Any]) -> Policy:
    """A policy from a snapshot; one without steps is allowed (its plan goes to the alarm)."""
    last = snapshot.get("last_resort")
    return Policy(
        tuple(_step(s) for s in snapshot["steps"]),
        snapshot.get("rounds", 1),
        _step(last) if last else None,
        tuple(snapshot.get("alarm", ())),
    )


def current(session: Session, name: str = DEFAULT) -> Policy:
    """The policy of that name as it stands now. Raises PolicyError when there is none."""
    row = session.scalar(select(EscalationPolicy).where(EscalationPolicy.name == name))
    if row is None:
        raise PolicyError(f"there is no policy {name!r}; apply a roster file")
    return parse(row.definition)


def put(session: Session, name: str, policy: Policy) -> None:
    """Add the policy or replace the one of that name; running dispatches keep their copy."""
    row = session.scalar(select(EscalationPolicy).where(EscalationPolicy.name == name))
    if row is None:
        session.add(EscalationPolicy(id=new_id(), name=name, definition=policy.to_dict()))
    else:
        row.definition = policy.to_dict()


def _step(raw: Any) -> Step:
    if not isinstance(raw, Mapping):
        raise PolicyError("a step must be a table with targets and ring_s")
    targets = raw.get("targets", [])
    ring_s = raw.get("ring_s", 25)
    if not targets or not _handles(targets):
        raise PolicyError("a step needs targets: a list of responder handles")
    if type(ring_s) not in (int, float) or not 5 <= ring_s <= 120:
        raise PolicyError("ring_s must be between 5 and 120 seconds")
    return Step(tuple(targets), float(ring_s))


def _handles(raw: object) -> bool:
    return isinstance(raw, list | tuple) and all(isinstance(handle, str) for handle in raw)


def _step_to_dict(step: Step) -> dict[str, Any]:
    return {"targets": list(step.targets), "ring_s": step.ring_s}
