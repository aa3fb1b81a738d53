"""Keys as named events of RTP (RFC 4733): three packets and more for one press, told of once."""

DIGITS = "0123456789*#ABCD"
"""By event number; others (a flash, a modem's tones) are no keys."""


class Keypad:
    """Keys of one leg; a press is known by the timestamp all its packets share."""

    def __init__(self) -> None:
        """No key yet."""
        self._pressed: tuple[int, int] | None = None

    def take(self, source: int, timestamp: int, payload: bytes) -> str | None:
        """The digit of a press that is new, else None. Anything may be in `payload`."""
        if len(payload) < 4 or payload[0] >= len(DIGITS):
            return None
        if self._pressed is not None and self._pressed[0] == source:
            # A packet that was overtaken belongs to a press that was told of.
            if (timestamp - self._pressed[1]) % (1 << 32) in range(1, 1 << 31):
                self._pressed = (source, timestamp)
                return DIGITS[payload[0]]
            return None
        self._pressed = (source, timestamp)
        return DIGITS[payload[0]]
