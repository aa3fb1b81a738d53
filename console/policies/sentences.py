"""Policies and routes in sentences: who is rung, for how long, and what leads there."""

from collections.abc import Mapping
from dataclasses import dataclass

from console import names, times
from console.oncall import moments
from console.oncall.people import Members
from console.text import gettext, ngettext
from hotline.dispatch.candidates import Why, schedule_of
from hotline.dispatch.explain import Row
from hotline.dispatch.policy import Policy
from hotline.dispatch.routing import Rule
from hotline.dispatch.words import Step
from hotline.oncall.calendar import Window


@dataclass(frozen=True)
class Stop:
    """One stop of a policy's line; `shape` is the `data-s` of the style sheet."""

    shape: str
    text: str


@dataclass(frozen=True)
class Words:
    """How codes and handles are called. languages, districts, schools: names by code or handle."""

    people: Members
    languages: Mapping[str, str]
    districts: Mapping[str, str]
    schools: Mapping[str, str]

    def target(self, target: str) -> str:
        """A target inside a sentence."""
        name = schedule_of(target)
        if name is None:
            return self.people.name(target)
        return gettext("whoever is on call for %(schedule)s", schedule=name)

    def heading(self, target: str) -> str:
        """A target where it stands alone."""
        name = schedule_of(target)
        if name is None:
            return self.people.name(target)
        return gettext("Whoever is on call for %(schedule)s", schedule=name)

    def targets(self, targets: tuple[str, ...]) -> str:
        """Several of them."""
        return moments.listed([self.target(target) for target in targets])


def stops(policy: Policy, words: Words) -> list[Stop]:
    """The policy from its first step to the alarm, a sentence each."""
    found = [Stop("next", step(each, words)) for each in policy.steps]
    if policy.rounds > 1:
        found.append(Stop("later", rounds(policy.rounds)))
    if policy.last_resort is not None:
        last = gettext("Last resort. %(step)s", step=step(policy.last_resort, words))
        found.append(Stop("last", last))
    return [*found, Stop("alarm", alarm(policy, words))]


def step(found: Step, words: Words) -> str:
    """Whom a step rings, and for how long."""
    who, length = words.targets(found.targets), times.lasted(found.ring_s)
    if found.in_order and len(found.targets) > 1:
        text = gettext("Ring %(who)s one after the other, %(length)s each.", who=who, length=length)
    elif len(found.targets) > 1:
        text = gettext("Ring %(who)s together, for %(length)s.", who=who, length=length)
    else:
        text = gettext("Ring %(who)s for %(length)s.", who=who, length=length)
    if found.overlap_s is not None:
        text += " " + gettext(
            "After %(length)s the next telephone starts while the first rings on.",
            length=times.lasted(found.overlap_s),
        )
    return text


def rounds(count: int) -> str:
    """How often the steps are gone through."""
    return ngettext(
        "All of it once.", "Then again from the first step, %(num)s times in all.", count
    )


def alarm(policy: Policy, words: Words) -> str:
    """What happens when nobody took it."""
    if not policy.alarm:
        return gettext("Then the alarm is raised in the console; no telephone rings for it.")
    return gettext(
        "Then the alarm: %(who)s is rung again and again until a person answers for it.",
        who=words.targets(policy.alarm),
    )


def agency(policy: Policy, words: Words) -> str | None:
    """Who is rung when whoever has the report asks for law enforcement."""
    last = policy.last_resort.targets if policy.last_resort else ()
    targets = policy.agency or last
    if not targets:
        return None
    who = words.targets(targets)
    return gettext("Whoever has the report can ask for law enforcement: %(who)s.", who=who)


def conditions(rule: Rule, words: Words) -> list[str]:
    """When a route fits: each of these is so."""
    found = []
    if rule.category:
        said = moments.either([names.category(c).lower() for c in sorted(rule.category)])
        found.append(gettext("It is about %(categories)s.", categories=said))
    if rule.urgency:
        said = moments.either([names.urgency(u)[1].lower() for u in sorted(rule.urgency)])
        found.append(gettext("Its urgency is %(urgencies)s.", urgencies=said))
    if rule.language:
        said = moments.either([words.languages.get(code, code) for code in sorted(rule.language)])
        found.append(gettext("The caller chose %(languages)s.", languages=said))
    if rule.district:
        said = moments.either([words.districts.get(h, h) for h in sorted(rule.district)])
        found.append(gettext("The line of %(districts)s was dialed.", districts=said))
    if rule.school:
        said = moments.either([words.schools.get(h, h) for h in sorted(rule.school)])
        found.append(gettext("The school is %(schools)s.", schools=said))
    found += [hours(window, rule.timezone) for window in rule.between]
    return found or [gettext("Always.")]


def hours(window: Window, timezone: str) -> str:
    """Hours of the week of a route."""
    return gettext(
        "The clock in %(zone)s says %(days)s, %(start)s to %(end)s.",
        zone=timezone,
        days=moments.either([moments.weekday(day) for day in window.days]),
        start=f"{window.start:%H:%M}",
        end=f"{window.end:%H:%M}",
    )


def why(row: Row, language: str) -> list[str]:
    """Why somebody is rung then, or is not; a sentence each."""
    if row.because is None:
        return [_why_not(row.why_not)]
    because = row.because
    found = [gettext("The policy names them.")] if because.named else []
    for name in because.by:
        found.append(gettext("They are on call for %(schedule)s then.", schedule=name))
    if because.speaks is not None:
        speaks = gettext("They speak %(language)s.", language=language)
        silent = gettext("They do not speak %(language)s.", language=language)
        found.append(speaks if because.speaks else silent)
    if because.busy:
        found.append(gettext("They are on another call, but nobody else is left."))
    if because.away:
        found.append(gettext("They are on break or off duty, but nobody else is left."))
    if not because.confirmed:
        found.append(gettext("Their number is not verified."))
    return found


def _why_not(why: Why | None) -> str:
    match why:
        case Why.NOBODY_ON_CALL:
            return gettext("Not rung: nobody is on call then.")
        case Why.RINGING_ALREADY:
            return gettext("Not rung: their telephone rings already.")
        case Why.ASKED_BEFORE:
            return gettext("Not rung: they were rung before.")
        case Why.BUSY:
            return gettext("Not rung: they are on another call, and somebody else is free.")
        case Why.OFF_DUTY:
            return gettext("Not rung: they are on break or off duty, and somebody else is free.")
        case _:
            return gettext("Not rung: they are not in the roster, or switched off.")
