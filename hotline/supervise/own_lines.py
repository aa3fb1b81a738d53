"""`hotline lines`: our own switch with its telephone lines and nothing else, for machines where the
other processes are started one by one. It is told whom it may ring, as `hotline up` tells its own.
"""

import threading
import time
from contextlib import ExitStack

from hotline.runtime import open_runtime
from hotline.settings import Settings, SettingsError
from hotline.supervise import parts
from hotline.supervise.child import Sink
from hotline.supervise.errors import StartError
from hotline.supervise.numbers import RosterNumbers, ringable
from hotline.supervise.supervisor import Supervisor
from hotline.supervise.switch_control import SwitchControl

READY_S = 30.0
LOOK_EVERY_S = 0.1


def run(settings: Settings, sink: Sink, stop: threading.Event) -> None:
    """Keep the switch running until `stop` is set. Raises SettingsError, and StartError with the
    sentence by which the switch refused."""
    if not settings.own_lines:
        raise SettingsError(
            "There are no lines of our own: set HOTLINE_SIP_LISTEN (docs/sip.md) or "
            "HOTLINE_ASTERISK_URL (docs/asterisk.md)."
        )
    if not settings.auth_tokens:
        raise SettingsError(
            "HOTLINE_TWILIO_AUTH_TOKEN is needed: set the same secret for every process."
        )
    said: list[str] = []

    def show(name: str, line: str) -> None:
        said.append(line)
        del said[:-8]
        sink(name, line)

    host, _, port = settings.lines_bind.rpartition(":")
    with ExitStack() as undo:
        runtime = open_runtime(settings)
        undo.callback(runtime.close)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        supervisor = Supervisor(settings.data_dir.resolve(), show)
        undo.callback(supervisor.stop)
        supervisor.start([parts.switch(settings, int(port), 1.0, host.strip("[]"))])
        near = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  # nosec B104 - compared
        control = SwitchControl(f"http://{near}:{port}", settings.auth_tokens[0])
        _wait(supervisor, control, said, stop)
        with RosterNumbers(lambda: ringable(runtime), control.may_ring):
            stop.wait()


def _wait(
    supervisor: Supervisor, control: SwitchControl, said: list[str], stop: threading.Event
) -> None:
    until = time.monotonic() + READY_S
    while not stop.is_set() and not control.has_lines():
        if supervisor.refused("switch") or time.monotonic() > until:
            raise StartError("\n".join(said[-1:]) or "The switch did not start.")
        time.sleep(LOOK_EVERY_S)
