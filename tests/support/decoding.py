"""Decode in children that may die: one process has the libraries loaded and forks one per file.

`Nursery` starts it (`python -m tests.support.decoding`) and gives it files; what came of each comes
back as an `Outcome`. A file that kills its child is an outcome too.
"""

import json
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from transcription.confinement import Limits, confine

ROOT = Path(__file__).parents[2]
ADDRESS_SPACE = 2 * 1024**3  # bytes; what a worker's child may have
CPU_S = 60  # of CPU, and then the kernel kills it
WARM = (ROOT / "tests" / "data" / "speech" / "en" / "seen" / "001.wav").read_bytes()


@dataclass(frozen=True)
class Outcome:
    """died: the signal or the exit code, 0 for none. error: class of the AudioError, or "".

    sentences: the error's, or those of the flaws. grown_mb: by how much the child grew.
    """

    died: int = 0
    error: str = ""
    sentences: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    rate: int = 0
    frames: int = 0
    duration_s: float = 0.0
    grown_mb: float = 0.0


class Nursery:
    """The process that forks, and the way to it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.support.decoding"]
        environment: Mapping[str, str] = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # mpg123 speaks of every frame it does not like
        )

    def decode(self, data: bytes, media_type: str, max_duration_s: float) -> Outcome:
        """What becomes of a file. Fails when the process itself is gone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        head = json.dumps([media_type, max_duration_s]).encode()
        self.process.stdin.write(struct.pack("<II", len(head), len(data)) + head + data)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the process that forks has died"
        values = json.loads(line)
        return Outcome(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    def close(self) -> int:
        """Let it end; gives its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def outcome(data: bytes, media_type: str, max_duration_s: float) -> Outcome:
    """Decode here."""
    from transcription.audio import AudioError, decode

    before = peak_mb()
    try:
        audio = decode(data, max_duration_s, media_type)
    except AudioError as error:
        found = Outcome(error=type(error).__name__, sentences=(str(error),))
    else:
        found = Outcome(
            sentences=tuple(flaw.sentence for flaw in sorted(audio.flaws)),
            flaws=tuple(sorted(audio.flaws)),
            rate=audio.rate,
            frames=int(audio.samples.size),
            duration_s=audio.duration_s,
        )
    return Outcome(**asdict(found) | {"grown_mb": peak_mb() - before})


def peak_mb() -> float:
    """The most memory this process has held, in MB (Linux counts it in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_child(data: bytes, media_type: str, max_duration_s: float) -> dict[str, Any]:
    """Fork, decode there, and wait for what comes of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        confine(Limits(CPU_S, CPU_S, ADDRESS_SPACE), {writing})
        found = outcome(data, media_type, max_duration_s)
        os.write(writing, json.dumps(asdict(found)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    values: dict[str, Any] = json.loads(answer) if code == 0 else asdict(Outcome(died=code))
    return values


def serve(given: BinaryIO, answers: BinaryIO) -> None:
    """Take files and answer each with one line of JSON, until there are no more."""
    outcome(WARM, "", 60.0)  # what is loaded for the first one is there for all
    while head := given.read(8):
        settings_bytes, data_bytes = struct.unpack("<II", head)
        media_type, max_duration_s = json.loads(given.read(settings_bytes))
        found = in_a_child(given.read(data_bytes), media_type, max_duration_s)
        answers.write(json.dumps(found).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
