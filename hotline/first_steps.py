"""From an empty database to a phone that rings: what is done, computed from what there is.

Nothing is ticked off by hand. A step that stops being true is open again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch import policy
from hotline.dispatch.candidates import schedule_of
from hotline.dispatch.policy import Policy, PolicyError
from hotline.oncall import calendar, schedules
from hotline.oncall.calendar import Schedule
from hotline.oncall.model import Responder
from hotline.people import passwords
from hotline.people.model import Account, Role
from hotline.reports.model import UNSENT, Report
from hotline.settings import Settings
from hotline.settings.values import LOOPBACK
from transcription.catalogue import notice

# Whoever is on call within a week is reached by a policy that asks a schedule.
AHEAD = timedelta(days=7)


class Step(StrEnum):
    """The steps, in the order in which they are taken."""

    ADMINISTRATOR = "administrator"
    """Somebody can sign in and give accounts."""
    RESPONDER = "responder"
    """Somebody can be rung."""
    POLICY = "policy"
    """The default policy comes to somebody."""
    RING = "ring"
    """Somebody has pressed 1 on a test ring."""
    SUPERVISOR = "supervisor"
    """Somebody can review reports."""
    LINE = "line"
    """A carrier reaches us over https, at the hotline's own number."""
    MODELS = "models"
    """No language is recognized with a test model."""
    MESSAGE = "message"
    """A first message was taken."""


ESSENTIAL = frozenset({Step.ADMINISTRATOR, Step.RESPONDER, Step.POLICY, Step.RING, Step.SUPERVISOR})
"""Without these nobody is rung, or nobody sees it. The line itself may be our own switch, and test
models do for a trial."""


def done(session: Session, runtime: Runtime) -> dict[Step, bool]:
    """Which steps are done, in their order."""
    active = select(Responder.id).where(Responder.active)
    return {
        Step.ADMINISTRATOR: _has_account(session, Role.ADMINISTRATOR),
        Step.RESPONDER: _exists(session, active),
        Step.POLICY: reaches_somebody(session, runtime.clock()),
        Step.RING: _exists(session, active.where(Responder.confirmed_at.is_not(None))),
        Step.SUPERVISOR: _has_account(session, Role.SUPERVISOR),
        Step.LINE: line_is_set(runtime.settings),
        Step.MODELS: notice(runtime.languages, runtime.settings.models_folder) is None,
        Step.MESSAGE: _exists(session, select(Report.id).where(Report.state.not_in(UNSENT))),
    }


def essential_missing(session: Session, now: datetime) -> bool:
    """Whether a step is open without which nobody is rung or nobody sees it."""
    active = select(Responder.id).where(Responder.active, Responder.confirmed_at.is_not(None))
    return not (
        _exists(session, active)
        and _has_account(session, Role.SUPERVISOR)
        and reaches_somebody(session, now)
    )


def line_is_set(settings: Settings) -> bool:
    """Whether calls from outside can come in: a carrier's account and secret, or lines of our own;
    our number; for a carrier https."""
    url = urlsplit(settings.public_url)
    own_number = settings.phone_number != Settings.model_fields["phone_number"].default
    reachable = url.scheme == "https" and url.hostname not in LOOPBACK
    carrier = not settings.needs_own_switch and bool(settings.auth_tokens)
    return own_number and (settings.own_lines or (carrier and reachable))


def reaches_somebody(session: Session, now: datetime) -> bool:
    """Whether the default policy names a person in service, or a schedule that has one soon."""
    try:
        found = policy.current(session)
    except PolicyError:
        return False
    active = frozenset(session.scalars(select(Responder.handle).where(Responder.active)))
    return _reaches(found, active, schedules.read_all(session, now), now)


def _reaches(
    found: Policy, active: frozenset[str], plans: Mapping[str, Schedule], now: datetime
) -> bool:
    for target in (target for step in found.plan for target in step.targets):
        name = schedule_of(target)
        if name is None and target in active:
            return True
        if name is not None and name in plans:
            spans = calendar.final(plans[name], now, now + AHEAD)
            if any(active.intersection(span.people) for span in spans):
                return True
    return False


def _has_account(session: Session, role: Role) -> bool:
    able = select(Account.id).where(
        Account.role == role,
        Account.disabled_at.is_(None),
        Account.password_hash != passwords.NONE,
    )
    return _exists(session, able)


def _exists(session: Session, query: object) -> bool:
    return session.scalar(query.limit(1)) is not None  # type: ignore[attr-defined]
