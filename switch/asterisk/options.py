"""The part of the switch's command line about an Asterisk; the password comes by environment."""

import argparse
import os
from collections.abc import Callable

from switch.asterisk import config
from switch.asterisk.config import AsteriskConfig
from switch.sip.options import allowed

PASSWORD = "SWITCH_ASTERISK_PASSWORD"  # noqa: S105  # nosec B105 - the name of a variable
"""The environment variable with the password of the user in Asterisk's ari.conf."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options to a parser."""
    group = parser.add_argument_group("lines through an Asterisk (docs/asterisk.md)")
    group.add_argument("--asterisk", type=_told(config.url), help="URL of its HTTP server")
    group.add_argument("--asterisk-user", default="hotline", help="in its ari.conf")
    group.add_argument("--asterisk-app", type=_told(config.app), default="hotline", help="Stasis")
    group.add_argument(
        "--asterisk-endpoint", type=_told(config.endpoint), help="PJSIP/{number}@TRUNK"
    )
    group.add_argument("--asterisk-ca", default="", help="file: whose certificates are believed")
    group.add_argument(
        "--asterisk-allowed", type=allowed, help="file: numbers that may be rung; or -"
    )
    group.add_argument("--asterisk-calls", type=int, default=150, help="at once")


def read(parser: argparse.ArgumentParser, options: argparse.Namespace) -> AsteriskConfig | None:
    """The settings of the lines; None: there are none. Exits with one sentence when wrong."""
    if options.asterisk is None:
        if options.asterisk_endpoint is not None or options.asterisk_allowed is not None:
            parser.error("give --asterisk URL too, or no option of lines through an Asterisk")
        return None
    if options.sip_listen is not None:
        parser.error("lines come over SIP or through an Asterisk: give --sip-listen or --asterisk")
    if options.speed != 1:
        parser.error("lines through an Asterisk run at the speed of life: leave out --speed")
    if not os.environ.get(PASSWORD):
        parser.error(f"set {PASSWORD} to the password of --asterisk-user in Asterisk's ari.conf")
    return AsteriskConfig(
        url=options.asterisk,
        user=options.asterisk_user,
        app=options.asterisk_app,
        endpoint=options.asterisk_endpoint or "",
        password=os.environ[PASSWORD],
        ca_file=options.asterisk_ca,
        most_calls=options.asterisk_calls,
    )


def _told(check: Callable[[str], str]) -> Callable[[str], str]:
    def told(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return told
