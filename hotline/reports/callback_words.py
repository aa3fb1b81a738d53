"""A call back, step by step: where it stands, what may happen, what follows. Pure.

`after(place, event)` gives the next place and, at the end, how it ended. Carriers tell things
twice, late and out of order: what means nothing (any more) changes nothing.
"""

from enum import StrEnum


class CallbackPlace(StrEnum):
    """Where a call back stands: asked: the responder's phone is to be rung · own: it rings ·
    accepted: the caller's is to be rung · calling: it rings · talking: the caller pressed 1 ·
    over."""

    ASKED = "asked"
    OWN = "own"
    ACCEPTED = "accepted"
    CALLING = "calling"
    TALKING = "talking"
    OVER = "over"


class CallbackOutcome(StrEnum):
    """How a call back ended: spoke: both were on the line together · unanswered: nobody pressed 1
    at the number · declined: whoever picked up there did not ask for a call · not_taken: the
    responder's own phone did not press 1 · stopped: the responder hung up before · not_rung: the
    number may not be rung now, or the carrier refused it."""

    SPOKE = "spoke"
    UNANSWERED = "unanswered"
    DECLINED = "declined"
    NOT_TAKEN = "not_taken"
    STOPPED = "stopped"
    NOT_RUNG = "not_rung"


class CallbackEvent(StrEnum):
    """What may happen: own_rung, caller_rung: the responder's, the caller's phone is to be rung ·
    accepted, pressed: 1 was pressed there, and there · refused: 9 was pressed at the caller's ·
    own_over, caller_over: that leg is over, or nobody pressed anything · delayed: the carrier has
    no line at this moment · barred: a phone cannot be rung · late: it has stood there too long."""

    OWN_RUNG = "own_rung"
    ACCEPTED = "accepted"
    CALLER_RUNG = "caller_rung"
    PRESSED = "pressed"
    REFUSED = "refused"
    CALLER_OVER = "caller_over"
    OWN_OVER = "own_over"
    DELAYED = "delayed"
    BARRED = "barred"
    LATE = "late"


_P, _E, _O = CallbackPlace, CallbackEvent, CallbackOutcome
Next = tuple[CallbackPlace, CallbackOutcome | None]

_MOVES: dict[CallbackPlace, dict[CallbackEvent, Next]] = {
    _P.ASKED: {
        _E.OWN_RUNG: (_P.OWN, None),
        _E.BARRED: (_P.OVER, _O.NOT_TAKEN),
        _E.LATE: (_P.OVER, _O.NOT_TAKEN),
    },
    _P.OWN: {
        _E.ACCEPTED: (_P.ACCEPTED, None),
        _E.DELAYED: (_P.ASKED, None),
        _E.OWN_OVER: (_P.OVER, _O.NOT_TAKEN),
        _E.BARRED: (_P.OVER, _O.NOT_TAKEN),
        _E.LATE: (_P.OVER, _O.NOT_TAKEN),
    },
    _P.ACCEPTED: {
        _E.CALLER_RUNG: (_P.CALLING, None),
        _E.OWN_OVER: (_P.OVER, _O.STOPPED),
        _E.BARRED: (_P.OVER, _O.NOT_RUNG),
        _E.LATE: (_P.OVER, _O.NOT_RUNG),
    },
    _P.CALLING: {
        _E.PRESSED: (_P.TALKING, None),
        _E.DELAYED: (_P.ACCEPTED, None),
        _E.REFUSED: (_P.OVER, _O.DECLINED),
        _E.CALLER_OVER: (_P.OVER, _O.UNANSWERED),
        _E.OWN_OVER: (_P.OVER, _O.STOPPED),
        _E.BARRED: (_P.OVER, _O.NOT_RUNG),
        _E.LATE: (_P.OVER, _O.UNANSWERED),
    },
    _P.TALKING: {
        _E.CALLER_OVER: (_P.OVER, _O.UNANSWERED),
        _E.OWN_OVER: (_P.OVER, _O.STOPPED),
        _E.LATE: (_P.OVER, _O.SPOKE),
    },
    _P.OVER: {},
}


def after(place: CallbackPlace, event: CallbackEvent, *, met: bool = False) -> Next:
    """The next place, and how it ended if it did. met: both were in the bridge; then whoever hangs
    up first ends a call in which they spoke."""
    at, outcome = _MOVES[place].get(event, (place, None))
    if met and place is _P.TALKING and at is _P.OVER:
        return at, _O.SPOKE
    return at, outcome
