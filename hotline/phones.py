"""The page of phones that `hotline up` prints where our own switch is the line: whose phones there
are, and what can be said on them without a microphone."""

from pathlib import Path

import requests
import structlog
from sqlalchemy import select

from hotline.context import Runtime
from hotline.demo import cast, speech
from hotline.demo.scenarios import SCENARIOS
from hotline.dispatch import roster as in_force
from hotline.dispatch.model import EscalationPolicy
from hotline.oncall import responders
from hotline.oncall import roster as roster_file
from hotline.oncall.model import Responder
from hotline.supervise.switch_control import SwitchControl
from ivr.espeak import SpeechError

log = structlog.get_logger()

VISITOR = cast.CALLER
"""The number of the visitor's own phone: a fictitious one (555-01xx)."""
FOLDER = "phones"
SAID = ("message", "live", "spanish", "arabic")
"""Scenarios of the demonstration whose words can be said."""
EXAMPLE = cast.roster([(cast.ROSA, 20), (cast.TOM, 20), (cast.DESK, 20)], rounds=2)
"""Made-up people on call round the clock, for whoever tries the hotline without a roster."""


def put_example_people(runtime: Runtime) -> bool:
    """Put the made-up people on the roster, if nobody is on it. Whether they were."""
    with runtime.database.transaction() as session:
        if session.scalar(select(Responder.id).limit(1)) is not None:
            return False
        if session.scalar(select(EscalationPolicy.id).limit(1)) is not None:
            return False
        in_force.apply(session, runtime.vault, roster_file.parse(EXAMPLE))
    return True


class Phones:
    """The phones of a running hotline: one for the visitor, one for everybody on the roster."""

    def __init__(self, runtime: Runtime, switch: SwitchControl, data_dir: Path) -> None:
        self._runtime = runtime
        self._switch = switch
        self._utterances = _spoken(data_dir / FOLDER)
        self._shown: list[dict[str, str]] | None = None
        self.url = ""
        """What opens all of them; empty until they were shown."""

    def renew(self) -> None:
        """Show the phones of those who are on the roster now. A switch that does not answer is
        asked again the next time."""
        people = [*self._visitor(), *self._crew()]
        if people == self._shown:
            return
        try:
            self.url = self._switch.furnish(
                people, self._utterances, self._runtime.settings.public_url
            )
        except requests.RequestException as error:
            log.warning("phones_not_shown", error=type(error).__name__)
            return
        self._shown = people

    def _visitor(self) -> list[dict[str, str]]:
        return [{"number": VISITOR, "name": "A caller", "role": "caller"}]

    def _crew(self) -> list[dict[str, str]]:
        with self._runtime.database.reading() as session:
            rows = session.scalars(
                select(Responder).where(Responder.active).order_by(Responder.kind, Responder.handle)
            )
            people: dict[str, str] = {}  # some share a phone
            for row in rows:
                found = responders.contact(session, self._runtime.vault, row.id)
                people.setdefault(found.number, found.name)
        people.pop(VISITOR, None)
        return [
            {"number": number, "name": name, "role": "responder"} for number, name in people.items()
        ]


def _spoken(folder: Path) -> list[dict[str, str]]:
    """What can be said, as sound files in the folder; without a voice, nothing."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = []
    for name in SAID:
        scenario = SCENARIOS[name]
        place = folder / name
        place.mkdir(mode=0o700, exist_ok=True)
        try:
            file = speech.caller(scenario.sentences, scenario.language, place)
        except SpeechError:
            continue
        text = ". ".join(scenario.sentences)
        found.append({"text": text, "language": scenario.language, "file": str(file)})
    return found
