"""Telephone lines of our own: whether the trunk knows where we are, and an Asterisk lets us in."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from hotline.carrier import own_switch
from hotline.doctor.finding import Finding, Lasting, bad, ok, warn
from hotline.settings import Settings
from hotline.settings.values import LOOPBACK
from hotline.texts import marked

CHECK = "own_lines"
DENIED = (401, 403, 407)
LACKS = {
    "sound": (
        marked("This Asterisk has no chan_websocket: no call can be taken through it."),
        marked("Load it; it comes with Asterisk 20.16, 21.11, 22.6, 23.0 and later ones."),
    ),
    "endpoint": (
        marked("Asterisk does not know the endpoint of HOTLINE_ASTERISK_ENDPOINT: nobody is rung."),
        marked("Give it the name of an endpoint in Asterisk's pjsip.conf."),
    ),
    "endpoint_offline": (
        marked("The trunk of HOTLINE_ASTERISK_ENDPOINT does not answer Asterisk."),
        marked("Ask Asterisk: pjsip show endpoints, pjsip show registrations."),
    ),
}
"""What an Asterisk can lack, by the switch's word for it: what is so, and what mends it."""


def own_lines(settings: Settings) -> Iterator[Finding]:
    """Calls can come in and go out over them, as far as the switch knows."""
    if not settings.own_lines:
        return
    told = own_switch.lines(settings)
    if told is None:
        yield bad(
            CHECK,
            marked("The switch of our own lines does not answer: no call comes in."),
            marked("Start `hotline up` or `hotline lines`, and let something keep it running."),
        )
    elif settings.asterisk_url is not None:
        yield from through_asterisk(settings.asterisk_url, told)
    else:
        yield over_sip(told)


def over_sip(told: dict[str, Any]) -> Finding:
    """What is to be said of the registration at the trunk."""
    state, code, since = _read(told)
    if state == "unregistered":
        return ok(CHECK, marked("Calls come and go over SIP; no registration is wanted."))
    if state == "up":
        says = marked("We have been registered at the trunk for %(time)s.")
        return ok(CHECK, says, time=since)
    if state == "waiting":
        return warn(
            CHECK,
            marked("The trunk has not answered our registration yet."),
            marked("Look again in a minute."),
        )
    if state == "refused" and code in DENIED:
        return bad(
            CHECK,
            marked("The trunk refuses our registration (%(code)s): no call comes in."),
            marked("Check HOTLINE_SIP_TRUNK and HOTLINE_SIP_PASSWORD."),
            code=code,
        )
    if state == "stopped":
        return bad(
            CHECK,
            marked("The process of the SIP lines has ended; it is started again."),
            marked("If this lasts, see the log of `hotline up`."),
        )
    return bad(
        CHECK,
        marked("The trunk has not taken our registration for %(time)s (%(code)s)."),
        marked("See whether the trunk works, and whether the firewall lets its answers in."),
        time=since,
        code=code,
    )


def through_asterisk(url: str, told: dict[str, Any]) -> Iterator[Finding]:
    """What is to be said of the connection to an Asterisk, and of what it lacks."""
    address = urlsplit(url)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        yield bad(
            CHECK,
            marked("What callers say goes to Asterisk unencrypted, and so does the password."),
            marked("Give Asterisk a certificate, and HOTLINE_ASTERISK_URL an https address."),
        )
    state, code, since = _read(told)
    if state == "up":
        yield from _connected(told, since)
    elif state == "replaced":
        yield bad(
            CHECK,
            marked("Another program takes the calls of our Stasis application."),
            marked("End it, or let each have an application of its own (HOTLINE_ASTERISK_APP)."),
        )
    elif state == "refused" and code in DENIED:
        yield bad(
            CHECK,
            marked("Asterisk does not let us in (%(code)s)."),
            marked("Check HOTLINE_ASTERISK_USER and HOTLINE_ASTERISK_PASSWORD with its ari.conf."),
            code=code,
        )
    elif state == "refused":
        yield bad(
            CHECK,
            marked("Asterisk answers, but without its REST interface (%(code)s)."),
            marked("Set enabled = yes in its ari.conf and http.conf (docs/asterisk.md)."),
            code=code,
        )
    else:
        yield bad(
            CHECK,
            marked("Asterisk has not answered for %(time)s: no call comes in."),
            marked("Check HOTLINE_ASTERISK_URL, and whether Asterisk and its HTTP server run."),
            time=since,
        )


def _connected(told: dict[str, Any], since: Lasting) -> Iterator[Finding]:
    lacks = told.get("lacks")
    found = [LACKS[each] for each in lacks if each in LACKS] if isinstance(lacks, list) else []
    for says, mend in found:
        yield bad(CHECK, says, mend)
    if not found:
        yield ok(CHECK, marked("We have been connected to Asterisk for %(time)s."), time=since)


def _read(told: dict[str, Any]) -> tuple[str, int, Lasting]:
    code, since_s = told.get("code"), told.get("since_s")
    return (
        str(told.get("state")),
        code if isinstance(code, int) else 0,
        Lasting(since_s if isinstance(since_s, int | float) else 0.0),
    )
