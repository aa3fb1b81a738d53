"""Asking a carrier over HTTP: what its answers become, for the adapter of every carrier.

Nothing a carrier answers leaves this file as text: errors become a class of the port and a code, so
no number can reach a log by way of an exception (its text, its URL or its cause).
"""

import json
import re
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped, unused-ignore]
from urllib3.exceptions import NewConnectionError

from hotline.carrier.port import Busy, CarrierError, Media, NotThere, Refused, Uncertain

T = TypeVar("T")

MAX_MEDIA_BYTES = 64 * 1024 * 1024  # over an hour of 8 kHz 16-bit sound
MEDIA_TOTAL_S = 60.0  # a recording that drips slower than this is tried again later
MAX_REDIRECTS = 3
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# What Twilio gives for a number that is withheld: RESTRICTED, BLOCKED, UNKNOWN, ANONYMOUS and
# UNAVAILABLE, spelled on the keys of a telephone.
WITHHELD: Final = ("+7378742833", "+2562533", "+8656696", "+266696687", "+86282452253")
_CHUNK = 64 * 1024

CODE_BUSY: Final = "20429"
CODE_NOT_THERE: Final = "20404"
CODE_CALL_OVER: Final = "21220"
CODE_NOT_FINAL: Final = "20009"  # a recording cannot be deleted before it is complete


def download(session: requests.Session, url: str, timeout_s: float) -> Media:
    """What is at the URL, with the session's headers. Raises CarrierError.

    Redirects are followed on the same host only; 64 MiB and 60 s are the most that is read.
    """
    deadline = time.monotonic() + MEDIA_TOTAL_S
    for _ in range(MAX_REDIRECTS + 1):
        with session.get(url, timeout=timeout_s, stream=True, allow_redirects=False) as answer:
            if not answer.is_redirect:
                return _read(answer, deadline)
            url = _same_host(url, answer.headers["Location"])
    raise Refused("too_many_redirects")


def is_remote(base_url: str) -> bool:
    """No proxy of the environment stands between us and a switch on this machine."""
    return urlsplit(base_url).hostname not in ("127.0.0.1", "localhost", "::1")


def shown_number(number: str) -> str | None:
    """The number of a caller, E.164; None where it is withheld, or no number."""
    return number if _E164.fullmatch(number) and number not in WITHHELD else None


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


def code_of(status: int, text: str) -> str:
    """The carrier's own error code if its answer has one (Twilio's `code`, or that of the first of
    Telnyx's `errors`), else `http_<status>`."""
    try:
        found = json.loads(text)
        code = int(found["code"] if "code" in found else found["errors"][0]["code"])
    except (ValueError, KeyError, TypeError, IndexError):
        return f"http_{status}"
    return str(code)


def refusal(status: int, code: str) -> CarrierError:
    """The error of the port for an answer that is not 2xx."""
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
        raise refusal(answer.status_code, f"http_{answer.status_code}")
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


def safe(carrier_id: str, form: str) -> str:
    """The id, if it has this form and so nothing in it can bend the URL it goes into. Raises
    Refused("bad_id")."""
    if not re.fullmatch(form, carrier_id):
        raise Refused("bad_id")
    return carrier_id


def seconds(duration: Any) -> float | None:
    """Carriers give text, and "-1" or nothing while the recording is not complete."""
    try:
        found = float(duration)
    except (TypeError, ValueError):
        return None
    return found if found >= 0 else None
