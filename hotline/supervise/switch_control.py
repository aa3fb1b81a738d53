"""The control interface of our own switch: register phones, let one dial, read the journal.

The switch is another program; it is only ever spoken to over HTTP.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

TIMEOUT_S = 10.0


class SwitchControl:
    """A client of one switch."""

    def __init__(self, url: str, token: str) -> None:
        """`url` without a path; `token` is the account's auth token."""
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def answers(self) -> bool:
        """Whether the switch is there."""
        try:
            return self._session.get(f"{self.url}/control/faults", timeout=2.0).ok
        except requests.RequestException:
            return False

    def register(self, number: str, script: dict[str, Any]) -> None:
        """Add a phone or give it another script. Raises requests.HTTPError for a bad script."""
        self._ask("PUT", f"phones/{number}", script)

    def about(self, number: str, **known: str) -> None:
        """Let the network tell of a caller's phone what Twilio does (`FromCity`, `CallerName`)."""
        self._ask("PUT", f"phones/{number}/about", known)

    def furnish(
        self, people: list[dict[str, str]], utterances: list[dict[str, str]], home: str
    ) -> str:
        """Let these people's phones live in browsers; gives the address that opens them all.

        people: number, name, role (`caller` or `responder`); utterances: text, language, file.
        """
        room = {"people": people, "utterances": utterances, "home": home}
        return str(self._ask("PUT", "room", room)["url"])

    def attach(self) -> None:
        """Phones that a script answered meanwhile live in browsers again."""
        self._ask("POST", "room/attach", {})

    def dial(self, from_number: str, to_number: str) -> str:
        """Let a phone dial the hotline; gives the call's id."""
        answer = self._ask("POST", "calls", {"from": from_number, "to": to_number})
        return str(answer["call_sid"])

    def journal(self, after: int, wait_s: float) -> tuple[list[dict[str, Any]], int]:
        """Events numbered above `after`, and the number to ask with next."""
        answer = self._ask("GET", f"journal?after={after}&wait={wait_s}")
        return answer["events"], int(answer["next"])

    def heard(self, number: str) -> bytes:
        """What a phone heard on its last call, as WAV."""
        return self._get(f"phones/{number}/heard.wav")

    def write_text(self, number: str, body: str, pictures: int = 0) -> str:
        """Let a phone write a text to the hotline; gives its id once it is answered."""
        sent = self._ask("POST", f"phones/{number}/texts", {"body": body, "pictures": pictures})
        return str(sent["message_sid"])

    def texts(self, number: str) -> list[str]:
        """The texts that a phone has got, oldest first."""
        return list(self._ask("GET", f"phones/{number}/texts")["texts"])

    def legs(self) -> list[dict[str, Any]]:
        """Every leg of every call, oldest first."""
        return list(self._ask("GET", "calls")["calls"])

    def hang_up(self, call_sid: str) -> None:
        """The phone at the far end hangs up now."""
        self._ask("POST", f"calls/{call_sid}/hangup", {})

    def speed(self, factor: float) -> None:
        """Let the telephone run so many times faster than life."""
        self._ask("PUT", "speed", {"speed": factor})

    def sip_port(self) -> int:
        """Where its SIP lines take calls; 0: there are none, or not yet."""
        return int(self._ask("GET", "lines")["sip_port"])

    def has_lines(self) -> bool:
        """Whether it is there, and its lines to telephones outside were begun."""
        try:
            return "kind" in self._ask("GET", "lines")
        except requests.RequestException:
            return False

    def may_ring(self, numbers: Iterable[str]) -> None:
        """Let its lines ring these numbers, and no others any more."""
        self._ask("PUT", "lines/numbers", {"numbers": list(numbers)})

    def faults(self, **faults: str) -> None:
        """Set faults, such as `recording_callback="drop"`."""
        self._ask("PUT", "faults", faults)

    def save_heard(self, number: str, path: Path) -> None:
        """Write what a phone heard to a file."""
        path.write_bytes(self.heard(number))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = f"{self.url}/control/{path}"
        answer = self._session.request(method, url, json=body, timeout=TIMEOUT_S + 10.0)
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result

    def _get(self, path: str) -> bytes:
        answer = self._session.get(f"{self.url}/control/{path}", timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.content
