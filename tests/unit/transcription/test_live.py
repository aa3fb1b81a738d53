"""Recognition while sound comes in: real models, real processes, real kills."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.model_zip import wideband
from transcription.audio import decode
from transcription.catalogue import find
from transcription.confinement import NICENESS
from transcription.engine import Engine
from transcription.live import CannotRecognize, Recognition, Recognizers

DATA = Path(__file__).parents[2] / "data" / "speech"
FOLDERS = {code: find(f"vosk-model-tiny-{code}") for code in ("en", "es", "ar")}
PATIENCE_S = 20.0


def pcm(language: str) -> bytes:
    """The first held-out recording of a language, as samples."""
    data = (DATA / language / "seen" / "001.wav").read_bytes()
    return decode(data).samples.astype("<i2").tobytes()


@asynccontextmanager
async def started(*languages: str) -> AsyncIterator[Recognizers]:
    folders = {code: FOLDERS[code] for code in languages or ("en",)}
    made = Recognizers(folders, memory_mb=512, most_s=300.0)
    await made.start()
    try:
        yield made
    finally:
        await made.close()


def run(test: Callable[[Recognizers], Awaitable[None]], *languages: str) -> None:
    async def whole() -> None:
        async with started(*languages) as made:
            await asyncio.wait_for(test(made), 60)

    asyncio.run(whole())


async def speak(recognition: Recognition, sound: bytes) -> None:
    """Feed it in frames of 20 ms, as fast as it goes."""
    for at in range(0, len(sound), 320):
        recognition.feed(sound[at : at + 320])
        await asyncio.sleep(0)


def children(made: Recognizers) -> list[int]:
    """Process ids of the recognizers' children."""
    return [
        int(pid) for pid in Path(f"/proc/{made.pid}/task/{made.pid}/children").read_text().split()
    ]


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not met():
            await asyncio.sleep(0.005)


def test_streams_in_three_languages_are_what_the_engine_hears() -> None:
    engine = Engine(FOLDERS)
    expected = {
        code: engine.transcribe(decode((DATA / code / "seen" / "001.wav").read_bytes()), code)
        for code in FOLDERS
    }

    async def test(made: Recognizers) -> None:
        streams = {code: await made.open(code) for code in FOLDERS}
        await asyncio.gather(*(speak(stream, pcm(code)) for code, stream in streams.items()))
        for code, stream in streams.items():
            heard = await stream.finish(PATIENCE_S)
            assert heard is not None
            assert (heard.text, heard.words) == (expected[code].text, expected[code].words)
            assert heard.duration_s == expected[code].duration_s

    run(test, *FOLDERS)


def test_a_stream_is_heard_with_a_model_for_16_khz(tmp_path: Path) -> None:
    folder = wideband(FOLDERS["en"], tmp_path / "wide")

    async def listen() -> None:
        made = Recognizers({"en": folder}, memory_mb=512, most_s=300.0)
        await made.start()
        try:
            stream = await made.open("en")
            await speak(stream, pcm("en"))
            heard = await stream.finish(PATIENCE_S)
        finally:
            await made.close()
        audio = decode((DATA / "en" / "seen" / "001.wav").read_bytes())
        assert heard is not None
        assert heard.text == Engine(FOLDERS).transcribe(audio, "en").text

    asyncio.run(asyncio.wait_for(listen(), 60))


def test_twenty_at_once_lose_nothing() -> None:
    async def test(made: Recognizers) -> None:
        streams = [await made.open("en") for _ in range(20)]
        await asyncio.gather(*(speak(stream, pcm("en")) for stream in streams))
        heard = [await stream.finish(60) for stream in streams]
        assert len({one.words for one in heard if one is not None}) == 1
        assert None not in heard
        await until(lambda: not children(made))

    run(test)


def test_recognition_stands_back_for_the_process_that_takes_the_sound() -> None:
    async def test(made: Recognizers) -> None:
        stream = await made.open("en")
        await until(lambda: len(children(made)) == 1)
        child = children(made)[0]
        ours = os.getpriority(os.PRIO_PROCESS, os.getpid())
        await until(lambda: os.getpriority(os.PRIO_PROCESS, child) == min(19, ours + NICENESS))
        await speak(stream, pcm("en"))
        assert await stream.finish(PATIENCE_S) is not None

    run(test)


def test_a_killed_child_costs_its_own_transcript() -> None:
    async def test(made: Recognizers) -> None:
        first, sound = await made.open("en"), pcm("en")
        first.feed(sound[:8000])
        await until(lambda: len(children(made)) == 1)
        os.kill(children(made)[0], signal.SIGKILL)
        await until(lambda: not children(made))
        await speak(first, sound)
        assert await first.finish(PATIENCE_S) is None
        assert first.dead
        second = await made.open("en")
        await speak(second, sound)
        assert await second.finish(PATIENCE_S) is not None

    run(test)


def test_a_child_that_hangs_is_given_up_and_ended() -> None:
    async def test(made: Recognizers) -> None:
        stream = await made.open("en")
        await until(lambda: len(children(made)) == 1)
        os.kill(children(made)[0], signal.SIGSTOP)
        await speak(stream, pcm("en"))
        assert await stream.finish(0.2) is None
        await until(lambda: not children(made))

    run(test)


def test_killed_models_are_loaded_again_for_the_next_stream() -> None:
    async def test(made: Recognizers) -> None:
        before, first, sound = made.pid, await made.open("en"), pcm("en")
        assert before is not None
        os.kill(before, signal.SIGKILL)
        os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)  # the kernel takes its time with it
        assert await first.finish(PATIENCE_S) is None
        second = await made.open("en")
        await speak(second, sound)
        heard = await second.finish(PATIENCE_S)
        assert heard is not None
        assert made.pid != before

    run(test)


def test_an_unknown_language_has_no_transcript() -> None:
    async def test(made: Recognizers) -> None:
        stream = await made.open("xx")
        stream.feed(pcm("en"))
        assert await stream.finish(PATIENCE_S) is None

    run(test)


def test_an_abandoned_stream_ends_its_child() -> None:
    async def test(made: Recognizers) -> None:
        stream = await made.open("en")
        await until(lambda: len(children(made)) == 1)
        stream.abandon()
        await until(lambda: not children(made))
        stream.feed(pcm("en"))
        assert await stream.finish(PATIENCE_S) is None

    run(test)


def test_nothing_lives_on_after_the_end() -> None:
    async def test() -> None:
        async with started() as made:
            await made.open("en")
            await until(lambda: len(children(made)) == 1)
            left = children(made)
        await until(lambda: not Path(f"/proc/{left[0]}").exists())

    asyncio.run(test())


def test_a_broken_model_is_a_sentence(tmp_path: Path) -> None:
    async def test() -> None:
        made = Recognizers({"en": tmp_path}, memory_mb=512, most_s=10)
        with pytest.raises(CannotRecognize, match="cannot be loaded"):
            await made.start()

    asyncio.run(test())
