"""Signed webhook requests: redirects, cookies, retries and the 15 s ceiling, as Twilio does."""

import asyncio
import base64
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import aiohttp
from yarl import URL

from switch import errors
from switch.journal import Journal
from switch.overrides import CEILING_S, Overrides, split
from switch.signature import sign

log = logging.getLogger(__name__)

MAX_REDIRECTS = 10
DOCUMENT_LIMIT = 64 * 1024
"""Bytes of a TwiML document."""

USER_AGENT = "HotlineSwitch/1.0"
Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """A 2xx (or 304) answer to a webhook; `url` is the last one, after redirects."""

    url: str
    status: int
    content_type: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Outgoing:
    """One request to send, and what it is allowed to bring back."""

    url: str
    method: str = "POST"
    params: Params = ()
    headers: dict[str, str] = field(default_factory=dict)
    limit: int = DOCUMENT_LIMIT
    call_sid: str | None = None


class _Failure(Exception):
    """One attempt failed; `kind` as in the `rp` override."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def new_jar() -> aiohttp.CookieJar:
    """Cookies of one call; kept for IP addresses too, since everything may run on loopback."""
    return aiohttp.CookieJar(unsafe=True)


class WebhookClient:
    """Sends signed requests; `close` when done."""

    def __init__(self, auth_token: str, journal: Journal) -> None:
        """Sign with `auth_token`; write every exchange to `journal` (path and status only)."""
        self._token = auth_token
        self._journal = journal
        # A kept-alive connection that the server just closed would look like a failed webhook.
        self._connector = aiohttp.TCPConnector(force_close=True, limit=0)

    async def close(self) -> None:
        """Close all connections."""
        await self._connector.close()

    async def fetch(self, request: Outgoing, jar: aiohttp.CookieJar | None = None) -> Answer:
        """Send a request with its overrides; raises DocumentError when it finally failed."""
        jar = new_jar() if jar is None else jar  # an empty jar is false
        url, overrides = split(request.url)
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise errors.DocumentError(errors.BAD_URL, "not an absolute http URL", request.url)
        token = str(uuid.uuid4())
        try:
            async with asyncio.timeout(min(overrides.total_s, CEILING_S)):
                return await self._with_retries(request, url, overrides, token, jar)
        except (TimeoutError, _Failure) as error:
            reason = str(error) or "no answer in time"
            self._note(request, url, method=request.method, status=None, reason=reason)
            raise errors.DocumentError(errors.FETCH_FAILED, reason, url) from error

    async def _with_retries(
        self,
        request: Outgoing,
        url: str,
        overrides: Overrides,
        token: str,
        jar: aiohttp.CookieJar,
    ) -> Answer:
        for left in range(overrides.retries, -1, -1):
            try:
                return await self._follow(request, url, overrides, token, jar)
            except _Failure as failure:
                if not left or not overrides.retries_for(failure.kind):
                    raise
        raise AssertionError("the last attempt either returns or raises")

    async def _follow(
        self,
        request: Outgoing,
        url: str,
        overrides: Overrides,
        token: str,
        jar: aiohttp.CookieJar,
    ) -> Answer:
        method, params = request.method, request.params
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=overrides.connect_s, sock_read=overrides.read_s
        )
        async with aiohttp.ClientSession(
            connector=self._connector, connector_owner=False, cookie_jar=jar, timeout=timeout
        ) as session:
            for _ in range(MAX_REDIRECTS + 1):
                answer = await self._send(session, request, url, method, params, token)
                if answer.status not in {301, 302, 303, 307, 308}:
                    return self._judge(answer)
                url = urljoin(url, answer.headers.get("location", ""))
                if answer.status < 307:
                    method, params = "GET", ()
        raise errors.DocumentError(errors.TOO_MANY_REDIRECTS, "too many redirects", url)

    def _judge(self, answer: Answer) -> Answer:
        if answer.status == 304 or 200 <= answer.status < 300:
            return answer
        raise _Failure(f"{answer.status // 100}xx", f"HTTP status {answer.status}")

    async def _send(
        self,
        session: aiohttp.ClientSession,
        request: Outgoing,
        url: str,
        method: str,
        params: Params,
        token: str,
    ) -> Answer:
        target, form = _target(url, method, params)
        headers = request.headers | {
            "X-Twilio-Signature": sign(self._token, target, form),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
        }
        answer = await _attempt(session, request, target, method, form, headers)
        if answer.status == 401 and urlsplit(target).username is not None:
            headers["Authorization"] = _basic(target)
            answer = await _attempt(session, request, target, method, form, headers)
        self._note(request, url, method=method, status=answer.status)
        return answer

    def _note(self, request: Outgoing, url: str, **details: Any) -> None:
        path = urlsplit(url).path
        self._journal.write("webhook", call_sid=request.call_sid, path=path, **details)


async def _attempt(
    session: aiohttp.ClientSession,
    request: Outgoing,
    target: str,
    method: str,
    form: Params,
    headers: dict[str, str],
) -> Answer:
    data = urlencode(form) if method == "POST" else None
    if data is not None:
        headers = headers | {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    try:
        async with session.request(
            method,
            # The very characters that were signed: yarl must not write the URL anew.
            URL(_without_user(target), encoded=True),
            data=data,
            headers=headers,
            allow_redirects=False,
        ) as response:
            return await _read(response, request.limit, target)
    except aiohttp.ConnectionTimeoutError as error:
        raise _Failure("ct", "no connection in time") from error
    except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError) as error:
        raise _Failure("ct", "no connection") from error
    except aiohttp.SocketTimeoutError as error:
        raise _Failure("rt", "no answer in time") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise _Failure("rt", "broken answer") from error


async def _read(response: aiohttp.ClientResponse, limit: int, url: str) -> Answer:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > limit:
            raise errors.DocumentError(errors.TOO_LARGE, "answer too large", url)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(url, response.status, response.content_type, headers, bytes(body))


def _target(url: str, method: str, params: Params) -> tuple[str, Params]:
    if method == "POST" or not params:
        return url, params
    return url + ("&" if urlsplit(url).query else "?") + urlencode(params), ()


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _basic(url: str) -> str:
    user, _, password = urlsplit(url).netloc.rpartition("@")[0].partition(":")
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def as_params(params: Iterable[tuple[str, str]]) -> Params:
    """Form parameters as an immutable tuple."""
    return tuple(params)
