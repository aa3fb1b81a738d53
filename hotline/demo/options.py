"""What `hotline demo` can be told."""

from dataclasses import dataclass
from pathlib import Path

from hotline.mistakes import Mistake

DEFAULT_SCENARIO = "message"
DEFAULT_SPEED = 5.0


class DemoError(Mistake):
    """The demonstration cannot start; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class DemoOptions:
    """The options of one demonstration.

    audio: a recording used as the caller's speech, and `language` the one the caller chooses then.
    json_out: where the result goes as JSON; `-` is standard output, and the story goes to the
    other one. keep: use HOTLINE_DATA_DIR and leave it. speed: telephone seconds per second. record:
    "stream" or "verb", how the caller is recorded (see HOTLINE_RECORD). verbose: also show the
    processes and their log lines.
    """

    scenario: str = DEFAULT_SCENARIO
    audio: Path | None = None
    language: str | None = None
    json_out: Path | None = None
    keep: bool = False
    speed: float = DEFAULT_SPEED
    verbose: bool = False
    record: str = "stream"
