"""Alarms and their ways, and what looks after the hotline."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from hotline import addresses
from hotline.settings.values import LOOPBACK, listed


class Watching(BaseSettings):
    """Alarms and their ways, and what looks after the hotline."""

    alarm_url: str | None = Field(
        None, description="Posted to (JSON) while an alarm is open, in each of its rounds."
    )
    mail_host: str | None = Field(
        None,
        min_length=1,
        description="The server that takes e-mail from us (SMTP). With it every round of an open "
        "alarm is mailed to HOTLINE_MAIL_TO as well (docs/operations.md).",
    )
    mail_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Its port. Default: 587 for starttls, 465 for tls, 25 for none.",
    )
    mail_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the way to it is encrypted: starttls, or tls from the first byte; its "
        "certificate must be valid. none: only for a server on this machine.",
    )
    mail_user: str | None = Field(
        None, description="Who signs in there, with HOTLINE_MAIL_PASSWORD. Default: nobody does."
    )
    mail_password: SecretStr | None = Field(None, description="The password of HOTLINE_MAIL_USER.")
    mail_from: str | None = Field(
        None, description="The e-mail address that the mail of alarms comes from."
    )
    mail_to: Annotated[list[str], NoDecode] = Field(
        [],
        description="The e-mail addresses that the mail of alarms goes to, separated by commas; "
        "at most 20.",
    )
    alarm_repeat_s: float = Field(
        60.0, ge=1, description="Seconds between two rounds of an alarm nobody has acknowledged."
    )
    unread_s: float = Field(
        900.0,
        ge=60,
        le=86400,
        description="Seconds after which the alarm is raised for a report that was taken together "
        "with others about the same and that nobody has read.",
    )
    audit_every_s: float = Field(
        15.0,
        ge=1,
        le=600,
        description="Seconds between two sweeps of the auditor, which looks for lost reports.",
    )
    auditor_url: str | None = Field(
        None,
        description="Fetched (GET) after each sweep of the auditor that found nothing: give it the "
        "address of a monitor that calls you when it is not fetched for some minutes.",
    )
    silence_s: float = Field(
        60.0,
        ge=10,
        le=3600,
        description="Seconds without a heartbeat after which the dispatcher, or the auditor, "
        "counts as dead and the alarm is raised; at least twice HOTLINE_AUDIT_EVERY_S.",
    )
    synthetic_call_min: int = Field(
        0,
        ge=0,
        le=1440,
        description="Every so many minutes the hotline calls itself, says a sentence and looks "
        "whether it arrives as a report; nobody is rung, and a failure is an alarm. 5 is good; the "
        "carrier bills such calls, both ways (docs/operations.md). 0: no such calls.",
    )
    synthetic_call_to: str | None = Field(
        None,
        pattern=r"^\+[1-9][0-9]{6,14}$",
        description="The number (E.164) that is dialed for it: one that leads to this hotline. "
        "Default: HOTLINE_PHONE_NUMBER.",
    )
    check_in_s: float = Field(
        0.0,
        ge=0,
        le=86400,
        description="So many seconds before a shift begins, whoever begins it is rung and asked to "
        "press 1; nobody who does is an alarm. 0: no such calls.",
    )

    @field_validator("mail_to", mode="before")
    @classmethod
    def _split_recipients(cls, value: object) -> object:
        return listed(value) if isinstance(value, str) else value

    @field_validator("alarm_url", "auditor_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return addresses.web(value) if value is not None else None

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        return addresses.mail(value) if value is not None else None

    @field_validator("mail_to")
    @classmethod
    def _recipients(cls, value: list[str]) -> list[str]:
        if len(value) > 20:
            raise ValueError("must name 20 addresses at most")
        return [addresses.mail(one) for one in value]

    @model_validator(mode="after")
    def _whole_mail(self) -> Self:
        if self.mail_host is None and (self.mail_to or self.mail_from):
            raise ValueError("HOTLINE_MAIL_TO and HOTLINE_MAIL_FROM need HOTLINE_MAIL_HOST")
        if self.mail_host is not None and not (self.mail_to and self.mail_from):
            raise ValueError("HOTLINE_MAIL_HOST needs HOTLINE_MAIL_FROM and HOTLINE_MAIL_TO")
        if (self.mail_user is None) != (self.mail_password is None):
            raise ValueError("HOTLINE_MAIL_USER and HOTLINE_MAIL_PASSWORD go together")
        if self.mail_tls == "none" and self.mail_host not in (None, *LOOPBACK):
            raise ValueError(
                "HOTLINE_MAIL_TLS=none is only for a mail server on this machine: the way to "
                "another one must be encrypted"
            )
        return self
