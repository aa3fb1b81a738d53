"""Text messages: those that an application asked for, which are kept and never leave the switch,
those that phones have written, and what was answered to them."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from switch.calls import new_sid

SEGMENT = 160
"""Characters of one segment in the telephone network's own alphabet (GSM-7)."""

ON_PHONES = 1000
"""Texts that all phones together remember."""


@dataclass(eq=False)
class Message:
    """One message; `media` are the URLs that were to be sent with it."""

    from_number: str
    to_number: str
    body: str
    media: tuple[str, ...] = ()
    status: str = "queued"
    direction: str = "outbound-api"
    sid: str = field(default_factory=lambda: new_sid("SM"))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def segments(self) -> int:
        """How many segments it would be, at least, if all its letters were GSM-7's."""
        return max(1, -(-len(self.body) // SEGMENT))

    def set(self, *, body: str | None = None, status: str | None = None) -> None:
        """Change its text (Twilio redacts by an empty one) or its status."""
        self.body = self.body if body is None else body
        self.status = self.status if status is None else status
        self.updated = datetime.now(UTC)


class Messages:
    """All messages that were not deleted."""

    def __init__(self) -> None:
        """No messages."""
        self._by_sid: dict[str, Message] = {}
        self._on_phones: deque[tuple[str, str]] = deque(maxlen=ON_PHONES)

    def add(self, message: Message) -> None:
        """Keep a message; what goes out is on its phone from now on, whatever is deleted here."""
        self._by_sid[message.sid] = message
        if message.direction != "inbound":
            self._on_phones.append((message.to_number, message.body))

    def on_phone(self, number: str) -> list[str]:
        """What a phone has got, oldest first."""
        return [body for to, body in self._on_phones if to == number]

    def get(self, sid: str) -> Message | None:
        """A message by its identifier."""
        return self._by_sid.get(sid)

    def delete(self, sid: str) -> None:
        """Forget a message."""
        del self._by_sid[sid]

    def keep_newest(self, most: int) -> None:
        """Forget the oldest ones beyond so many."""
        for sid in list(self._by_sid)[: max(0, len(self._by_sid) - most)]:
            del self._by_sid[sid]

    def listed(self) -> list[Message]:
        """All messages, newest first."""
        return list(self._by_sid.values())[::-1]
