"""The edge between the switch and any kind of phone."""

from typing import Any, Protocol


class LineControl(Protocol):
    """What a phone can do to its call."""

    @property
    def call_sid(self) -> str:
        """The call's identifier."""

    def ring(self) -> None:
        """The phone rings."""

    def answer(self) -> None:
        """The phone was picked up."""

    def refuse(self, sip_code: int) -> None:
        """The phone will not take the call: 486 busy, 603 declined."""

    def press(self, digits: str) -> None:
        """Keys were pressed."""

    def hang_up(self) -> None:
        """The phone was put down."""

    def note(self, event: str, **details: Any) -> None:
        """Write something that happened at the phone to the journal."""


class Phone(Protocol):
    """A phone in one call. The switch calls these; none of them may block."""

    def offer(self, control: LineControl) -> None:
        """A call arrives."""

    def dial(self, control: LineControl) -> None:
        """This phone has placed a call that now rings at the hotline."""

    def connected(self) -> None:
        """The call was answered: sound flows from now on."""

    def speak(self) -> bytes:
        """The next frame this phone sends."""

    def hear(self, frame: bytes) -> None:
        """One frame this phone hears."""

    def notice(self, event: str, details: dict[str, Any]) -> None:
        """Ground truth about this line, for phones that follow a script."""

    def ended(self) -> None:
        """The call is over."""
