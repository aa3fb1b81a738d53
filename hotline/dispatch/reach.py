"""Which routes can ever be chosen, and when each policy may run. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product

from hotline.dispatch.gaps import AHEAD, Stretch, uncovered
from hotline.dispatch.routing import KEYS, Facts, Rule, open_spans

OTHER = "\N{NULL}"
"""Stands for every value that no rule names."""


def never_chosen(
    rules: Sequence[Rule], homes: Mapping[str, str], closed: Mapping[str, int], now: datetime
) -> list[int]:
    """The indexes of rules for which an earlier one is always chosen.

    homes: the district of every school. closed: for keys with a fixed number of values, how many
    there are.
    """
    named = {key: {v for rule in rules for v in rule.wanted(key)} for key in KEYS}
    rest = {k: () if len(named[k]) >= closed.get(k, len(named[k]) + 1) else (OTHER,) for k in KEYS}
    hours = [_hours(rule, now) for rule in rules]
    found = []
    for i, rule in enumerate(rules):
        values = [sorted(rule.wanted(key)) or [*sorted(named[key]), *rest[key]] for key in KEYS]
        if not any(
            _left(hours[i], [hours[e] for e in range(i) if rules[e].means(facts)])
            for facts in _possible(values, homes)
        ):
            found.append(i)
    return found


def in_use(policy: str, rules: Sequence[Rule], default: str, now: datetime) -> list[Stretch]:
    """When the policy may be chosen from now on for AHEAD; stretches that touch are one."""
    if policy == default:
        return [(now, now + AHEAD)]
    merged: list[Stretch] = []
    for start, end in sorted(h for r in rules if r.policy == policy for h in _hours(r, now)):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _possible(values: list[list[str]], homes: Mapping[str, str]) -> Iterator[Facts]:
    """Every combination but those of a school with another district than its own."""
    for category, urgency, language, district, school in product(*values):
        if school not in homes or district in (homes[school], OTHER):
            yield Facts(category, urgency, language, district, school)


def _left(own: list[Stretch], earlier: list[list[Stretch]]) -> bool:
    """Whether any of the hours is left once the earlier rules have had theirs."""
    return bool(uncovered(own, (stretch for hours in earlier for stretch in hours)))


def _hours(rule: Rule, now: datetime) -> list[Stretch]:
    return [(span.start, span.end) for span in open_spans(rule, now, now + AHEAD)]
