"""Nothing but Vosk: CPU milliseconds that `vosk.KaldiRecognizer` takes for samples in a file.

A process of its own, so that nothing of ours lies in its memory. It is fed as in Vosk's examples
(`python/example/test_simple.py`): 4000 samples at a time, with words. The model is loaded and the
recognizer has run once before the measuring begins. Printed as JSON, one number a round. RATE: Hz
of the samples in the file, which must be the model's own.

    python -m tests.bench.bare MODEL_FOLDER PCM_FILE RATE ROUNDS [paced]

paced: each piece comes when it has been spoken, as in a stream, a quarter of a second at a time.
"""

import json
import sys
import time
from pathlib import Path

import vosk

BLOCK = 4000
PACED_S = 0.25


def recognize(model: object, data: bytes, rate: int, block: int, pace: bool) -> float:
    """CPU milliseconds for 16-bit samples at `rate` Hz."""
    before, began = time.process_time(), time.monotonic()
    recognizer = vosk.KaldiRecognizer(model, rate)
    recognizer.SetWords(True)
    for at in range(0, len(data), 2 * block):
        if pace:
            spoken_at = began + (at / 2 + block) / rate
            time.sleep(max(0.0, spoken_at - time.monotonic()))
        if recognizer.AcceptWaveform(data[at : at + 2 * block]):
            recognizer.Result()
    recognizer.FinalResult()
    return (time.process_time() - before) * 1000


def main() -> None:
    """Measure and print."""
    vosk.SetLogLevel(-2)
    folder, file, rate, rounds, *more = sys.argv[1:]
    model, data, hz = vosk.Model(folder), Path(file).read_bytes(), int(rate)
    recognize(model, data[: 10 * 2 * hz], hz, BLOCK, pace=False)
    block = int(PACED_S * hz) if more else BLOCK
    found = [recognize(model, data, hz, block, pace=bool(more)) for _ in range(int(rounds))]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
