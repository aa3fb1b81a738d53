"""The port's Twilio adapter: any host that speaks Twilio's REST, our switch included.

Nothing a carrier answers leaves this file as text: errors become a class of the port and a code, so
no number can reach a log by way of an exception (its text, its URL or its cause).
"""

import json
import math
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped, unused-ignore]
from twilio.http.http_client import (  # type: ignore[import-untyped, unused-ignore]
    TwilioHttpClient,
)
from twilio.rest import Client  # type: ignore[import-untyped, unused-ignore]
from urllib3.exceptions import NewConnectionError

from hotline.carrier.port import (
    Busy,
    Capabilities,
    CarrierError,
    LegState,
    Media,
    NotThere,
    Recording,
    Refused,
    Uncertain,
)
from hotline.carrier.status import CALL_STATUS

T = TypeVar("T")

API_URL = "https://api.twilio.com"
STATUS_EVENTS = ["initiated", "ringing", "answered", "completed"]
MAX_RING_S = 600  # Twilio's ceiling for Timeout
CLOCK_TOLERANCE = timedelta(seconds=5)  # between our clock and the carrier's
LIST_LIMIT = 100  # newest calls to one number that a look-up reads
MAX_MEDIA_BYTES = 64 * 1024 * 1024  # over an hour of 8 kHz 16-bit sound
MEDIA_TOTAL_S = 60.0  # a recording that drips slower than this is tried again later
MAX_REDIRECTS = 3
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# What Twilio gives for a number that is withheld: RESTRICTED, BLOCKED, UNKNOWN, ANONYMOUS and
# UNAVAILABLE, spelled on the keys of a telephone.
WITHHELD: Final = ("+7378742833", "+2562533", "+8656696", "+266696687", "+86282452253")
_CHUNK = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9_-]{2,64}")  # opaque, but safe inside a URL (Twilio, UUID, …)

CODE_BUSY: Final = "20429"
CODE_NOT_THERE: Final = "20404"
CODE_CALL_OVER: Final = "21220"
CODE_NOT_FINAL: Final = "20009"  # a recording cannot be deleted before it is complete


class _QuietHttpClient(TwilioHttpClient):  # type: ignore[misc, unused-ignore]
    """The library's HTTP client without its log lines and error texts, which carry numbers."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Do a request. Raises our error for every status but 2xx, lists and single rows alike."""
        response = super().request(*args, **kwargs)
        if not 200 <= response.status_code < 300:
            raise _refusal(response.status_code, _code(response.status_code, response.text))
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Say nothing."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Say nothing."""


class TwilioCarrier:
    """Implements `hotline.carrier.port.Carrier` over Twilio's REST. Safe for several threads.

    `timeout_s` bounds the connection and each wait for bytes; the library's own is for ever.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_number: str,
        api_url: str | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        self._account_sid = account_sid
        self._from_number = from_number
        self._base_url = (api_url or API_URL).rstrip("/")
        self._timeout_s = timeout_s
        self._client = open_client(account_sid, auth_token, self._base_url, timeout_s)
        self._media = requests.Session()
        self._media.auth = (account_sid, auth_token)
        self._media.trust_env = _is_remote(self._base_url)

    @property
    def capabilities(self) -> Capabilities:
        """Conference, whisper and deletion of recordings; no streams."""
        return Capabilities(stream=True)

    def place_call(self, *, to: str, url: str, status_url: str, ring_s: float) -> str:
        """Ring a phone for `ring_s` seconds (rounded up, 1–600; the carrier may add 5)."""
        call = asked(
            lambda: self._client.calls.create(
                to=to,
                from_=self._from_number,
                url=url,
                method="POST",
                status_callback=status_url,
                status_callback_method="POST",
                status_callback_event=STATUS_EVENTS,
                timeout=min(max(math.ceil(ring_s), 1), MAX_RING_S),
            )
        )
        if not isinstance(call.sid, str) or not _ID.fullmatch(call.sid):
            raise Uncertain("no_id")
        return call.sid

    def find_call(self, *, to: str, since: datetime, known: Sequence[str]) -> str | None:
        """The unknown call of ours to that number made nearest to `since` (5 s early at most).

        Filters on the carrier's side have the grain of a day, so the moment is compared here. A
        call still in the carrier's queue has no start time and may be missing from a list filtered
        by it: finding nothing, we look at the newest calls unfiltered before we say there is none.
        The carrier's lists lag behind; a None soon after `since` is worth asking again.
        """
        earliest = since - CLOCK_TOLERANCE
        day = earliest.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
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
        call = asked(lambda: self._client.calls(_safe(call_id)).fetch())
        return CALL_STATUS.get(str(call.status), LegState.UNKNOWN)

    def caller_number(self, call_id: str) -> str | None:
        """Who calls, E.164, while the call is live; None where the number is withheld.

        Raises NotThere when the call is over, also where the carrier still has its record.
        """
        call = asked(lambda: self._client.calls(_safe(call_id)).fetch())
        if CALL_STATUS.get(str(call.status), LegState.UNKNOWN) is not LegState.ANSWERED:
            raise NotThere("not_live")
        number = str(getattr(call, "_from", None) or "")  # the library has no public name for it
        return number if _E164.fullmatch(number) and number not in WITHHELD else None

    def redirect_call(self, call_id: str, url: str) -> None:
        """Make a live call fetch `url` now. Raises Refused("21220") when it is over."""
        asked(lambda: self._client.calls(_safe(call_id)).update(url=url, method="POST"))

    def end_call(self, call_id: str) -> None:
        """End a call, ringing or talking; one that is over already counts as done."""
        try:
            asked(lambda: self._client.calls(_safe(call_id)).update(status="completed"))
        except Refused as error:
            if error.code != CODE_CALL_OVER:
                raise

    def recordings(self, call_id: str) -> list[Recording]:
        """The recordings of a call, with their length where the carrier knows it."""
        rows = asked(lambda: self._client.calls(_safe(call_id)).recordings.list(limit=LIST_LIMIT))
        return [Recording(row.sid, _seconds(row.duration)) for row in rows]

    def fetch_recording(self, recording_id: str) -> Media:
        """The audio of a recording. Raises NotThere while it is not ready.

        The URL is built here from account and id; what a webhook posted is never fetched. Redirects
        are followed on the same host only; 64 MiB and 60 s are the most that is read.
        """
        path = f"/2010-04-01/Accounts/{self._account_sid}/Recordings/{_safe(recording_id)}.wav"
        return asked(lambda: self._download(self._base_url + path))

    def delete_recording(self, recording_id: str) -> None:
        """Delete a recording for good; one that is gone already counts as done."""
        try:
            asked(lambda: self._client.recordings(_safe(recording_id)).delete())
        except NotThere:
            return

    def delete_call(self, call_id: str) -> None:
        """Delete the record of a call that is over; one that is gone already counts as done."""
        try:
            asked(lambda: self._client.calls(_safe(call_id)).delete())
        except NotThere:
            return

    def close(self) -> None:
        """Close pooled connections."""
        self._media.close()
        self._client.http_client.session.close()

    def _list_calls(self, to: str, filters: dict[str, datetime]) -> list[Any]:
        calls: list[Any] = asked(
            lambda: self._client.calls.list(
                to=to, from_=self._from_number, limit=LIST_LIMIT, page_size=LIST_LIMIT, **filters
            )
        )
        return calls

    def _download(self, url: str) -> Media:
        deadline = time.monotonic() + MEDIA_TOTAL_S
        for _ in range(MAX_REDIRECTS + 1):
            with self._media.get(
                url, timeout=self._timeout_s, stream=True, allow_redirects=False
            ) as answer:
                if not answer.is_redirect:
                    return _read(answer, deadline)
                url = _same_host(url, answer.headers["Location"])
        raise Refused("too_many_redirects")


def open_client(account_sid: str, auth_token: str, base_url: str, timeout_s: float) -> Client:
    """The library's client for one account, quiet, at any host that speaks Twilio's REST."""
    http = _QuietHttpClient(timeout=timeout_s)
    http.session.trust_env = _is_remote(base_url)
    # A non-empty mapping: otherwise the library reads TWILIO_EDGE and others from the environment
    # and bends the host name by them.
    client = Client(account_sid, auth_token, http_client=http, environment={"HOTLINE": "1"})
    client.api.base_url = base_url
    return client


def _is_remote(base_url: str) -> bool:
    """No proxy of the environment stands between us and a switch on this machine."""
    return urlsplit(base_url).hostname not in ("127.0.0.1", "localhost", "::1")


def asked(request: Callable[[], T]) -> T:
    """Do a request and turn every way it can fail into an error of the port.

    `from None`: the library's exceptions carry the request's URL and the carrier's sentence, which
    both can name a number.
    """
    try:
        return request()
    except requests.exceptions.ConnectTimeout:
        raise Busy("connect_timeout") from None
    except requests.exceptions.Timeout:
        raise Uncertain("timeout") from None
    except requests.exceptions.RequestException as error:
        raise (Busy("unreachable") if _never_sent(error) else Uncertain("connection")) from None
    except (TwilioException, ValueError, KeyError, TypeError, AttributeError):
        raise Uncertain("malformed_answer") from None  # done or not: the answer cannot be read


def _code(status: int, text: str) -> str:
    """The carrier's own error code if its answer has one, else `http_<status>`."""
    try:
        code = int(json.loads(text)["code"])
    except (ValueError, KeyError, TypeError):
        return f"http_{status}"
    return str(code)


def _refusal(status: int, code: str) -> CarrierError:
    if status == 429 or code in (CODE_BUSY, CODE_NOT_FINAL):
        return Busy(code)
    if status == 404 or code == CODE_NOT_THERE:
        return NotThere(code)
    if 400 <= status < 500 and status != 408:  # 408: the carrier gave up waiting for our bytes
        return Refused(code)
    return Uncertain(code)


def _never_sent(error: requests.exceptions.RequestException) -> bool:
    """Whether the connection was refused (or the name not found), so that no byte left us."""
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _read(answer: requests.Response, deadline: float) -> Media:
    if answer.status_code != 200:
        raise _refusal(answer.status_code, f"http_{answer.status_code}")
    data = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        data += chunk
        if len(data) > MAX_MEDIA_BYTES:
            raise Refused("too_large")
        if time.monotonic() > deadline:
            raise Uncertain("timeout")
    return Media(bytes(data), answer.headers.get("Content-Type", ""))


def _same_host(url: str, location: str) -> str:
    """Where a redirect leads, if it stays on the scheme, host and port that have our password."""
    target = urljoin(url, location)
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        raise Refused("redirect_off_host")
    return target


def _safe(carrier_id: str) -> str:
    """The id, if nothing in it can bend the URL it goes into. Raises Refused("bad_id")."""
    if not _ID.fullmatch(carrier_id):
        raise Refused("bad_id")
    return carrier_id


def _made_at(call: Any, otherwise: datetime) -> datetime:
    """When a call was made; one without any time is brand new, so it counts as made just then."""
    for moment in (call.date_created, call.start_time):
        if isinstance(moment, datetime):
            return moment
    return otherwise


def _seconds(duration: Any) -> float | None:
    """Twilio gives text, and "-1" or nothing while the recording is not complete."""
    try:
        seconds = float(duration)
    except (TypeError, ValueError):
        return None
    return seconds if seconds >= 0 else None
