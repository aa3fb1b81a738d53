"""What a scripted phone will say, made ready before its turn comes."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from switch.audio import to_ulaw


class Repertoire:
    """Sound files, read and converted from the moment a call begins.

    Telephone time goes on while a file is read, up to many times faster than the clock on the wall:
    were it read only when the words are due, a busy machine would put seconds of silence before
    them, and a hotline that ends a recording by silence would not hear them at all.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        """Nothing is read before `begin`."""
        self._files = frozenset(files)
        self._sounds: dict[Path, asyncio.Task[bytes]] = {}

    def begin(self) -> None:
        """Read all of them, in the background."""
        for path in self._files:
            task = asyncio.create_task(_read(path))
            task.add_done_callback(_seen)
            self._sounds[path] = task

    async def sound(self, path: Path) -> bytes:
        """The µ-law of one of them. Raises OSError or NotAudioError."""
        return await asyncio.shield(self._sounds[path])

    def stop(self) -> None:
        """Read no further: the call is over."""
        for task in self._sounds.values():
            task.cancel()


async def _read(path: Path) -> bytes:
    data = await asyncio.to_thread(path.read_bytes)
    return await asyncio.to_thread(to_ulaw, data)


def _seen(task: asyncio.Task[bytes]) -> None:
    """A file that cannot be said is told of when it is due, and not by the event loop."""
    if not task.cancelled():
        task.exception()
