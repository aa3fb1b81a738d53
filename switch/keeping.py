"""What is over is forgotten one day, so that a switch can run for ever.

Calls that are over go, the oldest first, once there are too many of them or they are too old; with
them goes what belongs to them. A recording that the application has not deleted stays without its
call, as at Twilio: it may be the only copy. The oldest of these go when there are too many.
"""

from typing import TYPE_CHECKING

from switch.calls import Call

if TYPE_CHECKING:
    from switch.exchange import Exchange

EVERY_S = 60.0
"""Wall seconds between two looks at how old things are."""


class Keeping:
    """Forgets for one exchange; limits are `exchange.config.keep`."""

    def __init__(self, exchange: "Exchange") -> None:
        """Nothing is over yet."""
        self._exchange = exchange
        self._over: dict[str, Call] = {}

    def over(self, call: Call) -> None:
        """A call has ended: keep it, and as many before it as may be kept."""
        self._over[call.sid] = call
        while len(self._over) > self._exchange.config.keep.calls:
            self.forget(next(iter(self._over)))

    def sweep(self) -> None:
        """Forget what is too old now, in telephone time."""
        keep = self._exchange.config.keep
        before = self._exchange.clock.now - keep.hours * 3600
        for sid, call in tuple(self._over.items()):
            if call.ended is not None and call.ended.at >= before:
                break
            self.forget(sid)
        self._exchange.journal.drop_before(before)
        self._tidy()

    def forget(self, sid: str) -> None:
        """Forget a call that is over, and what belongs to it."""
        exchange = self._exchange
        self._over.pop(sid, None)
        exchange.calls.pop(sid, None)
        for stream in [k for k, each in exchange.streams.items() if each.call_sid == sid]:
            del exchange.streams[stream]

    def _tidy(self) -> None:
        """What belongs to no one call, or stays without it."""
        exchange, keep = self._exchange, self._exchange.config.keep
        exchange.recordings.tidy(keep.recordings, exchange.calls.__contains__)
        exchange.conferences.forget_over(lambda call: call.sid in exchange.calls)
        exchange.messages.keep_newest(keep.calls)
