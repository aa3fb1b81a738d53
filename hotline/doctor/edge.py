"""The outside edge: what the carrier, and browsers, are told to reach."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from hotline.carrier import choice
from hotline.doctor.finding import Finding, bad, for_real_callers, ok, warn
from hotline.settings import Settings
from hotline.settings.values import LOOPBACK
from hotline.texts import marked

SET_URL = marked("Set HOTLINE_PUBLIC_URL to the https address of the proxy before `hotline web`.")


def public_url(settings: Settings) -> Iterator[Finding]:
    """A carrier outside can reach it, over TLS; signatures cover it."""
    address = settings.public_url
    url = urlsplit(address)
    local = url.hostname in LOOPBACK
    outside = settings.carrier not in ("twilio", "switch") or settings.twilio_api_url is None
    if for_real_callers(settings) and outside and local:
        yield bad("public_url", marked("No carrier can reach %(url)s."), SET_URL, url=address)
    elif url.scheme != "https" and not local:
        says = marked("%(url)s is not encrypted on its way.")
        yield bad("public_url", says, SET_URL, url=address)
    elif url.path or url.query:
        says = marked("%(url)s has a path; it must have none.")
        yield bad("public_url", says, SET_URL, url=address)
    else:
        yield ok("public_url", marked("The carrier reaches us at %(url)s/voice."), url=address)


def carrier(settings: Settings) -> Iterator[Finding]:
    """The settings fit the carrier, and webhooks can be told from forgeries."""
    says = choice.refusal(settings)
    if says is not None:
        yield bad("carrier", says, marked("Correct it; then run `hotline doctor` again."))
    elif not for_real_callers(settings):
        yield ok("carrier", marked("No carrier is set: our own switch plays it."))
    elif not settings.auth_tokens:
        yield bad(
            "carrier",
            marked("There is no secret of the carrier: every webhook is refused."),
            marked("Set HOTLINE_TWILIO_AUTH_TOKEN."),
        )
    else:
        yield ok("carrier", marked("The carrier's secret is set."))
    if not choice.capabilities_of(settings).delete_call:
        yield warn(
            "carrier",
            marked("%(carrier)s keeps its records of calls, with callers' numbers."),
            marked("Ask it for how long, and let what you promise to callers say so."),
            carrier=choice.capabilities_of(settings).name,
        )


def streams(settings: Settings) -> Iterator[Finding]:
    """How what callers say comes to us."""
    if settings.record == "verb":
        says = marked("Callers are recorded at the carrier, fetched, and deleted there.")
        yield ok("streams", says)
    elif not choice.capabilities_of(settings).stream:
        name = choice.capabilities_of(settings).name
        says = marked("No streams of %(carrier)s are taken: callers are recorded there.")
        yield ok("streams", says, carrier=name)
    elif settings.stream_url is None:
        yield warn(
            "streams",
            marked("No stream can be opened without TLS, so callers are recorded at the carrier."),
            marked("Set HOTLINE_MEDIA_URL to a wss:// address, or HOTLINE_PUBLIC_URL to https."),
        )
    else:
        yield ok("streams", marked("The carrier streams to %(url)s."), url=settings.stream_url)
