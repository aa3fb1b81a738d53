"""`hotline setup twilio`: what a number does when it is called, and what it should do."""

from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from hotline.commands.plain import plain, refuse

if TYPE_CHECKING:
    from hotline.carrier.twilio_number import Wiring


@click.group("setup")
def setup() -> None:
    """Set things up at the carrier."""


@setup.command("twilio")
@click.option("--apply", "really", is_flag=True, help="Change it; without this it is only shown.")
@click.option(
    "--fallback-url",
    metavar="URL",
    help="Asked when the hotline does not answer: a TwiML Bin of yours, https. Default: the one "
    "that is set, or the hotline once more.",
)
@plain
def twilio(really: bool, fallback_url: str | None) -> None:
    """Lead the calls of HOTLINE_PHONE_NUMBER at Twilio to this hotline.

    Shows what the number does now and what it should do; --apply changes it. Exit code 1 when
    something is to be changed and --apply was not given.
    """
    from hotline.carrier.port import CarrierError
    from hotline.carrier.twilio_number import TwilioNumbers, Wiring
    from hotline.settings import load_settings

    settings = load_settings()
    if settings.carrier != "twilio":
        refuse(
            f"HOTLINE_CARRIER={settings.carrier}: enter the addresses there by hand "
            "(docs/carriers.md); this command knows Twilio only."
        )
    if settings.needs_own_switch:
        refuse("Set HOTLINE_TWILIO_ACCOUNT_SID and HOTLINE_TWILIO_AUTH_TOKEN first.")
    for name, url in (
        ("HOTLINE_PUBLIC_URL", settings.public_url),
        ("--fallback-url", fallback_url),
    ):
        if url is not None and urlsplit(url).scheme != "https":
            refuse(f"{name} must begin with https://: Twilio calls it over the internet.")
    numbers = TwilioNumbers(
        settings.twilio_account_sid, settings.auth_tokens[0], settings.twilio_api_url
    )
    try:
        found = numbers.find(settings.phone_number)
        now = found.wiring
        wanted = Wiring(
            *(f"{settings.public_url}/voice", "POST"),
            *(fallback_url or now.voice_fallback_url or f"{settings.public_url}/voice", "POST"),
            *(f"{settings.public_url}/voice/status", "POST"),
        )
        if found.application:
            refuse(
                "A TwiML app or a SIP trunk leads this number's calls. Take it out in Twilio's "
                "console (Voice configuration), then run this again."
            )
        changes = _show(now, wanted)
        if not changes:
            click.echo("Nothing is to be changed.")
            return
        if not really:
            click.echo("Nothing was changed. Run it again with --apply.")
            raise SystemExit(1)
        numbers.change(found.id, wanted)
    except CarrierError as error:
        refuse(_sentence(type(error).__name__, error.code))
    click.echo("Changed. Call the number to hear that it works.")


def _show(now: "Wiring", wanted: "Wiring") -> int:
    """Print a line for each address; gives how many differ."""
    changes = 0
    for field in fields(wanted):
        has, should = getattr(now, field.name), getattr(wanted, field.name)
        changes += has != should
        arrow = "" if has == should else f"  →  {should or '(none)'}"
        click.echo(f"{'  ' if has == should else '* '}{field.name:24}{has or '(none)'}{arrow}")
    return changes


def _sentence(kind: str, code: str) -> str:
    """What to do about an answer of the carrier."""
    if kind == "NotThere":
        return "This account has no such number; check HOTLINE_PHONE_NUMBER and the account."
    if code in ("20003", "http_401"):
        return "Twilio refuses the account's id or token; check HOTLINE_TWILIO_AUTH_TOKEN."
    return f"Twilio did not do it ({code}); nothing is certain. Try again, then look there."
