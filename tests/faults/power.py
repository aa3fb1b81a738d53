"""What a power cut would find on the disk whenever a caller is told something.

    python -m tests.faults.power DATA_DIR

A hotline that starts on an empty folder takes a message; whenever an answer would leave the
process, `TOLD` is written to standard output. `at_risk` reads, from what strace saw of it, what had
not reached the disk then.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from hotline.database.migrations import upgrade
from hotline.reports import intake
from hotline.reports.model import Call, MessageKind
from hotline.runtime import open_runtime
from hotline.settings import Settings

TOLD = "told"
CALLS = "write,pwrite64,fsync,fdatasync,link,linkat,rename,renameat,renameat2"
_CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<given>.*)$")
_OPEN_FILE = re.compile(r"^\d+<(?P<path>[^>]*)>")
_NAMES = re.compile(r'"(?P<path>[^"]*)"')
_NOT_KEPT = ("-shm", ".lock")
"""An index that SQLite makes anew, and what means something to living processes alone."""


def main(data_dir: Path) -> None:
    """Take a message."""
    given = {"data_dir": data_dir, "twilio_auth_token": "0123456789abcdef0123456789abcdef"}
    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    data_dir.mkdir(mode=0o700)
    upgrade(settings.database)
    runtime = open_runtime(settings)
    _tell()  # from here on the key ring may be used
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA0", runtime.clock())
        message = intake.begin_message(
            session, runtime.vault, call, MessageKind.MESSAGE, runtime.clock()
        )
    _tell()
    with runtime.database.transaction() as session:
        intake.recording_ended(session, message.id, runtime.clock())
    _tell()
    with runtime.database.transaction() as session:
        call = session.get_one(Call, call.id)
        intake.send(session, runtime.vault, call, runtime.clock(), 0.0)
    _tell()


def _tell() -> None:
    os.write(1, TOLD.encode())


def at_risk(trace: Iterable[str], folder: Path) -> Iterator[set[str]]:
    """For each time that something was told: files of the folder (and the folder itself, for a new
    name in it) whose bytes might not have reached the disk yet."""
    unsafe: set[str] = set()
    for line in trace:
        call = _CALL.match(line)
        if call is None or " = -1 " in line:
            continue
        name, given = call["name"], call["given"]
        opened = _OPEN_FILE.match(given)
        path = opened["path"] if opened else ""
        if name == "write" and given.startswith("1<") and f'"{TOLD}"' in given:
            yield set(unsafe)
        elif name in ("write", "pwrite64") and path.startswith(f"{folder}/"):
            unsafe |= {path} if not path.endswith(_NOT_KEPT) else set()
        elif name in ("fsync", "fdatasync"):
            unsafe.discard(path)
        elif name.startswith(("link", "rename")):
            target = _NAMES.findall(given)[-1]
            unsafe |= {str(Path(target).parent)} if target.startswith(f"{folder}/") else set()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
