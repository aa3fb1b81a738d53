"""A switch with SIP lines, an application that serves it TwiML, and SIPp for who is outside."""

import asyncio
import shutil
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from switch.calls import Call, Direction, Status
from switch.sip.config import SipConfig
from switch.sip.numbers import AllowedNumbers
from switch.sip.trunk import SipTrunk
from tests.unit.switch.conftest import Bench

SCENARIOS = Path(__file__).parent / "scenarios"
PATIENCE_S = 60.0


def free_port() -> int:
    """A UDP port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class House(Bench):
    """The switch at the speed of life, with lines to `trunk_port` (0: a free one)."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        super().__init__(speed=1.0)
        self.trunk_port = free_port()
        self._directory = directory
        self._settings = settings
        self._sipps: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> "House":
        await super().__aenter__()
        allowed = self._directory / "allowed"
        allowed.write_text("+15550100201\n+15550100202\n+15550100203\n")
        config = SipConfig(
            "127.0.0.1",
            0,
            trunk_user="hotline",
            trunk_host="127.0.0.1",
            trunk_port=self.trunk_port,
            allowed=("127.0.0.1",),
        )
        config = replace(config, **self._settings)
        self.trunk = SipTrunk(self.exchange, config, AllowedNumbers(allowed))
        await self.trunk.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        for sipp in self._sipps:
            if sipp.returncode is None:
                sipp.kill()
                await sipp.wait()
        for call in list(self.exchange.calls.values()):
            if not call.over.is_set():
                self.exchange.end(call, Status.COMPLETED, by="switch")
        await self.trunk.stop()
        await super().__aexit__(*error)

    async def sipp(self, scenario: str, *options: str, **keys: object) -> Any:
        """Start SIPp with a scenario; keys are put into its messages."""
        words = [word for key, value in keys.items() for word in ("-key", key, str(value))]
        sipp = await asyncio.create_subprocess_exec(
            str(shutil.which("sipp")),
            f"127.0.0.1:{self.trunk.port}",
            *("-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-nostdin"),
            *("-timeout", "50s", "-timeout_error", *options, *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=self._directory,
        )
        self._sipps.append(sipp)
        return sipp

    async def phones(self, count: int, rtp_port: int, *options: str) -> Any:
        """The phones at the trunk."""
        port = ("-p", str(self.trunk_port), "-m", str(count))
        return await self.sipp("phones", *port, *options, rtp_port=rtp_port)

    async def caller(self, rtp_port: int, *options: str, codec: int = 0, count: int = 1) -> Any:
        """Somebody calls the hotline."""
        where = ("-p", str(free_port()), "-m", str(count), *options)
        keys = {"from": "+15550100001", "rtp_port": rtp_port, "codec": codec}
        return await self.sipp("caller", *where, **keys)

    async def event(self, name: str, count: int = 1, **details: Any) -> dict[str, Any]:
        """The `count`th event of the journal with this name and these details, once it came."""
        async with asyncio.timeout(PATIENCE_S):
            seen = 0
            while True:
                entries = self.exchange.journal.entries
                found = [e for e in entries if e["event"] == name and details.items() <= e.items()]
                if len(found) >= count:
                    return dict(found[count - 1])
                seen = len(entries)
                await self.exchange.journal.after(seen, 1.0)

    async def inbound(self, count: int = 1) -> Call:
        """The `count`th call from outside."""
        await self.event("dialed", count, direction="inbound")
        calls = [c for c in self.exchange.calls.values() if c.direction is Direction.INBOUND]
        return calls[count - 1]


async def until(true: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None


async def ended(sipp: Any) -> None:
    """Wait for SIPp; every one of its calls must have gone as its scenario says."""
    async with asyncio.timeout(PATIENCE_S):
        error = (await sipp.communicate())[1]
    assert sipp.returncode == 0, (sipp.returncode, error.decode()[-1500:])


def run(directory: Path, check: Callable[[House], Awaitable[None]], **settings: Any) -> None:
    """Run a check in a house."""

    async def go() -> None:
        async with House(directory, **settings) as house:
            await check(house)

    asyncio.run(go())
