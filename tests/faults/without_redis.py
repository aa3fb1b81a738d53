"""A call on a hotline that has no Redis from start to end: nobody listens there, or nobody answers.

    python -m tests.faults.without_redis

Prints for each, and for a Redis that is there, how long after "your message is sent" the first
phone was asked to ring, and how long until all was at rest. Exits with 1 when an invariant did not
hold or the first ring was late.
"""

import math
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import SPEED, open_theatre
from tests.faults import truth
from tests.faults.plays import CALLS
from tests.faults.stage import Played, Stage
from tests.support.black_hole import black_hole

FIRST_RING_S = 5.0
"""Wall seconds; docs/design.md §4."""


def main() -> int:
    """Play both, print, and give the exit code."""
    with absent() as nobody, black_hole() as silent:
        lines = (("there", None), ("absent", nobody), ("black hole", silent))
        good = [told(name, url) for name, url in lines]
    return 0 if all(good) else 1


def told(name: str, redis_url: str | None) -> bool:
    """Play a call and say what came of it; whether all held."""
    played, broken = play(redis_url)
    ring_s = truth.first_ring_s(played) / SPEED
    rest_s = math.inf if played.took_s is None else played.took_s
    print(f"Redis {name}: first ring after {ring_s:.1f} s, all at rest after {rest_s:.1f} s")
    for sentence in broken:
        print(f"    {sentence}")
    return not broken and ring_s <= FIRST_RING_S


def play(redis_url: str | None) -> tuple[Played, list[str]]:
    """A caller leaves a message there (None: with the Redis that comes along); what was seen, and
    what did not hold."""
    with (
        tempfile.TemporaryDirectory(prefix="hlr") as folder,
        open_theatre(Path(folder) / "data", redis_url=redis_url) as theatre,
    ):
        stage = Stage(theatre, theatre.stack.settings.data_dir)
        played = stage.play(CALLS["message"], lambda elapsed: None)
        return played, truth.broken(played, theatre.stack.runtime)


@contextmanager
def absent() -> Iterator[str]:
    """The address of a Redis that nobody has started."""
    with tempfile.TemporaryDirectory(prefix="hlr") as folder:
        yield f"unix://{folder}/redis.sock"


if __name__ == "__main__":
    sys.exit(main())
