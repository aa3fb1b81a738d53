"""The web door and the text door: what those who report something meet."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from hotline.carrier import choice
from hotline.doctor.finding import Finding, bad, for_real_callers, ok, warn
from hotline.settings import Settings
from hotline.settings.values import LOOPBACK
from hotline.texts import marked

ONION = ".onion"
LOOK_S = 3.0
"""How long the door's address may take to answer."""


def web_door(settings: Settings) -> Iterator[Finding]:
    """It has an address of its own, over TLS, and answers there."""
    address = settings.door_url
    if address is None:
        yield ok("web_door", marked("There is no web door (docs/door.md)."))
        return
    yield from _address(settings, address)
    if not _answers(address):
        yield bad(
            "web_door",
            marked("The web door does not answer at %(url)s."),
            marked("Start `hotline door`, and see that the proxy leads there (docs/door.md)."),
            url=address,
        )


def _address(settings: Settings, address: str) -> Iterator[Finding]:
    url, local = urlsplit(address), urlsplit(address).hostname in LOOPBACK
    onion = (url.hostname or "").endswith(ONION)
    if for_real_callers(settings) and local:
        says = marked("Nobody outside can reach the web door at %(url)s.")
        yield bad("web_door", says, _SET, url=address)
    elif url.scheme != "https" and not local and not onion:
        yield bad("web_door", marked("%(url)s is not encrypted on its way."), _SET, url=address)
    elif url.path or url.query:
        yield bad("web_door", marked("%(url)s has a path; it must have none."), _SET, url=address)
    elif url.hostname == urlsplit(settings.public_url).hostname and not local:
        yield warn(
            "web_door",
            marked("The web door has the host name of the console: who blocks one blocks both."),
            marked("Give it a host name of its own (docs/door.md)."),
        )
    else:
        yield ok("web_door", marked("Reports are written at %(url)s."), url=address)


_SET = marked("Set HOTLINE_DOOR_URL to the https address of the proxy before `hotline door`.")


def text_door(settings: Settings) -> Iterator[Finding]:
    """The carrier can reach it and deletes texts; what is promised is true of it."""
    if not settings.text_door:
        yield ok("text_door", marked("No texts are taken (docs/texts.md)."))
        return
    webhook = f"{settings.public_url}/voice/text"
    if not choice.capabilities_of(settings).texts:
        yield bad(
            "text_door",
            marked("%(carrier)s does not say that texts can be deleted there."),
            marked("Leave HOTLINE_TEXT_DOOR out, or choose another carrier (docs/carriers.md)."),
            carrier=choice.capabilities_of(settings).name,
        )
    elif for_real_callers(settings) and urlsplit(webhook).scheme != "https":
        yield bad(
            "text_door",
            marked("Texts would come to %(url)s without encryption on their way."),
            marked(
                "Set HOTLINE_PUBLIC_URL to the https address of the proxy before `hotline web`."
            ),
            url=webhook,
        )
    else:
        yield ok("text_door", marked("The carrier brings texts to %(url)s."), url=webhook)
    if settings.promise == "anonymous":
        yield warn(
            "text_door",
            marked("The promise is “anonymous”, but telephone companies know who sends texts."),
            marked("Set HOTLINE_PROMISE=confidential, or leave HOTLINE_TEXT_DOOR out."),
        )
    if settings.text_replies == "content":
        yield warn(
            "text_door",
            marked("Replies may be sent as texts: they then lie at telephone companies."),
            marked("Set HOTLINE_TEXT_REPLIES=notice to send only that there is one."),
        )


def _answers(address: str) -> bool:
    """Whether something answers there with a page. An onion address cannot be looked at from here,
    and counts as answering."""
    host = urlsplit(address).hostname or ""
    if host.endswith(ONION):
        return True
    with requests.Session() as session:
        session.trust_env = host not in LOOPBACK
        try:
            return session.get(f"{address}/", timeout=LOOK_S, allow_redirects=False).ok
        except requests.RequestException:
            return False
