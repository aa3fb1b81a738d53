"""Queues of callers: first come, first served."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from switch.calls import Call, new_sid
from switch.clock import Clock

MAX_SIZE = 1000
"""Callers in a queue that nobody gave another size (Twilio's OpenAPI description)."""

LARGEST = 5000
"""The largest size that may be given (the same)."""

NAME_LIMIT = 64
"""Characters of a queue's name (the same)."""


@dataclass(eq=False)
class Member:
    """A caller in a queue: `taken` by a <Dial>, then `ready` to talk, `released` or `gone`."""

    call: Call
    at: float
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    url: str = ""
    method: str = "POST"
    taker: Call | None = None
    waited_s: int = 0
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class Queue:
    """One queue; `members` are those who still wait, in order."""

    friendly_name: str
    clock: Clock
    max_size: int = MAX_SIZE
    sid: str = field(default_factory=lambda: new_sid("QU"))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    members: list[Member] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def average_wait_s(self) -> int:
        """Whole telephone seconds that those who wait have waited, on the average."""
        waits = [self.waited_s(member) for member in self.members]
        return round(sum(waits) / len(waits)) if waits else 0

    def waited_s(self, member: Member) -> int:
        """Whole telephone seconds that a member has waited, or waited until it was taken."""
        return member.waited_s if member.taken.is_set() else round(self.clock.now - member.at)

    def enter(self, call: Call) -> Member:
        """Let a caller wait at the end."""
        member = Member(call, self.clock.now)
        self.members.append(member)
        self._news.set()
        return member

    def leave(self, member: Member) -> None:
        """A caller waits no longer; one that has left before stays away."""
        if member in self.members:
            self.members.remove(member)
        member.gone.set()

    async def take(self, taker: Call, url: str, method: str) -> Member:
        """Wait for a caller and take the first one out; it executes `url` before it is ready."""
        while not self.members:
            self._news.clear()
            await self._news.wait()
        member = self.members.pop(0)
        member.taker, member.url, member.method = taker, url, method
        member.waited_s = self.waited_s(member)
        member.taken.set()
        return member

    def change(self, *, name: str | None, max_size: int | None) -> None:
        """Give it another name or size."""
        self.friendly_name = name or self.friendly_name
        self.max_size = max_size or self.max_size
        self.updated = datetime.now(UTC)


class Queues:
    """All queues; a name belongs to one of them."""

    def __init__(self, clock: Clock) -> None:
        """No queues; waiting is measured by `clock`."""
        self._clock = clock
        self._by_sid: dict[str, Queue] = {}

    def called(self, name: str) -> Queue | None:
        """The queue of that name, or None."""
        return next((q for q in self._by_sid.values() if q.friendly_name == name), None)

    def named(self, name: str) -> Queue:
        """The queue of that name, made when there is none."""
        return self.called(name) or self.make(name)

    def make(self, name: str, max_size: int = MAX_SIZE) -> Queue:
        """A new queue."""
        queue = Queue(name, self._clock, max_size)
        self._by_sid[queue.sid] = queue
        return queue

    def get(self, sid: str) -> Queue | None:
        """A queue by its identifier."""
        return self._by_sid.get(sid)

    def delete(self, sid: str) -> None:
        """Forget a queue."""
        del self._by_sid[sid]

    def listed(self) -> list[Queue]:
        """All queues, newest first."""
        return list(self._by_sid.values())[::-1]
