"""The rest of a stream that broke: whoever took the sound in may still be writing it.

The carrier moves the call on as soon as the connection is gone, and its webhook can come before the
last second of sound is written. Giving the stream up then would lose what a caller has just said,
and all of it where the stream was short; so the webhook waits a moment for the other process.
"""

import time

from hotline.reports import streams
from ivr.line import Line

WAIT_S = 1.0
"""At most; a process that lives writes the rest in some hundredths of a second. The caller hears
nothing for so long only when the process has died this very moment."""
LOOK_S = 0.02


def wait_for_rest(line: Line, message_id: str | None) -> None:
    """Return once the stream of the message is over in our books, or after WAIT_S.

    A stream that ended by itself is over before its connection is closed: then nobody waits.
    """
    if message_id is None:
        return
    until = time.monotonic() + WAIT_S
    while _still_written(line, message_id) and time.monotonic() < until:
        time.sleep(LOOK_S)


def _still_written(line: Line, message_id: str) -> bool:
    with line.runtime.database.reading() as session:
        return streams.still_written(session, message_id, line.runtime.clock())
