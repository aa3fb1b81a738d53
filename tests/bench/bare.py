"""Nothing but Vosk: CPU milliseconds that `vosk.KaldiRecognizer` takes for samples in a file.

A process of its own, so that nothing of ours lies in its memory. It is fed as in Vosk's examples
(`python/example/test_simple.py`): 4000 samples at a time, with words. The model is loaded and the
recognizer has run once before the measuring begins. Printed as JSON, one number a round.

    python -m tests.bench.bare MODEL_FOLDER PCM_FILE ROUNDS [paced]

paced: each piece comes when it has been spoken, as in a stream, a quarter of a second at a time.
"""

import json
import sys
import time
from pathlib import Path

import vosk

BLOCK, PACED_BLOCK = 4000, 2000
RATE = 8000


def recognize(model: object, data: bytes, block: int, pace: bool) -> float:
    """CPU milliseconds for 16-bit samples at 8 kHz."""
    before, began = time.process_time(), time.monotonic()
    recognizer = vosk.KaldiRecognizer(model, RATE)
    recognizer.SetWords(True)
    for at in range(0, len(data), 2 * block):
        if pace:
            spoken_at = began + (at / 2 + block) / RATE
            time.sleep(max(0.0, spoken_at - time.monotonic()))
        if recognizer.AcceptWaveform(data[at : at + 2 * block]):
            recognizer.Result()
    recognizer.FinalResult()
    return (time.process_time() - before) * 1000


def main() -> None:
    """Measure and print."""
    vosk.SetLogLevel(-2)
    folder, file, rounds, *more = sys.argv[1:]
    model, data = vosk.Model(folder), Path(file).read_bytes()
    recognize(model, data[: 10 * 2 * RATE], BLOCK, pace=False)
    block = PACED_BLOCK if more else BLOCK
    found = [recognize(model, data, block, pace=bool(more)) for _ in range(int(rounds))]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
