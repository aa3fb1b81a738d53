"""A thousand streams of nonsense: the media process lives, and who speaks meanwhile is heard."""

from pathlib import Path

import pytest

from tests.fuzz.media import fuzz
from tests.fuzz.webhooks import NotKept
from transcription.media import messages, stream
from transcription.media.journal import Track

SEQUENCES, SEED = 1_000, 20_261_125


def test_nothing_that_is_written_makes_the_media_process_fall_over(tmp_path: Path) -> None:
    made = fuzz(tmp_path, SEQUENCES, SEED)
    assert made.whole > 3
    # It goes far enough in: streams that were taken, and every way of being refused.
    assert made.closed[1000] > SEQUENCES * 0.01
    assert {1002, 1007, 1008, 1009} <= set(made.closed)


def unreadable(patch: pytest.MonkeyPatch) -> None:
    """A message that cannot be read ends in a traceback."""
    patch.setattr(messages, "_UNREADABLE", (ZeroDivisionError,))


def other_code(patch: pytest.MonkeyPatch) -> None:
    """A code that no document knows."""
    patch.setattr(stream, "POLICY", 4000)


def forgets(patch: pytest.MonkeyPatch) -> None:
    """The last sample of every frame is lost."""
    hear = Track.hear
    patch.setattr(Track, "hear", lambda self, sound: hear(self, sound[:-1]))


def stays_open(patch: pytest.MonkeyPatch) -> None:
    """A stream that is over is not written down."""

    async def over(_self: object, _by: str) -> int:
        return stream.DONE

    patch.setattr(stream.Stream, "_over", over)


@pytest.mark.parametrize(
    ("broken", "noticed"),
    [
        (unreadable, "aiohttp.server"),
        (other_code, "closed with 4000"),
        (forgets, "a caller lost"),
        (stays_open, "a caller lost|left open"),
    ],
)
def test_a_media_process_that_is_broken_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: object, noticed: str
) -> None:
    broken(monkeypatch)  # type: ignore[operator]
    with pytest.raises(NotKept, match=noticed):
        fuzz(tmp_path, 60, SEED)
