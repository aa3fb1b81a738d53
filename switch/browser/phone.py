"""The phone of one call that somebody holds in a browser (`switch.phones.base.Phone`)."""

from typing import Any

from switch.browser.handset import Handset, State
from switch.g711 import SILENCE
from switch.phones.base import LineControl

BUSY = 486


class BrowserPhone:
    """One call of a handset; made anew for each call."""

    refusal = BUSY
    """The code for a call that comes while it is in another one."""

    def __init__(self, handset: Handset, *, awake: bool = True) -> None:
        """A call that arrives at, or is placed by, `handset`. `awake`: whether it may ring."""
        self._handset = handset
        self._awake = awake
        self._control: LineControl | None = None

    def offer(self, control: LineControl) -> None:
        """Ring, whether or not a page is open: it may be opened while it rings."""
        self._control = control
        if self._handset.state is not State.IDLE or not self._awake:
            control.refuse(self.refusal)
            return
        self._handset.enter(State.RINGING, control)
        control.ring()

    def dial(self, control: LineControl) -> None:
        """Wait for the hotline to answer."""
        self._control = control
        self._handset.enter(State.CALLING, control)

    def connected(self) -> None:
        """The call was answered."""
        if self._mine:
            self._handset.enter(State.TALKING, self._control)

    def speak(self) -> bytes:
        """The next frame of the microphone."""
        return self._handset.speak() if self._mine else SILENCE

    def hear(self, frame: bytes) -> None:
        """Let whoever holds it hear a frame; nobody holds it: it is lost."""
        holder = self._handset.holder
        if holder is not None and self._mine:
            holder.play(self._handset, frame)

    def notice(self, event: str, details: dict[str, Any]) -> None:
        """Show what is heard, and whether somebody is on the other side."""
        if not self._mine:
            return
        if event == "caption":
            self._handset.caption(str(details["text"]))
        elif event == "key":
            self._handset.hear_anew()
        elif event in {"bridged", "bridge_left"}:
            self._handset.connected = event == "bridged"
            self._handset.hear_anew()

    def ended(self) -> None:
        """The call is over."""
        if self._mine:
            self._handset.enter(State.IDLE, None)

    @property
    def _mine(self) -> bool:
        return self._control is not None and self._handset.control is self._control
