"""What must hold whatever broke: the invariants of docs/design.md §4, seen from outside."""

import math
import re
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

from hotline import audit
from hotline.context import Runtime
from hotline.demo.cast import CALLER, DESK, ROSA, TOM
from tests.faults.stage import Played

_SENT = re.compile(r"/voice/prompts/[^/]+/(sent|report_number_is)\.")


def broken(played: Played, runtime: Runtime) -> list[str]:
    """A sentence for each invariant that does not hold."""
    found = played.outcome
    checks = {
        "I1: the caller was told that the message was sent, and there is no report of it": (
            not told_sent(played) or (found is not None and found.happened("message_received"))
        ),
        "I2: one recording made more than one message or transcript": (
            found is None or (found.messages <= 2 and found.transcripts <= found.messages)
        ),
        "I3: nobody has it and nobody answered for an alarm": played.took_s is not None,
        "I4: two phones at once": not _two_at_once(played),
        "I4: a phone still rings": played.quiet,
        "I10: the audit chain is broken": _audit_holds(runtime),
    }
    return [sentence for sentence, holds in checks.items() if not holds]


def told_sent(played: Played) -> bool:
    """Whether the caller heard that the message was sent."""
    return any(says_sent(entry) for entry in played.journal)


def first_ring_s(played: Played) -> float:
    """Telephone seconds from "your message is sent" until the first phone was asked to ring; below
    zero where it rang before the caller heard so. Raises ValueError when one of them never was."""
    sent_at = min(float(entry["at"]) for entry in played.journal if says_sent(entry))
    known = (ROSA.number, TOM.number, DESK.number)
    return min(leg["started"] for leg in played.legs if leg["number"] in known) - sent_at


def says_sent(entry: Mapping[str, Any], callers: Collection[str] = (CALLER,)) -> bool:
    """Whether one of the callers is being told that the message is sent."""
    return (
        entry["event"] == "playing"
        and entry.get("number") in callers
        and _SENT.search(str(entry.get("url"))) is not None
    )


def _two_at_once(played: Played) -> bool:
    """Whether a phone was rung while the one before it still rang. Who has passed still hears so
    while the next one rings."""
    rung = [leg for leg in played.legs if leg["number"] in (ROSA.number, TOM.number, DESK.number)]
    return any(_rang_until(a) > b["started"] for a, b in pairwise(rung))


def _rang_until(leg: Mapping[str, Any]) -> float:
    """Telephone seconds until it was answered or ended; for ever while neither."""
    ends = [leg[end] for end in ("answered", "ended") if leg[end] is not None]
    return min(ends, default=math.inf)


def _audit_holds(runtime: Runtime) -> bool:
    with runtime.database.reading() as session:
        try:
            audit.verify(session)
        except audit.ChainBroken:
            return False
    return True
