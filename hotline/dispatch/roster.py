"""The roster in force: brought to what a file says in one transaction, and shown."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from hotline.dispatch import policy, routes
from hotline.dispatch.policy import Policy
from hotline.dispatch.routing import Rule
from hotline.mistakes import Mistake
from hotline.oncall import calendar, recipients, roster_rows, schedules
from hotline.oncall.forms import Problem
from hotline.oncall.roster import Roster, RosterError
from hotline.oncall.roster_forms import Entry, ResourceEntry
from hotline.privacy.cipher import Vault


def apply(session: Session, vault: Vault, roster: Roster) -> list[str]:
    """Bring the database to what the roster says; a line per change, none if it was so already.

    Who is not in it is switched off; schedules, policies, places and routes that are not in it are
    removed. Running dispatches keep the policy they began with. Raises RosterError when a policy or
    a route cannot be followed; `hotline.dispatch.roster_check` finds all that is wrong.
    """
    rules = tuple(_rule(i, raw) for i, raw in enumerate(roster.routes))
    wanted = {name: _policy(name, raw) for name, raw in roster.policies.items()}
    lines = roster_rows.bring_people(session, vault, roster.responders)
    lines += roster_rows.bring_places(session, roster.districts, roster.schools, roster.resources)
    lines += recipients.bring(session, vault, roster.recipients)
    lines += _bring_schedules(session, roster.schedules)
    lines += _bring_policies(session, wanted)
    return lines + (["routes: changed"] if routes.put(session, rules) else [])


def in_force(session: Session, vault: Vault, *, secrets: bool = False) -> dict[str, Any]:
    """The roster of the database in the form of the file. secrets: with numbers and PINs."""
    districts, schools = roster_rows.places(session)
    people = roster_rows.people(session, vault)
    plans = schedules.read_all(session)
    whole: dict[str, Any] = {
        "responder": [_person(entry, secrets) for entry in people],
        "district": [
            {"handle": d.handle, "name": d.name, "lines": list(d.lines)} for d in districts
        ],
        "school": [{"handle": s.handle, "name": s.name, "district": s.district} for s in schools],
        "resource": [_resource(entry) for entry in roster_rows.resources(session)],
        "recipient": [
            recipients.to_dict(entry, secrets=secrets)
            for entry in recipients.entries(session, vault)
        ],
        "schedule": {name: schedules.to_dict(plan) for name, plan in plans.items()},
        "policy": {name: found.to_dict() for name, found in policies(session).items()},
        "route": [routes.to_dict(rule) for rule in routes.current(session)],
    }
    return {name: part for name, part in whole.items() if part}


def policies(session: Session) -> dict[str, Policy]:
    """The policies of the database; one that cannot be read any more is left out."""
    found = {}
    for name in policy.names(session):
        with suppress(policy.PolicyError):
            found[name] = policy.current(session, name)
    return found


def _resource(entry: ResourceEntry) -> dict[str, Any]:
    where = {"district": entry.district} if entry.district is not None else {}
    return {"handle": entry.handle, **where, "text": dict(entry.text)}


def _policy(name: str, raw: Mapping[str, Any]) -> Policy:
    try:
        return policy.parse(raw)
    except Mistake as error:
        raise RosterError(f"Policy {name!r}: {error}") from None


def _rule(index: int, raw: object) -> Rule:
    problems: list[Problem] = []
    rule = routes.examine(raw, (), f"route {index + 1}", problems)
    if rule is None:
        raise RosterError(problems[0].sentence)
    return rule


def _bring_schedules(session: Session, new: Mapping[str, calendar.Schedule]) -> list[str]:
    before = schedules.read_all(session)
    lines = []
    for name, schedule in new.items():
        if schedules.put(session, name, schedule):
            lines.append(f"schedule {name}: {'changed' if name in before else 'added'}")
    for name in sorted(before.keys() - new.keys()):
        schedules.remove(session, name)
        lines.append(f"schedule {name}: removed")
    return lines


def _bring_policies(session: Session, new: Mapping[str, Policy]) -> list[str]:
    before = policies(session)
    lines = []
    for name, found in new.items():
        if before.get(name) != found:
            policy.put(session, name, found)
            lines.append(f"policy {name}: {_policy_change(before.get(name), found)}")
    for name in sorted(set(policy.names(session)).difference(new)):
        policy.remove(session, name)
        lines.append(f"policy {name}: removed")
    return lines


def _policy_change(before: Policy | None, after: Policy) -> str:
    if before is None:
        return "added"
    keys = ("steps", "rounds", "last_resort", "alarm", "agency")
    changed = [key for key in keys if getattr(before, key) != getattr(after, key)]
    return f"{', '.join(changed)} changed"


def _person(entry: Entry, secrets: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "handle": entry.handle,
        "kind": str(entry.kind),
        "name": entry.name,
        "number": entry.number if secrets else f"ends in {entry.number[-2:]}",
        "languages": list(entry.languages),
    }
    if entry.pin is not None:
        told["pin"] = entry.pin if secrets else "given"
    return told
