"""baresip as somebody outside: a telephone program that is not ours and not SIPp, with its own RTP,
its own SRTP and its own view of SIP."""

import asyncio
import json
import shutil
import socket
from pathlib import Path
from typing import Self

import pytest

MODULES = Path("/usr/lib/baresip/modules")
"""Where Debian's package puts them."""
PATIENCE_S = 30.0


def needed() -> None:
    """Skip where it is not installed."""
    if shutil.which("baresip") is None or not (MODULES / "srtp.so").exists():
        pytest.skip("baresip is not installed (Debian: apt-get install baresip-core)")


class Softphone:
    """One telephone that says the same sound (a WAV) all the time and writes down what it hears.

    Use it as an async context manager. `transport`: of SIP. `encryption`: baresip's word, such as
    `srtp-mand`; empty: none.
    """

    def __init__(
        self,
        directory: Path,
        wav: bytes,
        encryption: str = "",
        transport: str = "udp",
        *,
        number: str = "+15550100001",
        certificate: Path | None = None,
    ) -> None:
        """`certificate`: with which it takes calls over TLS, at `tls_port`."""
        self.directory = directory
        self._control = _free(socket.SOCK_STREAM)
        port = _free(socket.SOCK_DGRAM)
        self.tls_port = port + 1
        directory.mkdir()
        (directory / "says.wav").write_bytes(wav)
        modules = ("g711", "aufile", "sndfile", "srtp")
        apps = ("account", "menu", "ctrl_tcp")
        lines = [
            f"module_path {MODULES}",
            *(f"module {name}.so" for name in modules),
            *(f"module_app {name}.so" for name in apps),
            f"ctrl_tcp_listen 127.0.0.1:{self._control}",
            f"sip_listen 127.0.0.1:{port}",
            "sip_verify_server no",
            "net_interface 127.0.0.1",
            f"audio_source aufile,{directory}/says.wav",
            f"snd_path {directory}",
            *([f"sip_certificate {certificate}"] if certificate else []),
        ]
        (directory / "config").write_text("\n".join([*lines, ""]))
        account = f"<sip:{number}@127.0.0.1:{port};transport={transport}>;regint=0"
        account += f";answermode=auto;audio_codecs=pcmu;audio_source=aufile,{directory}/says.wav"
        if encryption:
            account += f";mediaenc={encryption}"
        (directory / "accounts").write_text(account + "\n")
        (directory / "contacts").write_text("\n")
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        with (self.directory / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(shutil.which("baresip")),
                *("-f", str(self.directory)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
        async with asyncio.timeout(PATIENCE_S):
            while self._writer is None:
                try:
                    _, self._writer = await asyncio.open_connection("127.0.0.1", self._control)
                except OSError:
                    await asyncio.sleep(0.1)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def do(self, command: str, parameters: str = "") -> None:
        """One of its commands: `dial` with an address, `sndcode` with a key, `hangup`."""
        assert self._writer is not None
        text = json.dumps({"command": command, "params": parameters, "token": "t"})
        self._writer.write(f"{len(text)}:{text},".encode())
        await self._writer.drain()

    def log(self) -> str:
        """What it printed."""
        return (self.directory / "log").read_text(errors="replace")

    def dumped(self) -> int:
        """Bytes of what it heard so far that are written down."""
        return sum(file.stat().st_size for file in self.directory.glob("dump-*-dec.wav"))

    def heard(self) -> bytes:
        """The WAV of what it heard."""
        files = sorted(self.directory.glob("dump-*-dec.wav"))
        return files[-1].read_bytes() if files else b""


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
