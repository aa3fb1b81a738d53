"""Calls of the REST API leave one after the other, as many in a second as the account may place."""

from switch.clock import Clock


class Pace:
    """A line of calls that wait for their turn."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        """`per_second` calls leave in one telephone second; 0: nobody waits."""
        self._clock = clock
        self._gap_s = 1 / per_second if per_second else 0.0
        self._next_at = 0.0

    async def turn(self) -> int:
        """Wait for one's turn; returns how long that took, in telephone milliseconds."""
        now = self._clock.now
        turn_at = max(now, self._next_at)
        self._next_at = turn_at + self._gap_s
        if turn_at > now:
            await self._clock.sleep(turn_at - now)
        return round((turn_at - now) * 1000)
