"""The SIP lines' part of the switch's command line; the trunk's password comes by environment."""

import argparse
import os
import re
import socket
from pathlib import Path

from switch.sip.config import SipConfig
from switch.sip.numbers import AllowedNumbers, GivenNumbers
from switch.sip.sources import network

PASSWORD = "SWITCH_SIP_PASSWORD"  # noqa: S105  # nosec B105 - the name of a variable
"""The environment variable with the trunk's password."""

BY_CONTROL = "-"
"""In place of the file of `--sip-allowed`: the numbers are given by the control interface."""

_TRUNK = re.compile(r"sip:([A-Za-z0-9+._-]{1,64})@([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options to a parser."""
    group = parser.add_argument_group("SIP lines (docs/sip.md; need hotline[sip])")
    group.add_argument("--sip-listen", type=_place, help="HOST:PORT for signalling (UDP)")
    group.add_argument("--sip-public", type=_address, help="our address behind NAT")
    group.add_argument("--sip-trunk", type=_trunk, help="sip:USER@HOST[:PORT] of the trunk")
    group.add_argument("--sip-proxy", type=_place, help="HOST:PORT before the trunk (UDP)")
    group.add_argument("--sip-register", action="store_true", help="register at the trunk")
    group.add_argument(
        "--sip-allow", type=_network, action="append", default=[], help="who may send us calls"
    )
    group.add_argument("--sip-allowed", type=allowed, help="file: numbers that may be rung; or -")
    group.add_argument("--sip-rtp-ports", type=_ports, default=(16384, 16783), help="FIRST-LAST")
    group.add_argument(
        "--sip-srtp",
        choices=["answered", "required"],
        default="answered",
        help="encrypted sound: where the far end offers it, or no other",
    )
    group.add_argument("--sip-silence", type=_seconds, default=60.0, help="hang up after, seconds")
    group.add_argument("--sip-calls", type=int, default=150, help="at once")


def read(parser: argparse.ArgumentParser, options: argparse.Namespace) -> SipConfig | None:
    """The settings of the lines; None: there are none. Exits with one sentence when wrong."""
    if options.sip_listen is None:
        if options.sip_trunk is not None or options.sip_register or options.sip_allow:
            parser.error("give --sip-listen HOST:PORT too, or no option of SIP lines")
        return None
    if options.speed != 1:
        parser.error("SIP lines run at the speed of life: leave out --speed")
    user, host, port = options.sip_trunk or ("", "", 5060)
    if options.sip_register and not host:
        parser.error("--sip-register needs --sip-trunk")
    if options.sip_proxy and not host:
        parser.error("--sip-proxy needs --sip-trunk")
    proxy_host, proxy_port = options.sip_proxy or ("", 5060)
    sources = [*options.sip_allow, *_addresses(parser, proxy_host or host)]
    if not sources:
        parser.error("say with --sip-trunk or --sip-allow whose calls are taken")
    return SipConfig(
        host=options.sip_listen[0],
        port=options.sip_listen[1],
        public=options.sip_public or "",
        trunk_user=user,
        trunk_host=host,
        trunk_port=port,
        proxy_host=proxy_host,
        proxy_port=proxy_port,
        password=os.environ.get(PASSWORD, ""),
        register=options.sip_register,
        allowed=tuple(sources),
        first_port=options.sip_rtp_ports[0],
        last_port=options.sip_rtp_ports[1],
        silence_s=options.sip_silence,
        srtp_required=options.sip_srtp == "required",
        most_calls=options.sip_calls,
    )


def _addresses(parser: argparse.ArgumentParser, host: str) -> list[str]:
    """All IPv4 addresses of the trunk, as they are at the start."""
    if not host:
        return []
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError:
        parser.error("the trunk's name has no address; check --sip-trunk and the name service")
    return sorted({str(each[4][0]) for each in found})


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError("must be HOST:PORT, for example 192.0.2.10:5060")
    return _address(host), int(port)


def _address(text: str) -> str:
    try:
        return str(network(text).network_address) if "/" not in text else _no_address()
    except ValueError:
        return _no_address()


def _no_address() -> str:
    raise argparse.ArgumentTypeError("must be an IPv4 address, for example 192.0.2.10")


def _trunk(text: str) -> tuple[str, str, int]:
    match = _TRUNK.fullmatch(text)
    if match is None or int(match[3] or 5060) > 65535:
        raise argparse.ArgumentTypeError("must be sip:USER@HOST or sip:USER@HOST:PORT")
    return match[1], match[2], int(match[3] or 5060)


def _network(text: str) -> str:
    try:
        return str(network(text))
    except ValueError:
        raise argparse.ArgumentTypeError("must be an IPv4 address or a network in CIDR") from None


def allowed(text: str) -> AllowedNumbers | GivenNumbers:
    """The numbers that may be rung: a file's, or `-`. Raises ArgumentTypeError."""
    if text == BY_CONTROL:
        return GivenNumbers()
    try:
        return AllowedNumbers(Path(text))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _ports(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and 1024 <= int(first) < int(last) <= 65535):
        raise argparse.ArgumentTypeError("must be FIRST-LAST, for example 16384-16783")
    return int(first), int(last)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= 86400:
        raise argparse.ArgumentTypeError("must be between 1 and 86400")
    return seconds
