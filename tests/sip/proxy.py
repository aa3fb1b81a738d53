"""Kamailio with the configuration that comes along, on ports of its own, and a certificate."""

import asyncio
import re
import shutil
import socket
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DEPLOY = Path(__file__).parents[2] / "deploy" / "kamailio"
PATIENCE_S = 30.0


def needed() -> str:
    """The program; skip where it is not installed."""
    program = shutil.which("kamailio") or "/usr/sbin/kamailio"
    module = list(Path("/usr/lib").glob("*/kamailio/modules/tls.so"))
    if not Path(program).exists() or not module:
        pytest.skip("Kamailio is not installed (Debian: kamailio kamailio-tls-modules)")
    return program


def certificate(directory: Path) -> Path:
    """A key and a certificate for 127.0.0.1, signed by itself, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = directory / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class Proxy:
    """Use it as an async context manager. `settings` replace those at the top of the file."""

    def __init__(self, directory: Path, authority: Path, **settings: object) -> None:
        directory.mkdir()
        self.directory = directory
        tls = (DEPLOY / "tls.cfg").read_text()
        for name, path in (
            ("private_key", authority),
            ("certificate", authority),
            ("ca_list", authority),
        ):
            tls, count = re.subn(rf"^{name} = .*$", f"{name} = {path}", tls, flags=re.MULTILINE)
            assert count == 1, name
        (directory / "tls.cfg").write_text(tls)
        text = (DEPLOY / "kamailio.cfg").read_text()
        settings |= {"TLS_SETTINGS": directory / "tls.cfg"}
        for name, value in settings.items():
            text, count = re.subn(rf'"!{name}![^!]+!g"', f'"!{name}!{value}!g"', text)
            assert count == 1, name
        self.file = directory / "kamailio.cfg"
        self.file.write_text(text)
        self.port = int(str(settings.get("OUTSIDE_PORT", 5061)))
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        with (self.directory / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                needed(),
                *("-f", str(self.file), "-DD", "-E", "-m", "64", "-M", "8"),
                *("-Y", str(self.directory), "-P", str(self.directory / "pid")),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
        async with asyncio.timeout(PATIENCE_S):
            while not self._listens():
                assert self._process.returncode is None, self.log()[-1500:]
                await asyncio.sleep(0.1)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    def log(self) -> str:
        """What it said."""
        return (self.directory / "log").read_text(errors="replace")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
