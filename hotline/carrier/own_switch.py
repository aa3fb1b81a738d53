"""Our own switch, asked over HTTP how its telephone lines are.

Where it is stands in a file of the data directory while `hotline up` runs it, and among the
settings of the parts that `hotline up` starts, or that a compose file does.
"""

from pathlib import Path
from typing import Any

import requests

from hotline.settings import Settings

SWITCH_FILE = "run/switch.url"
"""In the data directory while our own switch runs: where it is."""
TOKEN_FILE = "carrier-token"  # noqa: S105 - a file's name
"""In the data directory: the secret between us and our own switch, unless a setting has it."""
TIMEOUT_S = 2.0


def lines(settings: Settings) -> dict[str, Any] | None:
    """How its lines are: `kind`, `state`, `code`, `since_s` and, of an Asterisk, `lacks`; None
    where no switch answers."""
    url = settings.twilio_api_url or _read(settings.data_dir / SWITCH_FILE)
    tokens = settings.auth_tokens
    token = tokens[0] if tokens else _read(settings.data_dir / TOKEN_FILE)
    if not url or not token:
        return None
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(
                f"{url}/control/lines",
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
            told = answer.json() if answer.ok else None
    except (requests.RequestException, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
