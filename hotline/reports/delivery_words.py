"""A delivery, step by step: where it stands, what may happen, what follows. Pure.

`after(place, event)` gives the next place. Carriers tell things twice, late and out of order: what
means nothing (any more) changes nothing. Only a person's word ends it well: the key that confirms,
or somebody who says in the console that it arrived.
"""

from datetime import timedelta
from enum import StrEnum


class DeliveryPlace(StrEnum):
    """Where a delivery stands: waiting: the phone is to be rung (again) · ringing: it rings, and
    nothing of the report was said · hearing: 1 was pressed there · letter: there is no phone, and
    the mail may be answered · unreached: nobody has confirmed in time, and somebody still may ·
    acknowledged · stopped: a person did not want it any more."""

    WAITING = "waiting"
    RINGING = "ringing"
    HEARING = "hearing"
    LETTER = "letter"
    UNREACHED = "unreached"
    ACKNOWLEDGED = "acknowledged"
    STOPPED = "stopped"


class DeliveryEvent(StrEnum):
    """What may happen: rung: the phone is to be rung now · opened: 1 was pressed there ·
    confirmed: the key that confirms was, or somebody said so in the console · leg_over: the call
    is over, or nobody pressed anything · delayed: the carrier has no line at this moment ·
    barred: the phone cannot be rung · late: nobody has answered in time · stopped."""

    RUNG = "rung"
    OPENED = "opened"
    CONFIRMED = "confirmed"
    LEG_OVER = "leg_over"
    DELAYED = "delayed"
    BARRED = "barred"
    LATE = "late"
    STOPPED = "stopped"


_P, _E = DeliveryPlace, DeliveryEvent

ON_THE_PHONE = (_P.RINGING, _P.HEARING)
UNDER_WAY = (_P.WAITING, *ON_THE_PHONE, _P.LETTER)
"""Something is still done for it by itself."""
OPEN = (*UNDER_WAY, _P.UNREACHED)
"""Nobody has confirmed it, and nobody has stopped it."""

_ENDS = {_E.CONFIRMED: _P.ACKNOWLEDGED, _E.STOPPED: _P.STOPPED}
_MOVES: dict[DeliveryPlace, dict[DeliveryEvent, DeliveryPlace]] = {
    _P.WAITING: {_E.RUNG: _P.RINGING, _E.BARRED: _P.UNREACHED, **_ENDS},
    _P.RINGING: {
        _E.OPENED: _P.HEARING,
        _E.LEG_OVER: _P.WAITING,
        _E.LATE: _P.WAITING,
        _E.DELAYED: _P.WAITING,
        _E.BARRED: _P.UNREACHED,
        **_ENDS,
    },
    _P.HEARING: {_E.LEG_OVER: _P.WAITING, _E.LATE: _P.WAITING, **_ENDS},
    _P.LETTER: {_E.LATE: _P.UNREACHED, **_ENDS},
    _P.UNREACHED: {**_ENDS},
    _P.ACKNOWLEDGED: {},
    _P.STOPPED: {},
}

PAUSES_S = {True: (15.0, 30.0, 60.0), False: (300.0, 900.0, 1800.0)}
"""Before the next ring, after the first, the second … of them; the last one stands for all that
follow. True: life-safety. Four rings of half a minute then end within four minutes: about as long
as a policy of two steps rings its people (docs/roster.md)."""
LETTER_S = {True: 15 * 60.0, False: 24 * 3600.0}
"""How long whoever is only mailed has to confirm."""


def after(place: DeliveryPlace, event: DeliveryEvent, *, more: bool = True) -> DeliveryPlace:
    """The next place. more: whether the phone may be rung once more."""
    at = _MOVES[place].get(event, place)
    rang_in_vain = place in ON_THE_PHONE and at is _P.WAITING and event is not _E.DELAYED
    return _P.UNREACHED if rang_in_vain and not more else at


def pause(rings: int, *, grave: bool) -> timedelta:
    """How long the phone is left alone after so many rings (one at least)."""
    pauses = PAUSES_S[grave]
    return timedelta(seconds=pauses[min(rings, len(pauses)) - 1])
