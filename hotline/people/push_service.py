"""The way to a browser's push service: signed with our own key, empty, and to public hosts only.

The host comes from a browser, so it is not trusted: its address is looked up once, checked, and
connected to as it is; nothing is followed elsewhere, and no proxy is asked.
"""

import ipaddress
import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import structlog
import urllib3
from cryptography.hazmat.primitives import serialization
from py_vapid import Vapid02, VapidException
from py_vapid.utils import b64urlencode

from hotline import durable
from hotline.people.push import Delivery

log = structlog.get_logger()

TIMEOUT_S = 5.0
# Later nobody is wanted any more: the phone has stopped ringing.
KEEP_S = 60
# RFC 8292 §2: no longer than a day.
TOKEN_S = 12 * 3600
GONE = (404, 410)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def load_or_create(path: Path) -> Vapid02:
    """Our key (VAPID, RFC 8292) from its file; made (mode 0600) when there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Vapid02()
        fresh.generate_keys()
        temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(fresh.private_pem())
            durable.sync(file)
        try:
            os.link(temporary, path)  # atomic: the first process wins, the others read its key
            durable.sync_folder(path.parent)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return Vapid02.from_pem(path.read_bytes())


def public_key(key: Vapid02) -> str:
    """Our public key as a browser wants it when it subscribes."""
    point = key.public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return str(b64urlencode(point))


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet, and not of this machine or its network."""
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


class PushService:
    """Sends the empty message. subject: whom a push service may ask about us, mailto: or https:.

    now_s: seconds since 1970. may_reach, trust, look_up: for tests.
    """

    def __init__(
        self,
        key: Callable[[], Vapid02],
        subject: str,
        now_s: Callable[[], float],
        *,
        may_reach: Callable[[Address], bool] = is_public,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._key, self._subject, self._now_s = key, subject, now_s
        self._may_reach, self._trust = may_reach, trust

    def __call__(self, endpoint: str) -> Delivery:
        """Send it. Never raises; takes at most about TIMEOUT_S."""
        try:
            status = self._post(endpoint)
        except (OSError, ValueError, VapidException, urllib3.exceptions.HTTPError) as error:
            log.warning("push_failed", error=type(error).__name__)
            return Delivery.FAILED
        if status in GONE:
            return Delivery.GONE
        if not 200 <= status < 300:
            log.warning("push_refused", status=status)
            return Delivery.FAILED
        return Delivery.SENT

    def _post(self, endpoint: str) -> int:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port or 443
        if parts.scheme != "https":
            raise ValueError("not https")
        claims = {
            "aud": f"https://{parts.netloc}",
            "sub": self._subject,
            "exp": int(self._now_s()) + TOKEN_S,
        }
        headers = {"Host": parts.netloc, "TTL": str(KEEP_S), "Urgency": "high"}
        headers |= {"Content-Length": "0", "Topic": "wanted"}
        headers |= self._key().sign(claims)
        trust = self._trust or ssl.create_default_context(cafile=certifi.where())
        with urllib3.HTTPSConnectionPool(
            self._address(host, port),
            port,
            timeout=urllib3.Timeout(total=TIMEOUT_S),
            retries=False,
            ssl_context=trust,
            server_hostname=host,
            assert_hostname=host,
        ) as pool:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            answer = pool.urlopen("POST", path, headers=headers, redirect=False)
            return int(answer.status)

    def _address(self, host: str, port: int) -> str:
        """One address of the host that may be reached. Raises OSError."""
        for *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            if self._may_reach(ipaddress.ip_address(where[0])):
                return str(where[0])
        raise OSError("the host is not on the public internet")
