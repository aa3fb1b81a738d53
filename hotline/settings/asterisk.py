"""Telephone lines through an Asterisk that runs already, which `hotline up` takes by our switch."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

_ENDPOINT = re.compile(r"[A-Za-z0-9]{2,20}/[A-Za-z0-9+@:;=._/{}-]{1,200}")
_PLACES = ("{number}", "{digits}")
_APP = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Asterisk(BaseSettings):
    """Telephone lines through an Asterisk that runs already, which `hotline up` takes by our
    switch."""

    asterisk_url: str | None = Field(
        None,
        description="Telephone lines through an Asterisk (docs/asterisk.md): the URL of its HTTP "
        "server, https://pbx.example:8089 for example. Default: no such lines.",
    )
    asterisk_user: str = Field("hotline", description="The user in that Asterisk's ari.conf.")
    asterisk_password: SecretStr | None = Field(None, description="The password of that user.")
    asterisk_app: str = Field(
        "hotline",
        description="The Stasis application to which that Asterisk's dialplan leads calls.",
    )
    asterisk_endpoint: str | None = Field(
        None,
        description="What that Asterisk rings for a number, PJSIP/{number}@trunk for example; "
        "{digits} is the number without its plus.",
    )
    asterisk_ca: Path | None = Field(
        None,
        description="A file with the certificates by which that Asterisk's own is checked. "
        "Default: those that this machine believes.",
    )

    @field_validator("asterisk_url")
    @classmethod
    def _url_of_a_server(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        bare = not (parts.username or parts.password or parts.query or parts.fragment)
        if parts.scheme not in ("http", "https") or not parts.hostname or not bare:
            raise ValueError("must be http(s)://HOST:PORT, https://pbx.example:8089 for example")
        return value.rstrip("/")

    @field_validator("asterisk_endpoint")
    @classmethod
    def _endpoint_with_a_place(cls, value: str | None) -> str | None:
        places = 0 if value is None else sum(value.count(each) for each in _PLACES)
        if value is not None and (places != 1 or not _ENDPOINT.fullmatch(value)):
            raise ValueError(
                "must have {number} or {digits} once, PJSIP/{number}@trunk for example"
            )
        return value

    @field_validator("asterisk_app")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not _APP.fullmatch(value):
            raise ValueError("must be letters, digits, - and _")
        return value
