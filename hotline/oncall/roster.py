"""The roster as a file: responders and policies in TOML, applied in one transaction.

[[responder]]
handle = "counselor-1"          # how policies name them
kind = "counselor"              # counselor | law-enforcement | school-official
name = "Ana Alvarez"
number = "+15550100111"         # E.164
languages = ["en", "es"]

[policy.default]
rounds = 2
steps = [{ targets = ["counselor-1"], ring_s = 25 }]
last_resort = { targets = ["police-desk"], ring_s = 30 }
alarm = ["supervisor-1"]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers

from hotline.mistakes import Mistake
from hotline.oncall.model import ResponderKind


class RosterError(Mistake):
    """The roster file is wrong; the message says where and what to mend."""


@dataclass(frozen=True)
class Entry:
    """A responder as the file gives them; `number` is E.164."""

    handle: str
    kind: ResponderKind
    name: str
    number: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Roster:
    """A checked file: responders, and policies by name as `dispatch.policy.parse` reads them."""

    responders: tuple[Entry, ...]
    policies: Mapping[str, Mapping[str, Any]]


def parse(text: str) -> Roster:
    """Read a roster. Raises RosterError for the first thing that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RosterError(f"The roster is not valid TOML: {error}") from None
    entries = tuple(_entry(r) for r in _tables(raw.get("responder", []), "[[responder]]"))
    _refuse_doubles(entries)
    policies = raw.get("policy", {})
    if not isinstance(policies, Mapping):
        raise RosterError("Policies are written as tables: [policy.default].")
    known = {e.handle for e in entries}
    for name, policy in policies.items():
        for handle in _targets(name, policy):
            if handle not in known:
                raise RosterError(f"Policy {name!r} names {handle!r}, who is not in the roster.")
    return Roster(entries, policies)


def _entry(raw: Mapping[str, Any]) -> Entry:
    handle = raw.get("handle")
    if not isinstance(handle, str) or not handle:
        raise RosterError('Every responder needs a handle, a short name such as "counselor-1".')
    for name, kind in (("kind", str), ("name", str), ("number", str), ("languages", list)):
        if name not in raw:
            raise RosterError(f"Responder {handle!r} lacks {name!r}.")
        if not isinstance(raw[name], kind) or not all(isinstance(v, str) for v in raw[name]):
            wanted = "text" if kind is str else "a list of language codes"
            raise RosterError(f"The {name} of {handle!r} must be {wanted}.")
    try:
        kind_of = ResponderKind(raw["kind"])
    except ValueError:
        kinds = ", ".join(ResponderKind)
        raise RosterError(f"The kind of {handle!r} must be one of {kinds}.") from None
    number = _e164(handle, raw["number"])
    return Entry(handle, kind_of, raw["name"], number, tuple(raw["languages"]))


def _tables(raw: Any, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
        raise RosterError(f"{name} must be tables; see the roster that comes with the hotline.")
    return raw


def _e164(handle: str, number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        # The number itself stays out of the message: messages end up in logs.
        raise RosterError(f"The number of {handle!r} is not a phone number like +15550100111.")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _refuse_doubles(entries: tuple[Entry, ...]) -> None:
    for field in ("handle", "number"):
        values = [getattr(e, field) for e in entries]
        for entry in entries:
            if values.count(getattr(entry, field)) > 1:
                raise RosterError(f"Two responders share the {field} of {entry.handle!r}.")


def _targets(name: str, policy: Mapping[str, Any]) -> list[str]:
    """Every handle a policy names; what else is wrong with it, `dispatch.policy` says."""
    if not isinstance(policy, Mapping):
        raise RosterError(f"Policy {name!r} must be a table: [policy.{name}].")
    steps = _tables(policy.get("steps", []), f"The steps of policy {name!r}")
    last = _tables([policy.get("last_resort") or {}], f"The last_resort of policy {name!r}")
    lists = [step.get("targets", []) for step in (*steps, *last)] + [policy.get("alarm", [])]
    if not all(isinstance(handles, list) for handles in lists):
        raise RosterError(f"Policy {name!r}: targets and alarm must be lists of handles.")
    return [handle for handles in lists for handle in handles]
