"""What several settings have in common."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine."""


def listed(value: str) -> list[str]:
    """The parts of a value that are separated by commas, without empty ones."""
    return [part.strip() for part in value.split(",") if part.strip()]


def host_and_port(value: str) -> str:
    """The value, if it says where to listen. Raises ValueError."""
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("must be host:port, 127.0.0.1:8081 for example")
    return value


def zone(value: str) -> str:
    """The value, if it is the name of a time zone. Raises ValueError."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone, America/Chicago for example") from None
    return value
