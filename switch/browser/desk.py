"""Phones in pages of an application: it says by tickets who may be rung there, and for how long.

Unlike the phones of the room, one of these is there for as long as a page holds it and no longer:
whoever dials it while nobody does is told at once that there is no such phone, and a page that goes
away while it rings ends the ringing at once. The application then rings what it has besides.
"""

from functools import partial

from switch.browser.handset import Handset, Holder, Role, State
from switch.browser.phone import BrowserPhone
from switch.exchange import Exchange

GRACE_S = 5.0
"""Telephone seconds that a talk goes on after its page has gone: as long as a reload takes."""
AWAY = 480
"""SIP's "temporarily unavailable", which Twilio calls no-answer. Busy (486, 603) is left to whoever
declines, so that the two can be told apart."""


class DeskPhone(BrowserPhone):
    """One call of such a phone."""

    refusal = AWAY


class Desk:
    """The phones of one exchange that are in pages of its application."""

    def __init__(self, exchange: Exchange) -> None:
        """Without any phone."""
        self._exchange = exchange
        self._handsets: dict[str, Handset] = {}

    @property
    def token(self) -> str:
        """With what tickets are made."""
        return self._exchange.config.auth_token

    def hold(self, address: str, page: Holder) -> tuple[Handset, Holder | None]:
        """The page has the phone of that address in its hand; who had it before it. A call that
        goes on there goes on here."""
        handset = self._handsets.get(address)
        if handset is None:
            handset = Handset(address, "", Role.RESPONDER, address)
            self._handsets[address] = handset
            self._exchange.phones.attach(address, partial(self._phone, handset))
        before, handset.holder = handset.holder, page
        return handset, before

    def let_go(self, handset: Handset, page: Holder) -> None:
        """The page has gone, or may not hold the phone any more."""
        if handset.holder is not page:
            return
        handset.holder = None
        handset.microphone.clear()
        if handset.state is State.TALKING:
            self._exchange.clock.call_later(GRACE_S, partial(self._put_away, handset))
        else:
            self._put_away(handset)

    def _put_away(self, handset: Handset) -> None:
        """Nobody holds it: what rings or talks there ends, and nobody finds it any more."""
        if handset.holder is not None or self._handsets.get(handset.number) is not handset:
            return
        del self._handsets[handset.number]
        self._exchange.phones.detach(handset.number)
        if handset.control is None:
            return
        if handset.state is State.RINGING:
            handset.control.refuse(AWAY)
        else:
            handset.control.hang_up()

    def _phone(self, handset: Handset) -> BrowserPhone:
        return DeskPhone(handset, awake=self._exchange.clock.speed == 1.0)
