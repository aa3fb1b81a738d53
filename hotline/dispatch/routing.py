"""Which policy runs: the first rule that fits what is known of a report, at a moment. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time

from hotline.oncall import calendar
from hotline.oncall.calendar import Span, Window

DEFAULT = "default"
"""The policy that runs when no rule fits."""


@dataclass(frozen=True)
class Facts:
    """What is known of a report. district, school: handles; None: nobody knows."""

    category: str
    urgency: str
    language: str
    district: str | None = None
    school: str | None = None


KEYS = tuple(f.name for f in fields(Facts))


@dataclass(frozen=True)
class Rule:
    """A policy and when it runs; an empty set, and no windows, fit everything.

    between: hours of the week, in `timezone` (IANA name).
    """

    policy: str
    category: frozenset[str] = frozenset()
    urgency: frozenset[str] = frozenset()
    language: frozenset[str] = frozenset()
    district: frozenset[str] = frozenset()
    school: frozenset[str] = frozenset()
    between: tuple[Window, ...] = ()
    timezone: str = "UTC"

    def wanted(self, key: str) -> frozenset[str]:
        """The values of one of KEYS that fit; empty: all."""
        values: frozenset[str] = getattr(self, key)
        return values

    def means(self, facts: Facts) -> bool:
        """Whether it fits, whatever the time."""
        return all(not self.wanted(k) or getattr(facts, k) in self.wanted(k) for k in KEYS)


def choose(rules: Iterable[Rule], facts: Facts, at: datetime) -> str:
    """The policy of the first rule that fits at an aware moment, else DEFAULT."""
    for rule in rules:
        if rule.means(facts) and is_open(rule, at):
            return rule.policy
    return DEFAULT


def is_open(rule: Rule, at: datetime) -> bool:
    """Whether the moment lies in the rule's hours."""
    return not rule.between or bool(calendar.on_call(_hours(rule), at))


def open_spans(rule: Rule, start: datetime, end: datetime) -> tuple[Span, ...]:
    """The rule's hours between two aware moments."""
    if not rule.between:
        return (Span(start, end, (rule.policy,)),)
    return tuple(s for s in calendar.final(_hours(rule), start, end) if s.people)


def _hours(rule: Rule) -> calendar.Schedule:
    """The hours as a schedule on which the policy is on call, so that clocks change alike."""
    long_ago = date(2000, 1, 3)
    turn = calendar.Rotation((rule.policy,), "week", 52, long_ago, time(), rule.between)
    return calendar.Schedule("", rule.timezone, (turn,))
