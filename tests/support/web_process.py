"""The real web process (`hotline web`: gunicorn) on a world's database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import requests

from hotline.supervise import ports
from tests.support.console import World

LIMIT_S = 120.0


class WebProcess:
    """A process that serves at `address`; its own clock is the real one."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> int:
        """Ask it to stop, as a supervisor does; gives its exit code. The port is free then."""
        self.process.terminate()
        return self.process.wait(timeout=LIMIT_S)

    def wait_until_ready(self) -> None:
        """Wait until it answers; an error when it has ended instead."""
        until = time.monotonic() + LIMIT_S
        while time.monotonic() < until:
            assert self.process.poll() is None, "the web process has ended"
            with suppress(requests.RequestException):
                if requests.get(f"{self.address}/health/ready", timeout=5).ok:
                    return
            time.sleep(0.05)
        raise AssertionError("the web process did not get ready")


def free_port() -> int:
    """A port that nobody has at this moment."""
    with closing(ports.listen(0)) as listener:
        return ports.port_of(listener)


@contextmanager
def running(world: World, folder: Path, port: int) -> Iterator[WebProcess]:
    """`hotline web` on the world's database, ready to answer."""
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "HOTLINE_DATA_DIR": str(folder),
        "HOTLINE_DATABASE_URL": world.database.engine.url.render_as_string(hide_password=False),
        "HOTLINE_PUBLIC_URL": address,
        "HOTLINE_CONSOLE_SECURE_COOKIES": "false",
        "HOTLINE_SECOND_FACTOR": world.runtime.settings.second_factor,
    }
    process = subprocess.Popen([sys.executable, "-m", "hotline.cli", "web"], env=environment)
    web = WebProcess(process, port)
    try:
        web.wait_until_ready()
        yield web
    finally:
        if process.poll() is None:
            web.stop()
