"""A SIP call as the exchange sees it: a phone like any other."""

from typing import TYPE_CHECKING, Any

from switch.phones.base import LineControl
from switch.sip.playout import Playout

if TYPE_CHECKING:
    from switch.sip.trunk import SipTrunk

BUSY, UNAVAILABLE, FAILED = 486, 480, 503
_CODES = {"busy": BUSY, "failed": FAILED}


class SipPhone:
    """One leg. `number` is what both processes call it; a called one has `numbers` (from, to)."""

    def __init__(
        self, trunk: "SipTrunk", number: int, numbers: tuple[str, str] | None = None
    ) -> None:
        """Made by the trunk for one call."""
        self._trunk = trunk
        self._number = number
        self._numbers = numbers
        self._control: LineControl | None = None
        self._sound = Playout()
        self._code = UNAVAILABLE
        self._over = False

    # What the switch calls (phones.base.Phone).

    def offer(self, control: LineControl) -> None:
        """Ring the number out there."""
        self._control = control
        if self._numbers is not None:
            self._trunk.call(self._number, *self._numbers)

    def dial(self, control: LineControl) -> None:
        """Let the caller hear that it rings."""
        self._control = control
        self._trunk.tell("ring", self._number)

    def connected(self) -> None:
        """Answer a caller; a called phone has answered us."""
        if self._numbers is None:
            self._trunk.tell("answer", self._number)

    def speak(self) -> bytes:
        """The next frame of the far end."""
        return self._sound.pull()

    def hear(self, frame: bytes) -> None:
        """Send a frame with the others of this tick."""
        self._trunk.sound(self._number, frame)

    def notice(self, event: str, details: dict[str, Any]) -> None:
        """Why a call ends that was not answered is told to its caller."""
        if event == "hangup":
            self._code = _CODES.get(str(details.get("cause")), UNAVAILABLE)

    def ended(self) -> None:
        """Hang up, unless the far end did."""
        if not self._over:
            self._over = True
            self._trunk.hang_up(self._number, self._code)

    # What the trunk says.

    def said(self, frame: bytes) -> None:
        """A frame of the far end came."""
        self._sound.put(frame)

    def happened(self, event: str, message: dict[str, Any]) -> None:
        """Something happened at the far end."""
        control = self._control
        if control is None or self._over:
            return
        if event == "ringing":
            control.ring()
        elif event == "answered":
            control.answer()
        elif event == "key":
            control.press(str(message["digit"]))
        elif event == "refused":
            self._over = True
            control.refuse(int(message["code"]))
        elif event == "ended":
            self._over = True
            if message.get("why") != "phone":
                control.note("sip_ended", why=str(message.get("why")))
            control.hang_up()
