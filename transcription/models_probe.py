"""`python -m transcription.models_probe FOLDER`: load a model and let it hear a WAV from stdin.

Runs in a process of its own, because a broken model may crash the native library. Prints the words
as JSON; an error is one sentence on stderr and exit code 3.
"""

import json
import sys
from pathlib import Path

FAILED = 3


def main(folder: str) -> int:
    """Load, listen, print. Gives the exit code."""
    from transcription.audio import AudioError, decode
    from transcription.engine import Engine, ModelBroken

    try:
        audio = decode(sys.stdin.buffer.read())
        text = Engine({"heard": Path(folder)}).transcribe(audio, "heard").text
    except (ModelBroken, AudioError) as error:
        print(error, file=sys.stderr)
        return FAILED
    print(json.dumps({"text": text}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
