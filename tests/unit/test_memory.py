"""What many threads have hashed does not stay in memory."""

import subprocess
import sys

import pytest

HASHES = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from hotline import memory
from hotline.reports import codes

def resident_kb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

if "share" in sys.argv:
    memory.share_one_heap()
before = resident_kb()
with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda n: codes.hash_pin(f"{n:06}"), range(64)))
    print(resident_kb() - before)
"""


def kept_kb(*arguments: str) -> int:
    """KiB that a process with eight threads keeps after it has hashed sixty-four PINs."""
    command = [sys.executable, "-c", HASHES, *arguments]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_threads_share_one_heap() -> None:
    assert kept_kb("share") < kept_kb() / 2
