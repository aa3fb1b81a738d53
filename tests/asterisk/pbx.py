"""A real Asterisk with a configuration of its own, whose dialplan plays the telephones outside."""

import asyncio
import json
import shutil
import socket
import urllib.request
from pathlib import Path
from typing import Self

PASSWORD = "secret 1"
WITHIN_S = 60.0

_MODULES = """
[modules]
autoload = yes
noload = chan_sip.so
"""
_DIALPLAN = """
[caller]
; Who calls the hotline: hears for two seconds, presses 1, speaks (1004 Hz), presses #.
exten => s,1,Answer()
 same => n,Record({heard}.wav,0,2,k)
 same => n,SendDTMF(1)
 same => n,Playtones(1004/2000)
 same => n,Wait(2)
 same => n,StopPlaytones()
 same => n,SendDTMF(#)
 same => n,Wait(20)

[hotline]
exten => s,1,Stasis(hotline)
 same => n,Hangup()

[phones]
exten => +15550100201,1,Answer()
 same => n,Wait(30)
exten => +15550100202,1,Busy()
exten => +15550100203,1,Ringing()
 same => n,Wait(60)
"""


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Pbx:
    """Use it as an async context manager; `url` is that of its HTTP server."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.heard = directory / "heard"
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._configure()
        self._process = await asyncio.create_subprocess_exec(
            str(shutil.which("asterisk")),
            *("-f", "-C", str(self._directory / "asterisk.conf")),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(WITHIN_S):
            while not await asyncio.to_thread(self._answers):
                await asyncio.sleep(0.2)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.wait()

    async def call(self) -> None:
        """Somebody calls the hotline: a Local channel between the caller's dialplan and ours."""
        await asyncio.to_thread(
            self._ask,
            "channels",
            {"endpoint": "Local/s@hotline", "context": "caller", "extension": "s", "priority": 1},
        )

    def _answers(self) -> bool:
        try:
            self._ask("asterisk/info", None)
        except OSError:
            return False
        return True

    def _ask(self, path: str, body: dict[str, object] | None) -> None:
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, self.url, "hotline", PASSWORD)
        handlers = (
            urllib.request.HTTPBasicAuthHandler(known),
            urllib.request.ProxyHandler({}),
        )
        request = urllib.request.Request(  # noqa: S310 - http to this machine
            f"{self.url}/ari/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.build_opener(*handlers).open(request, timeout=5) as answer:
            answer.read()

    def _configure(self) -> None:
        places = ("run", "spool", "lib", "log", "db")
        for place in places:
            (self._directory / place).mkdir(exist_ok=True)
        here = self._directory
        files = {
            "asterisk.conf": f"[directories]\nastetcdir => {here}\nastrundir => {here}/run\n"
            f"astspooldir => {here}/spool\nastlogdir => {here}/log\nastdbdir => {here}/db\n",
            "modules.conf": _MODULES,
            "logger.conf": "[general]\n[logfiles]\n",
            "http.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={self._port}\n",
            "ari.conf": "[general]\nenabled=yes\n[hotline]\ntype=user\nread_only=no\n"
            f"password={PASSWORD}\n",
            "extensions.conf": _DIALPLAN.format(heard=self.heard),
        }
        for name, text in files.items():
            (here / name).write_text(text)
