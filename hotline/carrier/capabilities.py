"""Pure: what a carrier can do, how it signs, and in which form it is asked.

The values of each carrier stand in `hotline.carrier.kinds`, each with the page it is taken from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Algorithm(StrEnum):
    """How a webhook is signed."""

    HMAC_SHA1 = "hmac-sha1"
    """base64(HMAC-SHA1(secret, URL + each posted name and value, sorted by name))."""
    ED25519 = "ed25519"
    """base64(Ed25519 over "timestamp|body"), checked with a public key of the carrier's."""


@dataclass(frozen=True)
class Signature:
    """How a carrier signs its webhooks.

    headers: where the signature stands; the first one that is there counts. covers_url: whether the
    address is part of what is signed; where it is not, our own URLs carry a seal
    (`hotline.carrier.seal`). repeated: how values of one name count, each once and sorted (Twilio)
    or all in their order (SignalWire). own_key: it is made with a key of its own, and not with the
    account's secret. timestamp, tolerance_s: the header with the moment of signing, in seconds of
    Unix time, and how far from ours it may be; empty and 0 where nothing says when.
    """

    headers: tuple[str, ...] = ("X-Twilio-Signature",)
    algorithm: Algorithm = Algorithm.HMAC_SHA1
    covers_url: bool = True
    repeated: Literal["once", "all"] = "once"
    own_key: bool = False
    timestamp: str = ""
    tolerance_s: float = 0.0


@dataclass(frozen=True)
class Rest:
    """In which form a carrier's REST interface is asked.

    base_url: what stands before `/2010-04-01/Accounts/…` (Twilio's form) or `/Accounts/…`
    (Telnyx's); empty where it differs from account to account and HOTLINE_TWILIO_API_URL says it.
    form: "twilio" is a posted form with `.json` addresses, "telnyx" a JSON body with neither
    version nor ending in the address of calls. auth: "basic" with account and secret, or the secret
    as a "bearer". ring_limit: how long a phone rings can be asked for (`Timeout`). events: which
    changes of a call are told can be asked for (`StatusCallbackEvent`). application: a call belongs
    to an application set up there (`ApplicationSid`), HOTLINE_CARRIER_APPLICATION. lists_calls: our
    calls to one number can be listed, so that one of which we have no id is found again. pages: the
    parameter for the size of a page; we read the first, and `next_page_uri` would lead on.
    """

    base_url: str = "https://api.twilio.com"
    form: Literal["twilio", "telnyx"] = "twilio"
    auth: Literal["basic", "bearer"] = "basic"
    ring_limit: bool = True
    events: bool = True
    application: bool = False
    lists_calls: bool = True
    pages: str = "PageSize"


@dataclass(frozen=True)
class Capabilities:
    """What a carrier can do. As it stands here: Twilio's, but for streams.

    name: as people write it. ids: a regular expression for whole ids; they are opaque, but this is
    what may go into a URL. conference: two calls can be brought together in a room, which also
    tells who comes and goes where conference_events. whisper: a phone that a call's own leg dials
    can be asked for a key before it is connected. stream: a call's sound can be sent to us, over a
    socket whose handshake is signed; parameters_at: where the first message has what we gave it,
    inside `start` or beside it. silence_ends: a recording ends by silence without the sound being
    transcribed for it. delete_recording, delete_call: what it keeps can be deleted. fragments: a
    URL may say after `#` how often it is tried. longest_dial_s: the most that `<Dial timeout>`
    takes. browsers: it rings pages of ours, by tickets of ours (`hotline.carrier.browser_line`).
    takes. texts: texts come to us in Twilio's form, and what it keeps of them can be deleted.
    missing: elements ("Pause") and attributes ("Gather.method") that we write for others and that
    it does not know. sources: for each of these fields the page that says so.
    """

    name: str = "Twilio"
    signature: Signature = Signature()
    rest: Rest = Rest()
    ids: str = r"[A-Za-z0-9_-]{2,64}"
    conference: bool = True
    conference_events: bool = True
    whisper: bool = True
    stream: bool = False
    parameters_at: Literal["start", "beside"] = "start"
    silence_ends: bool = True
    delete_recording: bool = True
    delete_call: bool = True
    fragments: bool = True
    longest_dial_s: int = 600
    browsers: bool = False
    texts: bool = True
    missing: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
