"""How a test ring went, in a sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from console import times
from console.oncall import moments
from console.text import gettext, lazy_gettext
from hotline.carrier.port import LegState
from hotline.dispatch.drill import Tried

_ENDED = {
    LegState.COMPLETED.value: lazy_gettext("picked up, but nobody pressed 1"),
    LegState.BUSY.value: lazy_gettext("busy"),
    LegState.UNANSWERED.value: lazy_gettext("no answer"),
    LegState.FAILED.value: lazy_gettext("the call failed; check the number"),
    LegState.CANCELLED.value: lazy_gettext("the call was cancelled"),
    "refused": lazy_gettext("the network refuses to ring this number"),
}


def sentence(tried: Tried, zone: ZoneInfo, now: datetime) -> str:
    """How the last test ring went."""
    when = moments.day_and_time(tried.at, zone)
    if tried.confirmed_at is not None:
        took = times.lasted((tried.confirmed_at - tried.at).total_seconds())
        return gettext("Test ring %(when)s: pressed 1 after %(took)s.", when=when, took=took)
    if tried.goes_on(now):
        return gettext("Test ring %(when)s: it is being rung now.", when=when)
    how = _ENDED.get(tried.code or "") or gettext("nobody pressed 1")
    return gettext("Test ring %(when)s: %(how)s.", when=when, how=how)
