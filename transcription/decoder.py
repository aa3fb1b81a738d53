"""`python -m transcription.decoder SECONDS`: decodes what a person uploaded, confined and alone.

A process of its own, started anew by exec, because the web process has threads and must not fork.
The bytes come in by standard input; what goes out is a line of JSON, then 16-bit samples.
"""

import json
import os
import subprocess
import sys

import numpy as np

from transcription.audio import (
    Audio,
    AudioError,
    Empty,
    Flaw,
    NotAudio,
    TooLong,
    decode,
    encode_wav,
)
from transcription.confinement import Limits, confine, die_with_parent

WALL_S, CPU_S = 30.0, 20
"""Starting takes a second; half a minute of sound a tenth of one."""
MEMORY_BYTES = 512 * 1024 * 1024
ERRORS = {error.__name__: error for error in (AudioError, NotAudio, Empty, TooLong)}
BROKEN = "This is not a recording that can be read."


def decoded(data: bytes, max_s: float) -> Audio:
    """The recording in the bytes. Raises NotAudio (also when the decoder died of them), Empty, or
    TooLong: longer than `max_s` seconds."""
    command = [sys.executable, "-m", "transcription.decoder", str(max_s)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=WALL_S)
    except subprocess.TimeoutExpired:
        raise NotAudio(BROKEN) from None
    line, _, samples = done.stdout.partition(b"\n")
    if done.returncode or not line:
        raise NotAudio(BROKEN)
    said = json.loads(line)
    if "error" in said:
        raise ERRORS[said["error"]](said["sentence"])
    sound = np.frombuffer(samples, np.int16)
    flaws = frozenset(Flaw(flaw) for flaw in said["flaws"])
    return Audio(sound, said["rate"], sound.size / said["rate"], flaws)


def main(max_s: float) -> int:
    """The process: decode standard input and answer."""
    die_with_parent(os.getppid())
    data = sys.stdin.buffer.read()
    out = os.dup(sys.stdout.fileno())
    decode(encode_wav(np.zeros(800, np.int16), 11025))  # all that is imported late, is imported now
    confine(Limits(WALL_S, CPU_S, MEMORY_BYTES), {out})
    try:
        answer = _answer(decode(data, max_s))
    except AudioError as error:
        said = {"error": type(error).__name__, "sentence": str(error)}
        answer = json.dumps(said).encode() + b"\n"
    left = memoryview(answer)
    while left:
        left = left[os.write(out, left) :]
    os._exit(0)  # whatever the bytes have done to this process, none of its ends runs


def _answer(audio: Audio) -> bytes:
    head = {"rate": audio.rate, "flaws": sorted(audio.flaws)}
    return json.dumps(head).encode() + b"\n" + audio.samples.tobytes()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
