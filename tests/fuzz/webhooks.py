"""Signed webhooks of every kind with anything in them, against the whole voice menu.

Whoever has the carrier's token (the carrier itself, with bugs of its own) may send what it likes:
there is never a 500 and never a traceback, and whatever is answered to a leg is TwiML. Inputs come
from a seed, which is printed with what failed.

    python -m tests.fuzz.webhooks [INPUTS] [SEED]
"""

import random
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import structlog
from flask.testing import FlaskClient
from sqlalchemy import event, select
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hotline.context import Runtime
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt
from hotline.languages import load_languages
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.reports.model import Message
from hotline.settings import Settings
from hotline.tasks import heartbeat
from hotline.tasks.doorbell import SilentDoorbell
from ivr import answers
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.unit.ivr.house import on_duty

INPUTS, SEED = 1_000_000, 1
MENU = 5_000
"""Inputs for one menu: each begins with an empty database, which stays quick."""
CALLS = 40
"""Calls that are under way at a time, so that inputs meet states and not only strangers."""
TICK_EVERY = 25
NAMES = (
    *("CallSid", "CallStatus", "Digits", "From", "To", "Direction", "RecordingSid", "RecordingUrl"),
    *("RecordingDuration", "RecordingStatus", "DialCallStatus", "DialCallSid", "SpeechResult"),
    *(
        "AnsweredBy",
        "CallbackSource",
        "ConferenceSid",
        "StatusCallbackEvent",
        "ErrorCode",
        "Stream",
    ),
)
WORDS = {
    "CallStatus": (
        *("queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer"),
        *("canceled", "answered", "initiated"),
    ),
    "Digits": (*"0123456789*#", "hangup", "12", "123456", "000000", "1#"),
    "RecordingDuration": ("0", "3", "-1", "1e9", "nan", "inf", "3.5", "180"),
    "RecordingStatus": ("completed", "failed", "absent", "in-progress"),
    "DialCallStatus": ("completed", "answered", "busy", "no-answer", "failed", "canceled"),
    "Direction": ("inbound", "outbound-api"),
    "To": ("+15550100911", "+15550100920", "sip:x@y", "anonymous"),
    "AnsweredBy": ("human", "machine_start", "unknown", "fax"),
}
HOSTILE = (
    *("", " ", "\x00", "\r\nX-Evil: 1", "<Say>x</Say>", "]]>", "&lt;", "'; DROP TABLE call; --"),
    *("../../etc/passwd", "%2e%2e", "\u202etxt.exe", "\ud7ff\ue000", "٣", "１２３", "𝟙", "9" * 400),
    *("-0", "0x10", "1_000", "None", "null", "true", "[]", "{}", "😀" * 40, "\ufeff", "é" * 2000),
)


EXPECTED = ("BadRequestKeyError",)
"""Errors that a view may answer with an apology: the carrier left out what every webhook has."""


class Noticed:
    """Stands for the log of `ivr.answers`: a caller is apologised to with 200 for every mistake of
    ours, so only what is logged tells of it."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def error(self, _event: str, *, error: str, **_facts: object) -> None:
        """A step failed."""
        self.errors.append(error)


class NotKept(AssertionError):
    """A promise was broken; the message holds the request."""


@dataclass
class Fuzz:
    """One voice menu, calls under way on it, and chance."""

    runtime: Runtime
    client: FlaskClient
    engine: Engine
    chance: random.Random
    rules: list[Rule]
    calls: list[str] = field(default_factory=list)
    answered: dict[int, int] = field(default_factory=dict)
    noticed: Noticed = field(default_factory=Noticed)
    links: list[str] = field(default_factory=list)
    """Addresses that the menu itself has handed out of late."""

    def run(self, inputs: int) -> dict[int, int]:
        """Send so many; how often each status was answered. Raises NotKept."""
        with patch.object(answers, "log", self.noticed):
            for number in range(inputs):
                if number % TICK_EVERY == 0:
                    self._go_on(number)
                self._send()
        return self.answered

    def _go_on(self, number: int) -> None:
        """A new call begins, and dispatch does what is due."""
        call = f"CA{number:032x}"
        self.calls = [*self.calls[-CALLS:], call]
        self._post("/voice", "", [("CallSid", call), ("CallStatus", "in-progress")])
        self.runtime.clock.advance(self.chance.choice((0.1, 1.0, 9.0)))  # type: ignore[attr-defined]
        if number % (4 * TICK_EVERY) == 0:
            with self.runtime.database.transaction() as session:
                heartbeat.beat(session, heartbeat.DISPATCHER, self.runtime.clock())
            self.engine.tick()

    def _send(self) -> None:
        pick = self.chance.random()
        if self.links and pick < 0.5:
            path, _, query = self.chance.choice(self.links).partition("?")
        else:
            path, query = self._path(), urlencode(self._pairs(3))
        if pick < 0.1:
            query = self._broken(query)
        self._post(path, query, self._pairs(7))

    def _path(self) -> str:
        rule = self.chance.choice(self.rules)
        path = rule.rule
        for name in rule.arguments:
            for form in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
                path = path.replace(form, urlencode({"": self._id()})[1:])
        return path

    def _id(self) -> str:
        """The token or id of something that is there, or nonsense."""
        table = self.chance.choice((Attempt.token, Message.id, Message.token, None))
        if table is None or self.chance.random() < 0.7:
            return self.chance.choice(HOSTILE) or "x"
        with self.runtime.database.reading() as session:
            known = session.scalars(select(table).limit(20)).all()
        return self.chance.choice(known) if known else "x"

    def _pairs(self, most: int) -> list[tuple[str, str]]:
        pairs = [("CallSid", self.chance.choice(self.calls))] if self.chance.random() < 0.9 else []
        for _ in range(self.chance.randrange(most)):
            name = self.chance.choice(NAMES) if self.chance.random() < 0.9 else self._text()
            pairs.append((name, self._value(name)))
        return pairs

    def _value(self, name: str) -> str:
        known = WORDS.get(name)
        if known is not None and self.chance.random() < 0.7:
            return self.chance.choice(known)
        if name == "RecordingSid" and self.chance.random() < 0.7:
            return f"RE{self.chance.randrange(50):032x}"
        return self._text()

    def _text(self) -> str:
        if self.chance.random() < 0.6:
            return self.chance.choice(HOSTILE)
        return "".join(
            chr(self.chance.randrange(1, 0xD7FF)) for _ in range(self.chance.randrange(9))
        )

    def _broken(self, query: str) -> str:
        """Not what a browser would send: lone percent signs, bytes that are no UTF-8."""
        return query + self.chance.choice(("%", "%zz", "&&", "=", "%ff%fe", "&=&", ";", "%00"))

    def _post(self, path: str, query: str, pairs: list[tuple[str, str]]) -> None:
        target = f"{path}?{query}" if query else path
        form: dict[str, list[str]] = {}
        for name, value in pairs:
            form.setdefault(name, []).append(value)
        signature = _sign(self.runtime, target, form)
        answer = self.client.post(
            target,
            data=urlencode(pairs),
            headers={
                "X-Twilio-Signature": signature,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        self.answered[answer.status_code] = self.answered.get(answer.status_code, 0) + 1
        try:
            self._judge(answer)
        except (AssertionError, ET.ParseError) as error:
            raise NotKept(f"{type(error).__name__} {error}: POST {target!r} {pairs!r}") from error

    def _judge(self, answer: TestResponse) -> None:
        body = answer.get_data(as_text=True)
        assert answer.status_code < 500, answer.status_code
        assert "Traceback" not in body
        failed, self.noticed.errors = self.noticed.errors, []
        assert set(failed) <= set(EXPECTED), failed
        if answer.status_code == 200 and answer.mimetype == "text/xml":
            document = ET.fromstring(body)  # noqa: S314 - our own answer
            assert document.tag == "Response"
            self._follow(document)

    def _follow(self, document: ET.Element) -> None:
        base = self.runtime.url("")
        for verb in document.iter():
            if verb.tag == "Play":  # a sound; nobody posts to it
                continue
            for url in (verb.attrib.get("action", ""), verb.text or ""):
                if url.startswith(base):
                    self.links.append(url[len(base) :])
        self.links = self.links[-200:]


def _sign(runtime: Runtime, target: str, form: dict[str, list[str]]) -> str:
    class Form(dict[str, list[str]]):
        def getall(self, key: str) -> list[str]:
            return self[key]

    token = runtime.settings.auth_tokens[0]
    signed: str = RequestValidator(token).compute_signature(runtime.url(target), Form(form))
    return signed


def open_fuzz(folder: Path, seed: int) -> Fuzz:
    """A voice menu on a SQLite file in the folder, which nobody needs to survive a crash."""
    url = f"sqlite:///{folder / 'fuzz.sqlite'}"
    migrations.upgrade(url)
    database = Database(url)
    event.listen(database.engine, "connect", _unsafe)
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, data_dir=folder, database_url=url, twilio_auth_token="of-the-fuzz"
    )
    clock = VirtualClock()
    carrier = FakeCarrier(clock)
    runtime = Runtime(
        settings,
        database,
        Vault(keys.generate()),
        carrier,
        SilentDoorbell(),
        load_languages(settings.languages),
        clock,
    )
    made = on_duty(runtime, carrier, clock.seconds)
    app = made.client.application
    app.config["PROPAGATE_EXCEPTIONS"] = False
    rules = [r for r in app.url_map.iter_rules() if "POST" in (r.methods or ())]
    return Fuzz(runtime, made.client, made.engine, random.Random(seed), rules)


def _unsafe(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]


def _keep(latest: deque[object], entry: object) -> str:
    """A processor of structlog: what the log says is shown when something has failed."""
    latest.append(entry)
    raise structlog.DropEvent


def main() -> None:
    """Send INPUTS from SEED, in menus of MENU each, and say what was answered."""
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    began, left = time.monotonic(), inputs
    latest: deque[object] = deque(maxlen=20)
    structlog.configure(processors=[lambda _log, _level, entry: _keep(latest, entry)])
    total: dict[int, int] = {}
    while left > 0:
        with tempfile.TemporaryDirectory() as folder:
            fuzz = open_fuzz(Path(folder), seed)
            print(f"seed {seed}: ", end="", flush=True)
            try:
                answered = fuzz.run(min(left, MENU))
            except NotKept as broken:
                print(broken, "The log said before that:", *latest, sep="\n")
                sys.exit(1)
            for status, count in answered.items():
                total[status] = total.get(status, 0) + count
            fuzz.runtime.close()
        print(dict(sorted(total.items())), f"{time.monotonic() - began:.0f} s", flush=True)
        left, seed = left - MENU, seed + 1


if __name__ == "__main__":
    main()
