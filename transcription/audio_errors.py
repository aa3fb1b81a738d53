"""What can be wrong with a recording: errors where it cannot be used, flaws where it can.

Both have one plain sentence, for the person who wonders what became of a message. None of them
loses a message: its bytes are kept as they were received, and a human is asked to listen.
"""

from enum import StrEnum


class AudioError(Exception):
    """The bytes cannot be used as a recording; the message is one plain sentence."""


class NotAudio(AudioError):
    """Something else was sent, a page of HTML for example."""


class Empty(AudioError):
    """There is not one sample in it."""


class TooLong(AudioError):
    """It plays longer than the cap."""


class Flaw(StrEnum):
    """What is odd about a recording that could be used all the same."""

    TRUNCATED = "truncated"
    SILENT = "silent"
    MISLABELLED = "mislabelled"
    PART_LOST = "part_lost"

    @property
    def sentence(self) -> str:
        """What it means, in one plain sentence."""
        return SENTENCES[self]


SENTENCES = {
    Flaw.TRUNCATED: "The recording is cut off or damaged; what there is of it was used.",
    Flaw.SILENT: "The recording is silent; nobody can be heard in it.",
    Flaw.MISLABELLED: "The recording is not of the kind that its name or media type says; "
    "it was read as what it is.",
    Flaw.PART_LOST: "A part of the recording cannot be read; the rest of it was used.",
}
