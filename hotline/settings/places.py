"""Where things are: addresses, the carrier's account, databases, folders, keys."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from hotline.settings.values import host_and_port

NO_ACCOUNT = "AC00000000000000000000000000000000"


class Places(BaseSettings):
    """Where things are: addresses, the carrier's account, databases, folders, keys."""

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
    door_url: str | None = Field(
        None,
        description="The address of the web door, where reports are written (docs/door.md), "
        "without a path; best a host name of its own. `hotline up` starts the door where this is "
        "set.",
    )
    door_bind: str = Field(
        "127.0.0.1:8090", description="Where the web door listens, host:port (`hotline door`)."
    )
    phone_number: str = Field(
        "+15550100911", description="The hotline's own number (E.164); shown on every call we make."
    )
    carrier: Literal["twilio", "signalwire", "telnyx", "somleng", "switch"] = Field(
        "twilio",
        description="Who carries the calls; what each can do and needs is in docs/carriers.md. "
        "switch: our own. Without an account our own switch stands in for Twilio.",
    )
    twilio_account_sid: str = Field(
        NO_ACCOUNT,
        description="The account at the carrier (SignalWire: the project).",
    )
    twilio_auth_token: SecretStr = Field(
        SecretStr(""),
        description="The carrier's secret: signs webhooks to us and our calls to it. Two tokens "
        "separated by a comma are both accepted while one is being rotated; the first one is ours. "
        "SignalWire's API token and Telnyx's API key sign no webhooks: see HOTLINE_CARRIER_KEY.",
    )
    carrier_key: SecretStr | None = Field(
        None,
        description="Where the carrier signs webhooks with a key of its own: SignalWire's signing "
        "key, Telnyx's public key (base64). Two separated by a comma while one is being rotated.",
    )
    carrier_application: str | None = Field(
        None, description="Telnyx: the id of the TeXML application that our calls belong to."
    )
    twilio_api_url: str | None = Field(
        None,
        description="Another address at which the carrier's REST interface is: "
        "https://SPACE.signalwire.com/api/laml for SignalWire, our switch elsewhere.",
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

    @field_validator("public_url", "door_url", "twilio_api_url", "models_url")
    @classmethod
    def _bare(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("door_bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        return host_and_port(value)

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """The carrier's secrets, newest first; empty when none is set."""
        return _each(self.twilio_auth_token)

    @property
    def carrier_keys(self) -> tuple[str, ...]:
        """The keys with which a carrier signs that has some of its own, newest first."""
        return _each(self.carrier_key) if self.carrier_key is not None else ()

    @property
    def has_account(self) -> bool:
        """Whether an account at a carrier is named."""
        return self.twilio_account_sid != NO_ACCOUNT

    @property
    def needs_own_switch(self) -> bool:
        """Whether there is no outside carrier: our switch is chosen, or stands in for Twilio where
        no account is named, and no other host is."""
        stands_in = self.carrier == "twilio" and not self.has_account
        return self.twilio_api_url is None and (self.carrier == "switch" or stands_in)

    @property
    def listen(self) -> str:
        """host:port of the web process."""
        return self.bind or f"127.0.0.1:{urlsplit(self.public_url).port or 8080}"

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


def _each(secret: SecretStr) -> tuple[str, ...]:
    return tuple(t.strip() for t in secret.get_secret_value().split(",") if t.strip())
