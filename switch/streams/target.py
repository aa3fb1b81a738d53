"""What a <Stream> says."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """Where to, which track, with which parameters, and who is told about it."""

    url: str
    name: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    status_callback: str = ""
    status_method: str = "POST"
    track: str = "inbound_track"
