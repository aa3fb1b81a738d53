"""What several settings have in common."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine."""


def listed(value: str) -> list[str]:
    """The parts of a value that are separated by commas, without empty ones."""
    return [part.strip() for part in value.split(",") if part.strip()]
