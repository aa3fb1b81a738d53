"""A call through Asterisk as the exchange sees it: a phone like any other."""

from typing import TYPE_CHECKING, Any

from switch.asterisk import words
from switch.asterisk.leg import GONE, Ending, Leg
from switch.asterisk.words import Event, Happened
from switch.phones.base import LineControl

if TYPE_CHECKING:
    from switch.asterisk.lines import AsteriskLines


class AsteriskPhone:
    """One call."""

    def __init__(self, lines: "AsteriskLines", leg: Leg) -> None:
        """Made by the lines for a call that came in, or that is to be placed."""
        self._lines = lines
        self.leg = leg
        self._control: LineControl | None = None
        self._connected = False
        self._over = False
        self._status = ""

    # What the switch calls (phones.base.Phone).

    def offer(self, control: LineControl) -> None:
        """Ring the number out there."""
        self._control = control
        self._lines.begin(self)

    def dial(self, control: LineControl) -> None:
        """Somebody calls: let them hear that it rings, and get ready."""
        self._control = control
        self._lines.begin(self)

    def connected(self) -> None:
        """The call is answered."""
        self._connected = True
        self.leg.pick()

    def speak(self) -> bytes:
        """The next frame of the far end."""
        return self.leg.media.speak()

    def hear(self, frame: bytes) -> None:
        """Send a frame."""
        self.leg.media.hear(frame)

    def notice(self, event: str, details: dict[str, Any]) -> None:
        """Why a call ends that was not answered is told to its caller."""
        if event == "hangup":
            self._status = str(details.get("cause"))

    def ended(self) -> None:
        """Hang up, unless the far end did."""
        if not self._over:
            self._over = True
            self.leg.end(Ending.HANG_UP, words.reason("" if self._connected else self._status))

    # What the lines say.

    def happened(self, what: Happened) -> None:
        """Something happened at the far end."""
        control = self._control
        if control is None or self._over:
            return
        match what.event:
            case Event.RINGING if self.leg.outbound:
                control.ring()
            case Event.ARRIVED if self.leg.outbound:
                control.answer()
            case Event.KEY:
                control.press(what.digit)
            case Event.GONE:
                self._end(Ending.GONE, words.sip_code(what.cause))

    def lost(self, why: str) -> None:
        """We cannot go on with it: whoever calls goes on in the dialplan."""
        if self._control is None or self._over:
            return
        self._control.note("asterisk_ended", why=why)
        self._end(Ending.GONE if why == GONE else Ending.HAND_BACK, words.NO_WAY)

    def _end(self, ending: Ending, code: int) -> None:
        self._over = True
        self.leg.end(ending)
        if self._control is None:
            return
        if self.leg.outbound and not self._connected:
            self._control.refuse(code)
        else:
            self._control.hang_up()
