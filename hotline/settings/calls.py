"""What callers meet: recording, languages, promises, waits."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from hotline.settings.values import host_and_port, listed


class Calls(BaseSettings):
    """What callers meet: recording, languages, promises, waits."""

    record: Literal["auto", "stream", "verb"] = Field(
        "auto",
        description="How callers are recorded. stream: the carrier sends the sound to our media "
        "process while it is spoken, and keeps nothing. verb: the carrier records, we fetch the "
        "recording and have it deleted there; so it is done anyway while no media process runs. "
        "auto: stream where the carrier can.",
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
    repeat_calls: int = Field(
        5,
        ge=0,
        le=1000,
        description="So many calls a day from one telephone are connected to a person without a "
        "question. From the next on the caller first presses a key that is named, or says a word; "
        "a message can be left without. Children often call a few times before they dare to "
        "speak, and a call may break off: five leave room for both. 0: nobody is asked.",
    )
    repeat_day_begins: int = Field(
        9,
        ge=0,
        le=23,
        description="The hour in UTC at which the day begins for which calls of a telephone are "
        "counted, and a block of it lasts. 9 is night in all of the United States.",
    )
    spoken_keys: bool = Field(
        True,
        description="Whether callers may say the word, a report number or a PIN in place of keys, "
        "where the speech model knows the words. What they say is recorded by the carrier for a "
        "moment, also where messages are streamed.",
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

    @field_validator("languages", mode="before")
    @classmethod
    def _split_languages(cls, value: object) -> object:
        return listed(value) if isinstance(value, str) else value

    @field_validator("media_url")
    @classmethod
    def _socket_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("ws://", "wss://")):
            raise ValueError("must begin with wss:// (or ws:// on this machine)")
        return value.rstrip("/") if value is not None else None

    @field_validator("media_bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        return host_and_port(value)

    @property
    def language_sets(self) -> tuple[tuple[str, ...], ...]:
        """The languages of each kind of worker."""
        if self.worker_sets is None:
            return (tuple(self.languages),)
        sets = self.worker_sets.split(";")
        return tuple(tuple(c.strip() for c in codes.split(",") if c.strip()) for codes in sets)
