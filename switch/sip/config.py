"""What the process of sound is told at its start, over its wire: secrets are in no list of
processes and in no environment of another one."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class SipConfig:
    """Addresses, ports and the trunk. Times in seconds."""

    host: str
    port: int
    public: str = ""
    """The address others reach us at; empty: `host` itself."""
    trunk_user: str = ""
    trunk_host: str = ""
    """Where calls go out to; empty: none do."""
    trunk_port: int = 5060
    proxy_host: str = ""
    """Where messages to the trunk are sent; empty: to the trunk itself."""
    proxy_port: int = 5060
    password: str = field(default="", repr=False)
    register: bool = False
    expires_s: int = 300
    allowed: tuple[str, ...] = ()
    """Addresses and networks that signalling is taken from."""
    first_port: int = 16384
    last_port: int = 16783
    """Ports for sound: one even number for each call."""
    silence_s: float = 60.0
    """A call from which no sound came for so long is hung up."""
    srtp_required: bool = False
    """Whether calls whose sound is not encrypted are refused, both ways."""
    most_calls: int = 150
    """Calls at once; the next one is told to try later."""

    @property
    def address(self) -> str:
        """The address that our messages and descriptions name."""
        return self.public or self.host

    def message(self) -> dict[str, Any]:
        """For the wire."""
        return {"config": asdict(self)}

    @property
    def way_out(self) -> tuple[str, int]:
        """Where messages to the trunk are sent."""
        if self.proxy_host:
            return self.proxy_host, self.proxy_port
        return self.trunk_host, self.trunk_port

    @classmethod
    def read(cls, message: dict[str, Any]) -> Self:
        """From the wire."""
        values = dict(message["config"])
        return cls(**(values | {"allowed": tuple(values["allowed"])}))
