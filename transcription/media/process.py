"""`hotline media`: the process that takes callers' sound in while they speak."""

import asyncio
import signal

from hotline.context import Runtime
from hotline.reports.triage import Rules
from transcription import catalogue
from transcription.live import Recognizers
from transcription.media.house import House
from transcription.media.journal import Journal
from transcription.media.server import serving

MOST_S = 15 * 60.0
"""More than the longest message; no recognizer may compute for longer than such a one takes."""


def run(runtime: Runtime) -> None:
    """Serve HOTLINE_MEDIA_BIND until SIGTERM. Raises ModelMissing, CannotRecognize, OSError."""
    asyncio.run(_run(runtime))


async def _run(runtime: Runtime) -> None:
    house = await open_house(runtime)
    host, _, port = runtime.settings.media_bind.rpartition(":")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with serving(house, host.strip("[]"), int(port)):
            await stop.wait()
    finally:
        await house.recognizers.close()


async def open_house(runtime: Runtime) -> House:
    """Load models and rules of all languages. Raises ModelMissing, CannotRecognize."""
    settings = runtime.settings
    chosen = catalogue.choose_all(runtime.languages, settings.models_folder)
    catalogue.warn(chosen.values())
    folders = {code: one.folder for code, one in chosen.items()}
    memory_mb = settings.transcribe_memory_mb
    recognizers = Recognizers(folders, memory_mb=memory_mb, most_s=MOST_S)
    await recognizers.start()
    rules = {code: Rules.parse(lang.triage) for code, lang in runtime.languages.items()}
    return House(runtime, recognizers, Journal(runtime), rules)
