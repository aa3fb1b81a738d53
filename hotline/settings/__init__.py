"""Every setting of the hotline, read from `HOTLINE_*` in the environment or a `.env` file.

Each field's description is its documentation; `hotline settings` prints them. Nothing else in the
project reads the environment. The fields stand by subject in the modules of this package.
"""

import secrets
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from hotline.mistakes import Mistake
from hotline.settings.asterisk import Asterisk
from hotline.settings.calling_back import CallingBack
from hotline.settings.calls import Calls
from hotline.settings.keeping import Keeping
from hotline.settings.lines import Lines
from hotline.settings.places import Places
from hotline.settings.sharing import Sharing
from hotline.settings.signing_in import SigningIn
from hotline.settings.texting import Texting
from hotline.settings.values import LOOPBACK
from hotline.settings.watching import Watching

STREAM_PATH = "/voice/stream"


class SettingsError(Mistake):
    """A setting is wrong; the message is one sentence a person can act on."""


class Settings(
    SigningIn, Keeping, Watching, Sharing, CallingBack, Texting, Calls, Asterisk, Lines, Places
):
    """The hotline's settings; the environment name is `HOTLINE_` plus the field in capitals.

    Where its fields are told, those of the last base come first.
    """

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_", env_file=".env", extra="ignore", frozen=True
    )

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if not 1 <= len(self.languages) <= 8:
            raise ValueError("HOTLINE_LANGUAGES must name one to eight languages")
        if sorted(code for codes in self.language_sets for code in codes) != sorted(self.languages):
            raise ValueError(
                "HOTLINE_WORKER_SETS must name each of HOTLINE_LANGUAGES once, sets separated by ;"
            )
        if self.silence_s < 2 * self.audit_every_s:
            raise ValueError("HOTLINE_SILENCE_S must be at least twice HOTLINE_AUDIT_EVERY_S")
        if self.sip_listen is None and (self.sip_trunk or self.sip_allow):
            raise ValueError(
                "HOTLINE_SIP_TRUNK and HOTLINE_SIP_ALLOW need HOTLINE_SIP_LISTEN: set where calls "
                "are taken over SIP"
            )
        if self.sip_listen is not None and not (self.sip_trunk or self.sip_allow):
            raise ValueError(
                "HOTLINE_SIP_LISTEN needs HOTLINE_SIP_TRUNK or HOTLINE_SIP_ALLOW: set whose calls "
                "are taken over SIP"
            )
        if (self.sip_register or self.sip_proxy) and not self.sip_trunk:
            raise ValueError(
                "HOTLINE_SIP_REGISTER and HOTLINE_SIP_PROXY need HOTLINE_SIP_TRUNK: set where "
                "calls go out to"
            )
        if self.asterisk_url is not None and self.sip_listen is not None:
            raise ValueError(
                "HOTLINE_SIP_LISTEN and HOTLINE_ASTERISK_URL are two ways for the same calls: "
                "leave out one of them"
            )
        if self.asterisk_url is not None and not (
            self.asterisk_password and self.asterisk_endpoint
        ):
            raise ValueError(
                "HOTLINE_ASTERISK_URL needs HOTLINE_ASTERISK_PASSWORD and "
                "HOTLINE_ASTERISK_ENDPOINT: set the password in its ari.conf, and what is rung for "
                "a number"
            )
        if self.text_replies != "off" and not self.text_door:
            raise ValueError("HOTLINE_TEXT_REPLIES needs HOTLINE_TEXT_DOOR=true: texts to answer")
        if self.break_glass and self.promise != "confidential":
            raise ValueError(
                "HOTLINE_BREAK_GLASS needs HOTLINE_PROMISE=confidential: whoever is promised to be "
                "anonymous must not be looked up"
            )
        return self

    @property
    def own_lines(self) -> bool:
        """Whether calls come and go by our switch over lines of our own: SIP, or an Asterisk."""
        return self.sip_listen is not None or self.asterisk_url is not None

    @property
    def knows_addresses(self) -> bool:
        """Whether the web process knows where visitors come from. It speaks no TLS itself: where
        the public address does, a proxy stands before it, and that one's address is everybody's."""
        return self.trusted_proxies > 0 or self.public_url.startswith("http://")

    @property
    def stream_url(self) -> str | None:
        """Where a carrier that can opens streams; None when it may not (HOTLINE_RECORD=verb, or an
        address without TLS that is not this machine's: carriers refuse it)."""
        url = self.media_url or "ws" + self.public_url.removeprefix("http") + STREAM_PATH
        safe = url.startswith("wss://") or urlsplit(url).hostname in LOOPBACK
        return url if self.record != "verb" and safe else None

    @property
    def tombstones(self) -> Path:
        """The file of tombstones, the default included."""
        return self.tombstone_file or self.data_dir / "tombstones.jsonl"

    @property
    def anchors(self) -> Path:
        """The file of the audit's anchors, the default included."""
        return self.anchor_file or self.data_dir / "audit-anchors.jsonl"


def load_settings(**overrides: object) -> Settings:
    """Read the settings. Raises SettingsError with one sentence that names the wrong one."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "HOTLINE_" + str(first["loc"][0]).upper() if first["loc"] else "the settings"
        raise SettingsError(f"{name}: {first['msg']}; see `hotline settings`.") from None


def new_secret() -> str:
    """A fresh random secret of 32 hexadecimal digits (128 bit)."""
    return secrets.token_hex(16)
