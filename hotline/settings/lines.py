"""Own telephone lines over SIP, which `hotline up` takes through our own switch."""

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from hotline.settings.values import host_and_port, listed

_TRUNK = re.compile(r"sip:[A-Za-z0-9+._-]{1,64}@[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")


class Lines(BaseSettings):
    """Own telephone lines over SIP, which `hotline up` takes through our own switch."""

    sip_listen: str | None = Field(
        None,
        description="Own telephone lines (docs/sip.md): where `hotline up` takes calls over SIP, "
        "host:port with an IPv4 address of this machine. Default: no lines.",
    )
    sip_trunk: str | None = Field(
        None,
        description="Where calls go out to over SIP, and whose calls are taken: "
        "sip:USER@HOST or sip:USER@HOST:PORT.",
    )
    sip_proxy: str | None = Field(
        None,
        description="A proxy that messages to the trunk are sent to, and from which they come, "
        "host:port with an IPv4 address; one that speaks TLS with the trunk, for example.",
    )
    sip_password: SecretStr | None = Field(
        None, description="The password at the trunk, where it asks for one."
    )
    sip_register: bool = Field(
        False, description="Whether to register at the trunk, which then knows where we are."
    )
    sip_public: str | None = Field(
        None,
        description="The IPv4 address to name in SIP messages, where a router stands before this "
        "machine.",
    )
    sip_allow: Annotated[list[str], NoDecode] = Field(
        [],
        description="Who may send calls over SIP besides the trunk: IPv4 addresses and networks, "
        "separated by commas.",
    )
    sip_rtp_ports: str = Field(
        "16384-16783", description="UDP ports for the sound of calls over SIP, first-last."
    )

    sip_srtp: Literal["answered", "required"] = Field(
        "answered",
        description="Whether the sound of calls over SIP is encrypted (SRTP). answered: where the "
        "trunk offers it. required: calls without it are refused, and ours offer nothing else.",
    )

    switch_bind: str | None = Field(
        None,
        description="Where our own switch listens, host:port, for a proxy that leads browsers to "
        "it. Default: 127.0.0.1 and any port that is free.",
    )
    browser_phone_url: str | None = Field(
        None,
        pattern=r"^wss?://[^/]+/",
        description="Where browsers of people on duty reach our own switch to be rung there "
        "(docs/switch.md): wss://host/path, which a proxy passes on to /phones/line of the switch. "
        "Default: the switch itself, where console and switch are for this machine alone.",
    )

    lines_bind: str = Field(
        "127.0.0.1:5002",
        description="Where `hotline lines` answers the other processes, host:port. Nobody else "
        "should reach it.",
    )

    @field_validator("switch_bind")
    @classmethod
    def _bindable(cls, value: str | None) -> str | None:
        return host_and_port(value) if value is not None else None

    @field_validator("sip_allow", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        return listed(value) if isinstance(value, str) else value

    @field_validator("sip_listen", "sip_proxy")
    @classmethod
    def _address_and_port(cls, value: str | None) -> str | None:
        if value is None:
            return None
        host, _, port = value.rpartition(":")
        if not _is_network(host, alone=True) or not port.isdecimal() or int(port) > 65535:
            raise ValueError("must be an IPv4 address and a port, 192.0.2.10:5060 for example")
        return value

    @field_validator("lines_bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= 65535:
            raise ValueError("must be host:port, 127.0.0.1:5002 for example")
        return value

    @field_validator("sip_public")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        if value is not None and not _is_network(value, alone=True):
            raise ValueError("must be an IPv4 address, 192.0.2.10 for example")
        return value

    @field_validator("sip_allow")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        if not all(_is_network(each) for each in value):
            raise ValueError("must be IPv4 addresses or networks, 192.0.2.0/28 for example")
        return value

    @field_validator("sip_trunk")
    @classmethod
    def _user_and_host(cls, value: str | None) -> str | None:
        if value is not None and _TRUNK.fullmatch(value) is None:
            raise ValueError("must be sip:USER@HOST or sip:USER@HOST:PORT")
        return value

    @field_validator("sip_rtp_ports")
    @classmethod
    def _first_and_last(cls, value: str) -> str:
        first, _, last = value.partition("-")
        if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) <= 65535):
            raise ValueError("must be first-last, 16384-16783 for example")
        return value


def _is_network(text: str, *, alone: bool = False) -> bool:
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return False
    return not alone or ("/" not in text and network.num_addresses == 1)
