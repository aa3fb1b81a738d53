"""The port's Twilio adapter: any host that speaks Twilio's REST, SignalWire and our switch too.

What differs between them is in `hotline.carrier.kinds`; what answers become, in
`hotline.carrier.rest`.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from twilio.http.http_client import (  # type: ignore[import-untyped, unused-ignore]
    TwilioHttpClient,
)
from twilio.rest import Client  # type: ignore[import-untyped, unused-ignore]

from hotline.carrier.capabilities import Capabilities
from hotline.carrier.kinds import TWILIO
from hotline.carrier.port import LegState, Media, NotThere, Recording, Refused, Uncertain
from hotline.carrier.rest import (
    CODE_CALL_OVER,
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

API_URL = TWILIO.rest.base_url
STATUS_EVENTS = ["initiated", "ringing", "answered", "completed"]
MAX_RING_S = 600  # Twilio's ceiling for Timeout
CLOCK_TOLERANCE = timedelta(seconds=5)  # between our clock and the carrier's
LIST_LIMIT = 100  # newest calls to one number that a look-up reads


class _QuietHttpClient(TwilioHttpClient):  # type: ignore[misc, unused-ignore]
    """The library's HTTP client without its log lines and error texts, which carry numbers."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Do a request. Raises our error for every status but 2xx, lists and single rows alike."""
        response = super().request(*args, **kwargs)
        if not 200 <= response.status_code < 300:
            raise refusal(response.status_code, code_of(response.status_code, response.text))
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Say nothing."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Say nothing."""


class TwilioCarrier:
    """Implements `hotline.carrier.port.Carrier` over Twilio's REST. Safe for several threads.

    `timeout_s` bounds the connection and each wait for bytes; the library's own is for ever.
    `can`: what the carrier at `api_url` can do, and how it is asked.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_number: str,
        api_url: str | None = None,
        timeout_s: float = 10.0,
        can: Capabilities = TWILIO,
    ) -> None:
        self._can = can
        self._account_sid = account_sid
        self._from_number = from_number
        self._base_url = (api_url or can.rest.base_url or API_URL).rstrip("/")
        self._timeout_s = timeout_s
        self._client = open_client(account_sid, auth_token, self._base_url, timeout_s)
        self._media = requests.Session()
        self._media.auth = (account_sid, auth_token)
        self._media.trust_env = is_remote(self._base_url)

    @property
    def capabilities(self) -> Capabilities:
        """What the carrier can do."""
        return self._can

    def place_call(self, *, to: str, url: str, status_url: str, ring_s: float) -> str:
        """Ring a phone for `ring_s` seconds (rounded up, 1–600; the carrier may add 5).

        A carrier that cannot be asked for a time rings on until the call is ended.
        """
        more: dict[str, Any] = {}
        if self._can.rest.events:
            more["status_callback_event"] = STATUS_EVENTS
        if self._can.rest.ring_limit:
            more["timeout"] = min(max(math.ceil(ring_s), 1), MAX_RING_S)
        call = asked(
            lambda: self._client.calls.create(
                to=to,
                from_=self._from_number,
                url=url,
                method="POST",
                status_callback=status_url,
                status_callback_method="POST",
                **more,
            )
        )
        try:
            return self._safe(str(call.sid or ""))
        except Refused:
            raise Uncertain("no_id") from None

    def find_call(self, *, to: str, since: datetime, known: Sequence[str]) -> str | None:
        """The unknown call of ours to that number made nearest to `since` (5 s early at most).

        Filters on the carrier's side have the grain of a day, so the moment is compared here. A
        call still in the carrier's queue has no start time and may be missing from a list filtered
        by it: finding nothing, we look at the newest calls unfiltered before we say there is none.
        The carrier's lists lag behind; a None soon after `since` is worth asking again.
        """
        earliest = since - CLOCK_TOLERANCE
        day = earliest.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if not self._can.rest.lists_calls:
            return None
        for filters in ({"start_time_after": day}, {}):
            calls = self._list_calls(to, filters)
            found = [
                (abs(moment - since), call.sid)
                for call in calls
                if (moment := _made_at(call, since)) >= earliest and call.sid not in known
            ]
            if found:
                return str(min(found)[1])
        return None

    def call_state(self, call_id: str) -> LegState:
        """What has become of a call; UNKNOWN for a status we have no word for."""
        call = asked(lambda: self._client.calls(self._safe(call_id)).fetch())
        return CALL_STATUS.get(str(call.status), LegState.UNKNOWN)

    def caller_number(self, call_id: str) -> str | None:
        """Who calls, E.164, while the call is live; None where the number is withheld.

        Raises NotThere when the call is over, also where the carrier still has its record.
        """
        call = asked(lambda: self._client.calls(self._safe(call_id)).fetch())
        if CALL_STATUS.get(str(call.status), LegState.UNKNOWN) is not LegState.ANSWERED:
            raise NotThere("not_live")
        # the library has no public name for it
        return shown_number(str(getattr(call, "_from", None) or ""))

    def redirect_call(self, call_id: str, url: str) -> None:
        """Make a live call fetch `url` now. Raises Refused("21220") when it is over."""
        asked(lambda: self._client.calls(self._safe(call_id)).update(url=url, method="POST"))

    def end_call(self, call_id: str) -> None:
        """End a call, ringing or talking; one that is over already counts as done."""
        try:
            asked(lambda: self._client.calls(self._safe(call_id)).update(status="completed"))
        except Refused as error:
            if error.code != CODE_CALL_OVER:
                raise

    def recordings(self, call_id: str) -> list[Recording]:
        """The recordings of a call, with their length where the carrier knows it."""
        rows = asked(
            lambda: self._client.calls(self._safe(call_id)).recordings.list(limit=LIST_LIMIT)
        )
        return [Recording(row.sid, seconds(row.duration)) for row in rows]

    def fetch_recording(self, recording_id: str) -> Media:
        """The audio of a recording. Raises NotThere while it is not ready.

        The URL is built here from account and id; what a webhook posted is never fetched.
        """
        path = f"/2010-04-01/Accounts/{self._account_sid}/Recordings/{self._safe(recording_id)}.wav"
        return asked(lambda: download(self._media, self._base_url + path, self._timeout_s))

    def delete_recording(self, recording_id: str) -> None:
        """Delete a recording for good; one that is gone already counts as done."""
        if not self._can.delete_recording:
            raise Refused("cannot_delete")
        try:
            asked(lambda: self._client.recordings(self._safe(recording_id)).delete())
        except NotThere:
            return

    def delete_call(self, call_id: str) -> None:
        """Delete the record of a call that is over; one that is gone already counts as done."""
        if not self._can.delete_call:
            raise Refused("cannot_delete")
        try:
            asked(lambda: self._client.calls(self._safe(call_id)).delete())
        except NotThere:
            return

    def send_text(self, *, line: str, to: str, body: str) -> str:
        """Send a text from a line of ours; long ones go in several pieces."""
        made = asked(lambda: self._client.messages.create(to=to, from_=line, body=body))
        try:
            return self._safe(str(made.sid or ""))
        except Refused:
            raise Uncertain("no_id") from None

    def empty_text(self, text_id: str) -> None:
        """Delete what a text says; one that is gone already counts as done."""
        try:
            asked(lambda: self._client.messages(self._safe(text_id)).update(body=""))
        except NotThere:
            return

    def delete_text(self, text_id: str) -> None:
        """Delete a text and its pictures; one that is gone already counts as done."""
        try:
            asked(lambda: self._client.messages(self._safe(text_id)).delete())
        except NotThere:
            return

    def forget_text(self, text_id: str) -> None:
        """Delete the newest 100 texts that were sent to whoever wrote this one, from the line it
        came to; then the text itself. Who wrote it is known there, and not kept here."""
        try:
            text = asked(lambda: self._client.messages(self._safe(text_id)).fetch())
        except NotThere:
            return
        for sent in self._sent(str(text.from_ or ""), str(text.to or "")):
            self.delete_text(sent)
        self.delete_text(text_id)

    def _sent(self, to: str, line: str) -> list[str]:
        """Ids of what was sent; none where the carrier does not say to whom."""
        if not to or not line:
            return []
        rows = asked(lambda: self._client.messages.list(to=to, from_=line, limit=LIST_LIMIT))
        return [str(row.sid) for row in rows]

    def close(self) -> None:
        """Close pooled connections."""
        self._media.close()
        self._client.http_client.session.close()

    def _safe(self, carrier_id: str) -> str:
        return safe(carrier_id, self._can.ids)

    def _list_calls(self, to: str, filters: dict[str, datetime]) -> list[Any]:
        calls: list[Any] = asked(
            lambda: self._client.calls.list(
                to=to, from_=self._from_number, limit=LIST_LIMIT, page_size=LIST_LIMIT, **filters
            )
        )
        return calls


def open_client(account_sid: str, auth_token: str, base_url: str, timeout_s: float) -> Client:
    """The library's client for one account, quiet, at any host that speaks Twilio's REST."""
    http = _QuietHttpClient(timeout=timeout_s)
    http.session.trust_env = is_remote(base_url)
    # A non-empty mapping: otherwise the library reads TWILIO_EDGE and others from the environment
    # and bends the host name by them.
    client = Client(account_sid, auth_token, http_client=http, environment={"HOTLINE": "1"})
    client.api.base_url = base_url
    return client


def _made_at(call: Any, otherwise: datetime) -> datetime:
    """When a call was made; one without any time is brand new, so it counts as made just then."""
    for moment in (call.date_created, call.start_time):
        if isinstance(moment, datetime):
            return moment
    return otherwise
