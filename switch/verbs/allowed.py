"""Which verbs may stand where."""

ALL = frozenset(
    {
        "Connect",
        "Dial",
        "Enqueue",
        "Gather",
        "Hangup",
        "Leave",
        "Pause",
        "Play",
        "Record",
        "Redirect",
        "Refer",
        "Reject",
        "Say",
        "Start",
        "Stop",
    }
)
"""Every verb this switch executes."""

WAITING = frozenset({"Play", "Say", "Pause", "Redirect"})
"""While a conference has not started, on hold, in an announcement, before leaving a queue."""

QUEUEING = WAITING | {"Gather", "Hangup", "Leave"}
"""In a queue."""

SCREENING = WAITING | {"Gather", "Hangup"}
"""On a called phone before it is bridged."""
