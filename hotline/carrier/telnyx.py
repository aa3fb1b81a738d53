"""The port's Telnyx adapter: its TeXML REST interface, which is like Twilio's and not the same.

Bodies are JSON with Twilio's names, the secret is a bearer, calls have no `.json` in their address,
and a call belongs to an application. What answers become is in `hotline.carrier.rest`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import requests

from hotline.carrier.capabilities import Capabilities
from hotline.carrier.kinds import TELNYX
from hotline.carrier.port import LegState, Media, NotThere, Recording, Refused, Uncertain
from hotline.carrier.rest import (
    asked,
    code_of,
    download,
    is_remote,
    refusal,
    safe,
    seconds,
    shown_number,
)
from hotline.carrier.status import CALL_STATUS

STATUS_EVENTS: Final = "initiated ringing answered completed"
CLOCK_TOLERANCE = timedelta(seconds=5)  # between our clock and the carrier's


class TelnyxCarrier:
    """Implements `hotline.carrier.port.Carrier` over Telnyx's TeXML REST. Safe for several threads.

    `application`: the id of the TeXML application of our number. `timeout_s` bounds the connection
    and each wait for bytes.
    """

    def __init__(
        self,
        account_sid: str,
        api_key: str,
        from_number: str,
        application: str,
        api_url: str | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        self._base_url = (api_url or TELNYX.rest.base_url).rstrip("/")
        self._account = f"{self._base_url}/Accounts/{quote(account_sid, safe='')}"
        self._from_number = from_number
        self._application = application
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {api_key}"
        self._media = requests.Session()  # without the secret: sound is elsewhere
        for session in (self._session, self._media):
            session.trust_env = is_remote(self._base_url)

    @property
    def capabilities(self) -> Capabilities:
        """What Telnyx can do."""
        return TELNYX

    def place_call(self, *, to: str, url: str, status_url: str, ring_s: float) -> str:
        """Ring a phone. For how long cannot be asked for: whoever called ends the call.

        No page of theirs says that the answer has the call's id. Raises Uncertain("no_id") where it
        has none, and the call is found by `find_call`.
        """
        call = self._ask(
            "POST",
            "/Calls",
            {
                "ApplicationSid": self._application,
                "To": to,
                "From": self._from_number,
                "Url": url,
                "UrlMethod": "POST",
                "StatusCallback": status_url,
                "StatusCallbackMethod": "POST",
                "StatusCallbackEvent": STATUS_EVENTS,
            },
        )
        try:
            return _safe(str(call.get("sid") or ""))
        except Refused:
            raise Uncertain("no_id") from None

    def find_call(self, *, to: str, since: datetime, known: Sequence[str]) -> str | None:
        """The unknown call of ours to that number made nearest to `since` (5 s early at most).

        Filters on the carrier's side have the grain of a day, and a call that has not begun may be
        missing under them: finding nothing, we look once more without one.
        """
        earliest = since - CLOCK_TOLERANCE
        before = (earliest.astimezone(UTC) - timedelta(days=1)).date().isoformat()
        for filters in ({"StartTime_gt": before}, {}):
            rows = self._ask("GET", "/Calls", params={**self._ours(to), **filters}).get("calls")
            found = [
                (abs(moment - since), str(row.get("sid") or ""))
                for row in _rows(rows)
                if (moment := _made_at(row, since)) >= earliest and row.get("sid") not in known
            ]
            if found:
                return min(found)[1]
        return None

    def call_state(self, call_id: str) -> LegState:
        """What has become of a call; UNKNOWN for a status we have no word for."""
        return _state(self._call(call_id))

    def caller_number(self, call_id: str) -> str | None:
        """Who calls, E.164, while the call is live; None where the number is withheld.

        Raises NotThere when the call is over.
        """
        call = self._call(call_id)
        if _state(call) is not LegState.ANSWERED:
            raise NotThere("not_live")
        return shown_number(str(call.get("from") or ""))

    def redirect_call(self, call_id: str, url: str) -> None:
        """Make a live call fetch `url` now."""
        self._ask("POST", _of_call(call_id), {"Url": url, "Method": "POST"})

    def end_call(self, call_id: str) -> None:
        """End a call, ringing or talking; one that is over already counts as done."""
        try:
            self._ask("POST", _of_call(call_id), {"Status": "completed"})
        except Refused:
            if not self.call_state(call_id).over:
                raise

    def recordings(self, call_id: str) -> list[Recording]:
        """The recordings of a call, with their length where the carrier knows it."""
        rows = self._ask("GET", f"{_of_call(call_id)}/Recordings.json").get("recordings")
        return [
            Recording(str(row["sid"]), seconds(row.get("duration")))
            for row in _rows(rows)
            if row.get("sid")
        ]

    def fetch_recording(self, recording_id: str) -> Media:
        """The audio of a recording. Raises NotThere while it is not ready.

        Where it is, the carrier's REST interface tells; what a webhook posted is never fetched.
        """
        about = self._ask("GET", _of_recording(recording_id))
        url = str(about.get("media_url") or "")
        if about.get("status") != "completed" or not url:
            raise NotThere("not_ready")
        here = urlsplit(self._base_url)[:2]
        if urlsplit(url).scheme != "https" and urlsplit(url)[:2] != here:
            raise Refused("media_without_tls")
        return asked(lambda: download(self._media, url, self._timeout_s))

    def delete_recording(self, recording_id: str) -> None:
        """Delete a recording for good; one that is gone already counts as done."""
        try:
            self._ask("DELETE", _of_recording(recording_id))
        except NotThere:
            return

    def delete_call(self, call_id: str) -> None:
        """Raises Refused: no page of theirs says that the record of a call can be deleted."""
        raise Refused("cannot_delete")

    def send_text(self, *, line: str, to: str, body: str) -> str:
        """No texts are taken by Telnyx, and so none are sent. Raises Refused."""
        raise Refused("no_texts")

    def empty_text(self, text_id: str) -> None:
        """No texts are taken. Raises Refused."""
        raise Refused("no_texts")

    def delete_text(self, text_id: str) -> None:
        """No texts are taken. Raises Refused."""
        raise Refused("no_texts")

    def forget_text(self, text_id: str) -> None:
        """No texts are taken. Raises Refused."""
        raise Refused("no_texts")

    def close(self) -> None:
        """Close pooled connections."""
        self._session.close()
        self._media.close()

    def _call(self, call_id: str) -> dict[str, Any]:
        return self._ask("GET", _of_call(call_id))

    def _ours(self, to: str) -> dict[str, str]:
        return {"To": to, "From": self._from_number}

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Do a request. Raises CarrierError; Uncertain where the answer cannot be read."""
        return asked(lambda: self._answer(method, path, body, params))

    def _answer(
        self,
        method: str,
        path: str,
        body: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        answer = self._session.request(
            method,
            self._account + path,
            json=body,
            params=params,
            timeout=self._timeout_s,
            allow_redirects=False,
        )
        if not 200 <= answer.status_code < 300:
            raise refusal(answer.status_code, code_of(answer.status_code, answer.text))
        if answer.status_code == 204:
            return {}
        found = json.loads(answer.text)
        if not isinstance(found, dict):
            raise TypeError
        return found


def _of_call(call_id: str) -> str:
    return f"/Calls/{quote(_safe(call_id), safe='')}"


def _of_recording(recording_id: str) -> str:
    return f"/Recordings/{quote(_safe(recording_id), safe='')}.json"


def _safe(carrier_id: str) -> str:
    return safe(carrier_id, TELNYX.ids)


def _rows(found: Any) -> list[dict[str, Any]]:
    return [row for row in found or () if isinstance(row, dict)]


def _state(call: Mapping[str, Any]) -> LegState:
    return CALL_STATUS.get(str(call.get("status")), LegState.UNKNOWN)


def _made_at(call: Mapping[str, Any], otherwise: datetime) -> datetime:
    """When a call was made; one without any time is brand new, so it counts as made just then."""
    for name in ("date_created", "start_time"):
        moment = _moment(str(call.get(name) or ""))
        if moment is not None:
            return moment
    return otherwise


def _moment(text: str) -> datetime | None:
    """A moment as Twilio writes it (RFC 2822) or as ISO 8601 does; their pages do not say which."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
