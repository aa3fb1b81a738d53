"""The whole hotline over its own lines: words said over SIP come out as words, and people talk.

All processes are real: web, media, worker, dispatcher, Redis and the switch, as `hotline up` starts
them. SIPp does the signalling of everybody outside, and a port of the tests their sound.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from hotline.demo import outcome
from hotline.dispatch import roster as in_force
from hotline.oncall import roster as roster_file
from hotline.oncall.model import Responder
from switch import audio, tones
from tests.e2e.conftest import Theatre, open_theatre
from tests.sip.ear import Ear, likeness
from tests.sip.house import SCENARIOS, free_port
from transcription.scoring import word_error_rate

pytestmark = [pytest.mark.slow, pytest.mark.e2e, pytest.mark.timeout(400)]

WITHIN_S = 90.0
SPEECH = Path(__file__).parents[1] / "data" / "speech" / "en" / "unseen_espeak"
SAID = ("001.wav", "002.wav", "004.wav", "005.wav", "006.wav", "008.wav")
"""Voices that the model was never trained on; as many words as opening words may have."""
WRONG = 0.043
"""Of the words of such voices, at most (docs/accuracy.md)."""
PAUSE = b"\xff" * 4000
ROSTER = """
[[responder]]
handle = "anna"
kind = "counselor"
name = "Anna"
number = "+15550100201"
languages = ["en"]
[[responder]]
handle = "ben"
kind = "counselor"
name = "Ben"
number = "+15550100202"
languages = ["en"]
[[responder]]
handle = "cleo"
kind = "counselor"
name = "Cleo"
number = "+15550100203"
languages = ["en"]
[policy.default]
rounds = 1
steps = [
  { targets = ["anna"], ring_s = 6 },
  { targets = ["ben"], ring_s = 20 },
  { targets = ["cleo"], ring_s = 30 },
]
alarm = ["anna"]
"""


class Line:
    """The hotline and what the switch writes down of its calls."""

    def __init__(self, theatre: Theatre, trunk_port: int, folder: Path) -> None:
        self.theatre = theatre
        self.trunk_port = trunk_port
        self._folder = folder
        self.events: list[dict[str, Any]] = []
        self._next = 0

    def event(self, name: str, count: int = 1, url: str = "", **details: Any) -> dict[str, Any]:
        """The `count`th event of that name and these details, once it came."""
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            found = [
                event
                for event in self.events
                if event["event"] == name
                and url in event.get("url", "")
                and details.items() <= event.items()
            ]
            if len(found) >= count:
                return found[count - 1]
            news, self._next = self.theatre.switch.journal(self._next, 1.0)
            self.events += news
        seen = [f"{e['event']} {e.get('url', '')}" for e in self.events if e["event"] != "webhook"]
        raise AssertionError(f"never came: {name} {url} {details}; last: {seen[-30:]}")

    @contextmanager
    def sipp(self, scenario: str, port: int, calls: int, **keys: object) -> Iterator[None]:
        """SIPp with a scenario at a port for so many calls; it is ended with the block."""
        words = [word for key, value in keys.items() for word in ("-key", key, str(value))]
        process = subprocess.Popen(
            [
                str(shutil.which("sipp")),
                f"127.0.0.1:{self.theatre.switch.sip_port()}",
                *("-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-nostdin"),
                *("-p", str(port), "-m", str(calls), *words),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A hotline with lines of its own and three people on its roster."""
    folder, trunk_port = tmp_path_factory.mktemp("lines"), free_port()
    trunk = f"sip:hotline@127.0.0.1:{trunk_port}"
    lines = {"sip_listen": "127.0.0.1:0", "sip_trunk": trunk}
    with open_theatre(folder, speed=1.0, **lines) as theatre:
        runtime = theatre.stack.runtime
        with runtime.database.transaction() as session:
            in_force.apply(session, runtime.vault, roster_file.parse(ROSTER))
        yield Line(theatre, trunk_port, folder)


def until(true: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.05)


def hears(ear: Ear, sound: bytes, like: float) -> None:
    """Wait until the last twenty seconds that an ear heard hold a sound."""
    end, best = time.monotonic() + WITHIN_S, 0.0
    while best < like:
        assert time.monotonic() < end, f"heard it {best:.2f} alike in {len(ear.heard)} packets"
        time.sleep(0.5)
        best = max(best, likeness(ear.sound()[-160_000:], sound))


def is_refused(line: Line, number: str) -> bool:
    """Whether the switch does not even ring a number, whoever asks it."""
    url = line.theatre.stack.settings.public_url
    carrier = line.theatre.stack.runtime.carrier
    sid = carrier.place_call(to=number, url=url, status_url=url, ring_s=5)
    line.event("dialed", call_sid=sid)
    line.theatre.switch.hang_up(sid)
    line.event("hangup", call_sid=sid)
    return any(e["event"] == "sip_not_allowed" and e["call_sid"] == sid for e in line.events)


def said() -> tuple[bytes, str]:
    """The recordings one after the other as µ-law, and what is said in them."""
    lines = (SPEECH / "manifest.tsv").read_text(encoding="utf-8").splitlines()
    texts = dict(line.split("\t")[:2] for line in lines)
    sounds = [audio.to_ulaw((SPEECH / name).read_bytes()) for name in SAID]
    return PAUSE.join(sounds), ". ".join(texts[name] for name in SAID)


def test_words_said_over_sip_and_the_third_phone_takes_the_call(line: Line) -> None:
    speech, words = said()
    with ExitStack() as undo:
        mouth, phone = undo.enter_context(Ear()), undo.enter_context(Ear())
        undo.enter_context(line.sipp("phones", line.trunk_port, 3, rtp_port=phone.port))
        caller = {"from": "+15550100001", "rtp_port": mouth.port, "codec": 0}
        undo.enter_context(line.sipp("caller", free_port(), 1, **caller))
        call_sid = line.event("dialed", direction="inbound")["call_sid"]

        line.event("played", url="/en/digit_1.")
        mouth.press("1")
        line.event("played", url="/menu_speak.")
        mouth.press("1")
        line.event("beep", call_sid=call_sid)
        mouth.say(speech)
        assert mouth.spoken.wait(WITHIN_S)
        mouth.press("#")

        line.event("hangup", number="+15550100201", cause="no-answer")
        line.event("hangup", number="+15550100202", cause="busy")
        line.event("answered", number="+15550100203")
        line.event("playing", url="/screening_keys_live.", number="+15550100203")
        phone.press("1")
        line.event("bridged", number="+15550100203")

        ask, answer = speech[16000:32000], tones.tone(1500, seconds=2)
        mouth.say(ask)
        phone.say(answer)
        hears(phone, ask, 0.95)
        hears(mouth, answer[:8000], 0.9)

        runtime = line.theatre.stack.runtime
        until(lambda: outcome.read(runtime, call_sid).transcripts, "the words")
        seen = outcome.read(runtime, call_sid)
        assert word_error_rate(words, seen.transcript, "en") <= WRONG, seen.transcript
        assert [(ring.responder, ring.outcome) for ring in seen.attempts] == [
            ("anna", "unanswered"),
            ("ben", "busy"),
            ("cleo", "taken"),
        ]
        line.theatre.switch.hang_up(call_sid)
        line.event("hangup", call_sid=call_sid)
        with runtime.database.transaction() as session:
            session.execute(update(Responder).values(active=False))
        until(lambda: is_refused(line, "+15550100203"), "who is off the roster is not rung")
    numbers = ("15550100001", "15550100201", "15550100202", "15550100203")
    assert not [entry for entry in line.theatre.log if any(n in entry for n in numbers)]
