"""Whether the caller of a report can be called back now by who is signed in, and why not."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from console.context import runtime, signed_in
from console.text import lazy_gettext
from hotline.dispatch.sql import SqlBooks
from hotline.oncall.model import Responder
from hotline.people.permissions import Action, may
from hotline.reports import callback, callback_calls
from hotline.reports.callback_calls import Unable
from hotline.reports.model import Report

NOT_ON_THE_ROSTER = lazy_gettext(
    "Your account is nobody on the roster, so there is no phone of yours to ring. An administrator "
    "can say who you are there."
)
ON_A_CALL = lazy_gettext("You are on a call of the hotline. Call back when it is over.")
WHY = {
    Unable.NONE: lazy_gettext("Calling back is turned off."),
    Unable.CLOSED: lazy_gettext("The report is closed. Open it again to call back."),
    Unable.UNDER_WAY: lazy_gettext("A call back is under way. Wait until it is over."),
    Unable.TODAY: lazy_gettext(
        "This number was rung often enough today, or whoever picked up did not want it. Try again "
        "tomorrow."
    ),
}


@dataclass(frozen=True)
class Reachable:
    """What the page says of it. kept: there is a number. why: why it cannot be rung now. who: id of
    the responder whose phone rings first."""

    kept: bool
    why: str | None = None
    who: str | None = None


NOBODY = Reachable(kept=False)


def of(session: Session, report: Report) -> Reachable:
    """For whoever asks; as if there were no number for those who may not call back."""
    allowed = may(signed_in().account.role, Action.CALL_BACK)
    if not allowed or callback.of(session, report.id) is None:
        return NOBODY
    known = signed_in().account.responder_id
    who = session.get(Responder, known) if known is not None else None
    if who is None or not who.active:
        return Reachable(kept=True, why=str(NOT_ON_THE_ROSTER))
    return Reachable(kept=True, why=_why(session, report, who), who=who.id)


def _why(session: Session, report: Report, who: Responder) -> str | None:
    vault, now = runtime().vault, runtime().clock()
    limits = callback.limits_of(runtime().settings)
    unable = callback_calls.unable(session, vault, report, who.id, limits, now)
    if unable is not None:
        return str(WHY[unable])
    return str(ON_A_CALL) if who.handle in SqlBooks(session, vault).busy("", now) else None
