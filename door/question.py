"""The question that is asked while very many reports come in: a small sum, in words.

It keeps off what fills in any form it meets; it does not keep off a program that was written
against this door (docs/door.md). Nothing is kept of a question but that it was answered: its sum
stands in the page, sealed by a key of this process.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

VALID = timedelta(hours=1)
"""As long as somebody may think about it, and no answer is good twice."""


@dataclass(frozen=True)
class Question:
    """How much is a plus b? seal: goes back with the answer."""

    a: int
    b: int
    seal: str


class Questions:
    """Asks, and knows which questions were answered; safe among threads."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = Lock()
        self._used: dict[str, datetime] = {}

    def ask(self, now: datetime) -> Question:
        """A new question; the sum has one digit."""
        a, b = 1 + secrets.randbelow(4), 1 + secrets.randbelow(5)
        head = f"{int(now.timestamp())}.{secrets.token_urlsafe(12)}"
        return Question(a, b, f"{head}.{self._mac(head, a + b)}")

    def is_answer(self, seal: str, answer: str, now: datetime) -> bool:
        """Whether it is the answer to a question of this hour that nobody has answered yet.

        A wrong answer uses the question up, too: there are only nine."""
        head, _, mac = seal.rpartition(".")
        asked, _, _ = head.partition(".")
        if not (asked.isascii() and asked.isdigit() and len(asked) < 12):
            return False
        until = int(asked) + VALID.total_seconds()
        right = hmac.compare_digest(mac.encode(), self._mac(head, number(answer)).encode())
        return self._first(head, now) and now.timestamp() <= until and right

    def _first(self, head: str, now: datetime) -> bool:
        with self._lock:
            old = [one for one, at in self._used.items() if at < now - 2 * VALID]
            for one in old:
                del self._used[one]
            if head in self._used:
                return False
            self._used[head] = now
            return True

    def _mac(self, head: str, total: int) -> str:
        return hmac.new(self._key, f"{head}.{total}".encode(), sha256).hexdigest()


def number(answer: str) -> int:
    """The number that was written, in any script's digits; -1 for anything else."""
    text = answer.strip()
    try:
        return int(text) if len(text) <= 3 else -1
    except ValueError:
        return -1
