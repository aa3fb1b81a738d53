"""Every setting of the hotline, read from `HOTLINE_*` in the environment or a `.env` file.

Each field's description is its documentation; `hotline settings` prints them. Nothing else in the
project reads the environment.
"""

import secrets
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hotline import addresses
from hotline.mistakes import Mistake

STREAM_PATH = "/voice/stream"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(Mistake):
    """A setting is wrong; the message is one sentence a person can act on."""


class Settings(BaseSettings):
    """The hotline's settings; the environment name is `HOTLINE_` plus the field in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_", env_file=".env", extra="ignore", frozen=True
    )

    public_url: str = Field(
        "http://127.0.0.1:8080",
        description="The address at which the carrier reaches us, without a path. Signatures are "
        "checked over it and every URL we hand out begins with it.",
    )
    bind: str | None = Field(
        None,
        description="Where the web process listens, host:port. Default: 127.0.0.1 and the port of "
        "HOTLINE_PUBLIC_URL.",
    )
    phone_number: str = Field(
        "+15550100911", description="The hotline's own number (E.164); shown on every call we make."
    )
    twilio_account_sid: str = Field(
        "AC00000000000000000000000000000000", description="The account at the carrier."
    )
    twilio_auth_token: SecretStr = Field(
        SecretStr(""),
        description="The carrier's secret: signs webhooks to us and our calls to it. Two tokens "
        "separated by a comma are both accepted while one is being rotated; the first one is ours.",
    )
    twilio_api_url: str | None = Field(
        None, description="Another host that speaks Twilio's REST (our switch, for example)."
    )
    database_url: str | None = Field(
        None,
        description="SQLAlchemy URL; PostgreSQL as postgresql://user@host/name. Default: SQLite in "
        "the data directory.",
    )
    redis_url: str | None = Field(
        None,
        description="Redis for the doorbell of the workers (redis:// or unix://). Without it the "
        "dispatcher's sweeper runs the work itself.",
    )
    data_dir: Path = Field(
        Path("var"), description="Where the embedded database, keys, Redis and prompt cache live."
    )
    models_dir: Path | None = Field(
        None,
        description="Folder of Vosk models, where `hotline models` installs them; looked at before "
        "the bundled test models. Default: models in the data directory.",
    )
    models_url: str | None = Field(
        None,
        description="Where `hotline models install` fetches from: a folder (https) with the zips "
        "of Vosk's models, a mirror of your own for example. Default: alphacephei.com.",
    )
    recordings_dir: Path | None = Field(
        None,
        description="Folder of human recordings, <language>/<prompt>.wav, that replace the "
        "synthetic voice; the console writes into it. Several web machines must share it. Default: "
        "recordings in the data directory.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="What a Prometheus must send as its bearer token to read /metrics, 16 "
        "characters or more. Without it there is no such page.",
    )
    keys: SecretStr | None = Field(
        None,
        description="The key ring: `version:base64` master keys separated by commas, newest first. "
        "Default: the file keys in the data directory, made at the first start.",
    )
    sealed: bool = Field(
        False,
        description="Sealed mode: once a report was taken or closed, its sound and full transcript "
        "are sealed to the supervisors and to a recovery key, and nobody else opens them, this "
        "server included (docs/keys.md). Needs `hotline keys ceremony` first.",
    )
    sealed_after_s: float = Field(
        3600.0,
        ge=0,
        le=604800,
        description="In sealed mode, how long after a report was taken whoever took it may still "
        "hear it, seconds; a report that is closed is sealed at once.",
    )
    record: Literal["stream", "verb"] = Field(
        "stream",
        description="How callers are recorded. stream: the carrier sends the sound to our media "
        "process while it is spoken, and keeps nothing. verb: the carrier records, we fetch the "
        "recording and have it deleted there; so it is done anyway while no media process runs.",
    )
    media_url: str | None = Field(
        None,
        description="Where the carrier opens streams: wss://host/path (ws:// on this machine only) "
        "of the media process. Default: HOTLINE_PUBLIC_URL with wss and the path /voice/stream, "
        "which a proxy must pass on to the media process.",
    )
    media_bind: str = Field(
        "127.0.0.1:8081", description="Where the media process listens, host:port."
    )
    languages: Annotated[list[str], NoDecode] = Field(
        ["en", "es", "ar"],
        description="Language codes in the order of the menu, separated by commas; at most 8.",
    )
    worker_processes: int = Field(
        1,
        ge=1,
        le=64,
        description="Processes of one `hotline worker`; they share its models, so that each needs "
        "little memory of its own.",
    )
    worker_sets: str | None = Field(
        None,
        description="Where the models of all languages do not fit into one process: sets of "
        "languages, en,es;ar for example. `hotline worker --set 2` then serves the second. Only "
        "languages of one set are taken for each other. Default: one set of all.",
    )
    facts_file: Path | None = Field(
        None,
        description="A TOML file with the fields that are filled in for every report, "
        "[[field]] with key, label and kind (docs/console-reports.md). Default: none.",
    )
    promise: Literal["anonymous", "confidential"] = Field(
        "anonymous", description="What the caller is promised; never both."
    )
    break_glass: bool = Field(
        False,
        description="Whether two administrators together may ask the carrier for the number of a "
        "live call, in imminent danger (docs/break-glass.md). Only where the law allows it, and "
        "only with HOTLINE_PROMISE=confidential.",
    )
    emergency_number: str = Field("911", description="Spoken in the danger line.")
    crisis_number: str = Field("988", description="Where key 0 connects the caller.")
    wait_cap_s: int = Field(
        120,
        ge=10,
        le=900,
        description="How long a caller waits for a person before the message recorder, seconds.",
    )
    transcript_wait_s: float = Field(
        20.0,
        ge=0,
        le=120,
        description="How long dispatch of a message waits for its transcript at most, seconds.",
    )
    degraded_after_s: float = Field(
        15.0,
        ge=5,
        description="After so many seconds without a heartbeat of any dispatcher the web process "
        "alone rings people for callers who wait on the line.",
    )
    transcribe_memory_mb: int = Field(
        1024,
        ge=128,
        description="Memory in MB that decoding and recognizing one message may take beyond the "
        "loaded models; whoever takes more is ended, and the message left to human ears.",
    )
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
    audit_every_s: float = Field(
        15.0,
        ge=1,
        le=600,
        description="Seconds between two sweeps of the auditor, which looks for lost reports.",
    )
    keep_routine_days: int = Field(
        90,
        ge=30,
        le=36500,
        description="Days after closing after which a routine report is deleted for good.",
    )
    keep_grave_days: int = Field(
        365,
        ge=30,
        le=36500,
        description="Days after closing after which an urgent or life-safety report is deleted.",
    )
    keep_unsent_days: int = Field(
        7,
        ge=1,
        le=365,
        description="Days after which what a caller began to say and never sent is deleted.",
    )
    tombstone_file: Path | None = Field(
        default=None,
        description="Where the ids of deleted reports are appended, so that a restored backup "
        "does not bring them back; default: tombstones.jsonl in HOTLINE_DATA_DIR. Keep it out of "
        "what is restored.",
    )
    anchor_file: Path | None = Field(
        default=None,
        description="Where the auditor appends the number and digest of the audit's last entry, "
        "once a day; default: audit-anchors.jsonl in HOTLINE_DATA_DIR. Give it a place that "
        "whoever can write to the database cannot write to.",
    )
    backup_recipient: str | None = Field(
        None,
        description="To whom `hotline backup` encrypts: the public key (age1…) that `hotline "
        "backup key` prints beside the identity, which opens backups and is kept offline. Several "
        "separated by commas: each of them opens.",
    )
    backup_folder: Path | None = Field(
        None,
        description="Where `hotline backup` puts its archives, best a place that is not on this "
        "machine. While it is set, a newest backup older than 26 hours is an alarm.",
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
    roster_two_people: bool = Field(
        True,
        description="Whether a new number of a responder, proposed in the console, takes a second "
        "person who approves it, and a press of 1 on a call to it. Once there is a second account.",
    )
    console_secure_cookies: bool = Field(
        True, description="Cookies only over https. Off only for a console on this machine."
    )

    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="How many reverse proxies of your own stand before the web process and add the "
        "visitor's address to X-Forwarded-For: wrong passwords are then counted by address too. 0: "
        "the header is not believed.",
    )
    second_factor: Literal["required", "offered"] = Field(
        "required",
        description="required: everybody signs in with an authenticator app or a passkey besides "
        "the password, and sets one up at the first sign-in. offered: only who has set one up.",
    )

    @field_validator("languages", "mail_to", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [v.strip() for v in value.split(",") if v.strip()] if isinstance(value, str) else value
        )

    @field_validator("public_url", "twilio_api_url", "models_url")
    @classmethod
    def _bare(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("media_url")
    @classmethod
    def _socket_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("ws://", "wss://")):
            raise ValueError("must begin with wss:// (or ws:// on this machine)")
        return value.rstrip("/") if value is not None else None

    @field_validator("media_bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("must be host:port, 127.0.0.1:8081 for example")
        return value

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
    def _sane(self) -> "Settings":
        if not 1 <= len(self.languages) <= 8:
            raise ValueError("HOTLINE_LANGUAGES must name one to eight languages")
        if sorted(code for codes in self.language_sets for code in codes) != sorted(self.languages):
            raise ValueError(
                "HOTLINE_WORKER_SETS must name each of HOTLINE_LANGUAGES once, sets separated by ;"
            )
        if self.silence_s < 2 * self.audit_every_s:
            raise ValueError("HOTLINE_SILENCE_S must be at least twice HOTLINE_AUDIT_EVERY_S")
        self._check_mail()
        if self.break_glass and self.promise != "confidential":
            raise ValueError(
                "HOTLINE_BREAK_GLASS needs HOTLINE_PROMISE=confidential: whoever is promised to be "
                "anonymous must not be looked up"
            )
        return self

    def _check_mail(self) -> None:
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

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """The carrier's secrets, newest first; empty when none is set."""
        tokens = self.twilio_auth_token.get_secret_value().split(",")
        return tuple(t.strip() for t in tokens if t.strip())

    @property
    def knows_addresses(self) -> bool:
        """Whether the web process knows where visitors come from. It speaks no TLS itself: where
        the public address does, a proxy stands before it, and that one's address is everybody's."""
        return self.trusted_proxies > 0 or self.public_url.startswith("http://")

    @property
    def needs_own_switch(self) -> bool:
        """Whether there is no outside carrier: no account, and no other host that speaks REST."""
        no_account = Settings.model_fields["twilio_account_sid"].default
        return self.twilio_api_url is None and self.twilio_account_sid == no_account

    @property
    def language_sets(self) -> tuple[tuple[str, ...], ...]:
        """The languages of each kind of worker."""
        if self.worker_sets is None:
            return (tuple(self.languages),)
        sets = self.worker_sets.split(";")
        return tuple(tuple(c.strip() for c in codes.split(",") if c.strip()) for codes in sets)

    @property
    def listen(self) -> str:
        """host:port of the web process."""
        return self.bind or f"127.0.0.1:{urlsplit(self.public_url).port or 8080}"

    @property
    def stream_url(self) -> str | None:
        """Where the carrier opens streams; None when it may not (HOTLINE_RECORD=verb, or an address
        without TLS that is not this machine's: carriers refuse it)."""
        url = self.media_url or "ws" + self.public_url.removeprefix("http") + STREAM_PATH
        safe = url.startswith("wss://") or urlsplit(url).hostname in LOOPBACK
        return url if self.record == "stream" and safe else None

    @property
    def key_file(self) -> Path:
        """Where the key ring is kept unless HOTLINE_KEYS holds it."""
        return self.data_dir / "keys"

    @property
    def push_key(self) -> Path:
        """The key that signs what is sent to browsers; every machine needs the same one."""
        return self.data_dir / "push-key"

    @property
    def models_folder(self) -> Path:
        """Where speech models are installed."""
        return self.models_dir or self.data_dir / "models"

    @property
    def recordings_folder(self) -> Path:
        """Where human recordings of prompts are."""
        return self.recordings_dir or self.data_dir / "recordings"

    @property
    def database(self) -> str:
        """The database's URL, the embedded default included."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'hotline.sqlite').resolve()}"

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
