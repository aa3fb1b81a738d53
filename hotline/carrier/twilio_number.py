"""What a number of ours does at Twilio when it is called: read, and changed where it is wrong.

Used by `hotline setup twilio` alone; no call ever waits for this.
"""

from dataclasses import dataclass
from typing import Final

from hotline.carrier.port import NotThere, Uncertain
from hotline.carrier.rest import asked
from hotline.carrier.twilio import API_URL, open_client

TIMEOUT_S = 20.0
POST: Final = "POST"


@dataclass(frozen=True)
class Wiring:
    """The addresses that Twilio asks about a number's calls, each with its method.

    voice_url: what to do with a call. voice_fallback_url: the same when that fails; empty for none.
    status_callback: told when a call is over.
    """

    voice_url: str
    voice_method: str
    voice_fallback_url: str
    voice_fallback_method: str
    status_callback: str
    status_callback_method: str


@dataclass(frozen=True)
class OwnNumber:
    """A number of the account. application: calls are led by a TwiML app or a trunk instead."""

    id: str
    wiring: Wiring
    application: bool


class TwilioNumbers:
    """The numbers of one account."""

    def __init__(self, account_sid: str, auth_token: str, api_url: str | None = None) -> None:
        base_url = (api_url or API_URL).rstrip("/")
        self._client = open_client(account_sid, auth_token, base_url, TIMEOUT_S)

    def find(self, number: str) -> OwnNumber:
        """The number, E.164. Raises NotThere when it is not the account's, and CarrierError."""
        rows = asked(
            lambda: self._client.incoming_phone_numbers.list(phone_number=number, limit=20)
        )
        for row in rows:
            if row.phone_number == number:
                return OwnNumber(
                    str(row.sid), _wiring(row), bool(row.voice_application_sid or row.trunk_sid)
                )
        raise NotThere("no_such_number")

    def change(self, number_id: str, wanted: Wiring) -> None:
        """Set the addresses. Raises CarrierError; Uncertain where they are not what was asked."""
        number = self._client.incoming_phone_numbers(number_id)
        row = asked(
            lambda: number.update(
                voice_url=wanted.voice_url,
                voice_method=wanted.voice_method,
                voice_fallback_url=wanted.voice_fallback_url,
                voice_fallback_method=wanted.voice_fallback_method,
                status_callback=wanted.status_callback,
                status_callback_method=wanted.status_callback_method,
            )
        )
        if _wiring(row) != wanted:
            raise Uncertain("not_set")


def _wiring(row: object) -> Wiring:
    def text(name: str) -> str:
        return str(getattr(row, name, None) or "")

    return Wiring(
        *(text("voice_url"), text("voice_method"), text("voice_fallback_url")),
        *(text("voice_fallback_method"), text("status_callback"), text("status_callback_method")),
    )
