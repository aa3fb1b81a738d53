"""Which verbs may stand where."""

ALL = frozenset(
    {"Connect", "Dial", "Gather", "Hangup", "Pause", "Play", "Record", "Redirect", "Reject", "Say"}
)
"""Every verb this switch executes."""

WAITING = frozenset({"Play", "Say", "Pause", "Redirect"})
"""While a conference has not started."""

SCREENING = frozenset({"Play", "Say", "Pause", "Gather", "Redirect", "Hangup"})
"""On a called phone before it is bridged."""
