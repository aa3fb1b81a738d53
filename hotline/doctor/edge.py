"""The outside edge: what the carrier, and browsers, are told to reach."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from hotline.doctor.finding import Finding, bad, for_real_callers, ok, warn
from hotline.settings import LOOPBACK, Settings

SET_URL = "Set HOTLINE_PUBLIC_URL to the https address of the proxy before `hotline web`."


def public_url(settings: Settings) -> Iterator[Finding]:
    """A carrier outside can reach it, over TLS; signatures cover it."""
    url = urlsplit(settings.public_url)
    local = url.hostname in LOOPBACK
    if for_real_callers(settings) and settings.twilio_api_url is None and local:
        yield bad("public_url", f"No carrier can reach {settings.public_url}.", SET_URL)
    elif url.scheme != "https" and not local:
        yield bad("public_url", f"{settings.public_url} is not encrypted on its way.", SET_URL)
    elif url.path or url.query:
        yield bad("public_url", f"{settings.public_url} has a path; it must have none.", SET_URL)
    else:
        yield ok("public_url", f"The carrier reaches us at {settings.public_url}/voice.")


def carrier(settings: Settings) -> Iterator[Finding]:
    """Webhooks can be told from forgeries."""
    if not for_real_callers(settings):
        yield ok("carrier", "No carrier is set: our own switch plays it.")
    elif not settings.auth_tokens:
        yield bad(
            "carrier",
            "There is no secret of the carrier: every webhook is refused.",
            "Set HOTLINE_TWILIO_AUTH_TOKEN.",
        )
    else:
        yield ok("carrier", "The carrier's secret is set.")


def streams(settings: Settings) -> Iterator[Finding]:
    """How what callers say comes to us."""
    if settings.record == "verb":
        yield ok("streams", "Callers are recorded at the carrier, fetched, and deleted there.")
    elif settings.stream_url is None:
        yield warn(
            "streams",
            "No stream can be opened without TLS, so callers are recorded at the carrier.",
            "Set HOTLINE_MEDIA_URL to a wss:// address, or HOTLINE_PUBLIC_URL to https.",
        )
    else:
        yield ok("streams", f"The carrier streams to {settings.stream_url}.")
