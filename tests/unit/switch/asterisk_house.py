"""A switch with lines through an Asterisk of tests, and the application that serves it TwiML."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from switch.asterisk.config import AsteriskConfig
from switch.asterisk.lines import AsteriskLines
from switch.calls import Call, Direction, Status
from switch.sip.numbers import GivenNumbers
from tests.support.asterisk import PASSWORD, USER, FakeAsterisk
from tests.support.asterisk_model import Channel
from tests.unit.switch.conftest import Bench

COUNSELOR = "+15550100201"
ENDPOINT = "PJSIP/+15550100201@trunk"


class House(Bench):
    """The switch at the speed of life, beside an Asterisk; `settings` are AsteriskConfig's."""

    def __init__(
        self, pbx: FakeAsterisk | None = None, *, lost_s: float = 10.0, **settings: Any
    ) -> None:
        super().__init__(speed=1.0)
        self.pbx = pbx or FakeAsterisk()
        self._lost_s = lost_s
        self._settings = settings

    async def __aenter__(self) -> "House":
        await super().__aenter__()
        await self.pbx.__aenter__()
        numbers = GivenNumbers()
        numbers.give([COUNSELOR])
        config = AsteriskConfig(
            self.pbx.url, USER, endpoint="PJSIP/{number}@trunk", password=PASSWORD
        )
        config = replace(config, **self._settings)
        self.lines = AsteriskLines(self.exchange, config, numbers, lost_s=self._lost_s)
        await self.lines.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        for call in list(self.exchange.calls.values()):
            if not call.over.is_set():
                self.exchange.end(call, Status.COMPLETED, by="switch")
        await self.lines.stop()
        await super().__aexit__(*error)
        await self.pbx.__aexit__(*error)

    async def caller(self, number: str = "+15550100001") -> tuple[Channel, Call]:
        """Somebody calls; their channel and our call."""
        before = len(self.events("dialed"))
        channel = await self.pbx.call(number)
        await self.event("dialed", count=before + 1)
        inbound = [c for c in self.exchange.calls.values() if c.direction is Direction.INBOUND]
        return channel, inbound[-1]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for something that follows from what the Asterisk does or is asked."""
        await self.pbx.until(true)
