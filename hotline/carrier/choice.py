"""Which carrier the settings choose, what it can do, and whether the settings fit it."""

from collections.abc import Callable
from typing import Final

from hotline.carrier.capabilities import Algorithm, Capabilities
from hotline.carrier.ed25519 import KeyWrong, public_key
from hotline.carrier.kinds import KINDS, SWITCH
from hotline.carrier.port import Carrier
from hotline.carrier.telnyx import TelnyxCarrier
from hotline.carrier.twilio import TwilioCarrier
from hotline.settings import Settings, SettingsError


def open_carrier(settings: Settings) -> Carrier:
    """The adapter of the carrier that the settings choose. Raises SettingsError when they do not
    fit it."""
    says = refusal(settings)
    if says is not None:
        raise SettingsError(says)
    can = capabilities_of(settings)
    secret = settings.auth_tokens[0] if settings.auth_tokens else ""
    account, number = settings.twilio_account_sid, settings.phone_number
    if can.rest.form == "telnyx":
        application = settings.carrier_application or ""
        return TelnyxCarrier(account, secret, number, application, settings.twilio_api_url)
    return TwilioCarrier(account, secret, number, settings.twilio_api_url, can=can)


def capabilities_of(settings: Settings) -> Capabilities:
    """What the carrier can do; our switch's where that stands in."""
    return SWITCH if settings.needs_own_switch else KINDS[settings.carrier]


def webhook_keys(settings: Settings) -> tuple[str, ...]:
    """With what the carrier's webhooks are checked, newest first; empty: none can be genuine."""
    own_key = capabilities_of(settings).signature.own_key
    return settings.carrier_keys if own_key else settings.auth_tokens


def stream_url(settings: Settings) -> str | None:
    """Where this carrier opens streams; None where it records by itself instead."""
    return settings.stream_url if capabilities_of(settings).stream else None


def refusal(settings: Settings) -> str | None:
    """One sentence about a setting that asks for what the carrier lacks, or that it needs; None
    when they fit."""
    can = capabilities_of(settings)
    return next((says for ask in _ASKS if (says := ask(settings, can)) is not None), None)


def _joins_calls(settings: Settings, can: Capabilities) -> str | None:
    if can.conference:
        return None
    return (
        f"HOTLINE_CARRIER={settings.carrier}: {can.name} has no conferences, so that nobody who "
        "waits could be brought together with the person who takes the call; choose another one of "
        "docs/carriers.md."
    )


def _account(settings: Settings, can: Capabilities) -> str | None:
    named = settings.has_account and settings.twilio_account_sid and settings.auth_tokens
    if settings.carrier in ("twilio", "switch") or named:
        return None
    return (
        f"HOTLINE_CARRIER={settings.carrier} needs HOTLINE_TWILIO_ACCOUNT_SID and "
        f"HOTLINE_TWILIO_AUTH_TOKEN: set the account at {can.name} and its secret."
    )


def _address(settings: Settings, can: Capabilities) -> str | None:
    if can.rest.base_url or settings.twilio_api_url or settings.needs_own_switch:
        return None
    return (
        f"HOTLINE_CARRIER={settings.carrier} needs HOTLINE_TWILIO_API_URL: set the address of your "
        "space, https://SPACE.signalwire.com/api/laml."
    )


def _application(settings: Settings, can: Capabilities) -> str | None:
    if not can.rest.application or settings.carrier_application:
        return None
    return (
        f"HOTLINE_CARRIER={settings.carrier} needs HOTLINE_CARRIER_APPLICATION: set the id of the "
        "TeXML application that the number is assigned to."
    )


def _key(settings: Settings, can: Capabilities) -> str | None:
    if can.signature.own_key and not settings.carrier_keys:
        return (
            f"HOTLINE_CARRIER={settings.carrier} needs HOTLINE_CARRIER_KEY: set the key with which "
            f"{can.name} signs webhooks; without it every one of them is refused."
        )
    if settings.carrier_keys and not can.signature.own_key:
        return (
            f"HOTLINE_CARRIER_KEY is set, but {can.name} signs with the account's secret, "
            "HOTLINE_TWILIO_AUTH_TOKEN: leave the key out, or choose the carrier it belongs to."
        )
    return None


def _readable_key(settings: Settings, can: Capabilities) -> str | None:
    if can.signature.algorithm is not Algorithm.ED25519:
        return None
    try:
        for key in settings.carrier_keys:
            public_key(key)
    except KeyWrong:
        return (
            "HOTLINE_CARRIER_KEY is no Ed25519 public key (32 bytes in base64): copy it once more "
            f"from {can.name}'s portal."
        )
    return None


def _lines(settings: Settings, can: Capabilities) -> str | None:
    outside = settings.carrier != "twilio" or settings.has_account
    if not settings.own_lines or settings.carrier == "switch" or not outside:
        return None
    name = "HOTLINE_SIP_LISTEN" if settings.sip_listen else "HOTLINE_ASTERISK_URL"
    return (
        f"{name} is set, but calls come by {can.name}: leave out the account there and "
        "set HOTLINE_CARRIER=switch, or leave out the lines of your own."
    )


def _streams(settings: Settings, can: Capabilities) -> str | None:
    if settings.record != "stream" or can.stream:
        return None
    return (
        f"HOTLINE_RECORD=stream: {can.name} does not say that it signs the handshake of a stream, "
        "so that we take none of it; leave the setting out, and callers are recorded there."
    )


def _texts(settings: Settings, can: Capabilities) -> str | None:
    if not settings.text_door or can.texts:
        return None
    return (
        f"HOTLINE_TEXT_DOOR: {can.name} does not say that texts can be deleted there with all that "
        "belongs to them, so that we take none; leave the setting out."
    )


_ASKS: Final[tuple[Callable[[Settings, Capabilities], str | None], ...]] = (
    *(_joins_calls, _account, _address, _application, _key, _readable_key, _streams, _lines),
    _texts,
)
