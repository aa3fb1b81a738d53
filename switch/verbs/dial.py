"""<Dial>: connect the caller to phones, a conference or a queue, then the action."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import callbacks
from switch.errors import SCHEMA, DocumentError, Interruption, Transfer
from switch.steps import Fetch
from switch.taping import tape_call
from switch.verbs.address import NOUNS
from switch.verbs.base import Attributes, Verb, content
from switch.verbs.conference import ConferenceNoun
from switch.verbs.dialing import DialOptions, DialRecording, Outcome
from switch.verbs.number import NumberNoun, dial_numbers
from switch.verbs.queue import QueueNoun

if TYPE_CHECKING:
    from switch.session import Session

MAX_NUMBERS = 10
WITHOUT_EFFECT = (
    "ringTone",
    "recordingConfigurationId",
    "referUrl",
    "referMethod",
    "events",
    "passports",
)
Nouns = tuple[tuple[NumberNoun, ...], ConferenceNoun | QueueNoun | None]


@dataclass(frozen=True)
class Dial(Verb):
    """Dial `numbers` (at once, or one after the other if sequential) or enter a `place`."""

    options: DialOptions
    action: str | None = None
    method: str = "POST"
    numbers: tuple[NumberNoun, ...] = ()
    place: ConferenceNoun | QueueNoun | None = None
    recording: DialRecording = field(default_factory=DialRecording)

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Dial> and its nouns; raises DocumentError."""
        attributes = Attributes(element, call_sid)
        numbers, place = _nouns(element, call_sid)
        verb = cls(
            options=DialOptions.parse(attributes),
            action=attributes.text("action") or None,
            method=attributes.method(),
            numbers=numbers,
            place=place,
            recording=DialRecording.parse(attributes),
        )
        attributes.done(*WITHOUT_EFFECT)
        return verb

    # Answering is up to `run`: with answerOnBridge the caller goes on hearing the network ring.
    answers = False

    async def run(self, session: "Session") -> None:
        """Dial; raises Transfer to the action, if there is one."""
        if self.place is not None or not self.options.answer_on_bridge:
            session.exchange.answer(session.call)
        outcome = Outcome()
        outcome.on_talk = lambda: self._record(session, outcome)
        if self.recording.begins == "ringing" or self.place is not None:
            outcome.talking()
        try:
            await self._connect(session, outcome)
        except Interruption:
            if self.action is not None:
                await session.notify(self._action(session, outcome))
            raise
        finally:
            if outcome.tape is not None:
                outcome.tape.stop()
        if self.action is not None:
            raise Transfer(self._action(session, outcome))

    def _action(self, session: "Session", outcome: Outcome) -> Fetch:
        params = outcome.params()
        if outcome.tape is not None:
            outcome.tape.stop()
            params |= callbacks.recording_params(session.exchange, outcome.tape.recording)
        return session.action(self.action, self.method, **params)

    def _record(self, session: "Session", outcome: Outcome) -> None:
        if self.recording.begins and outcome.tape is None:
            hook = self.recording.options.hook
            options = replace(self.recording.options, hook=hook.against(session.absolute(hook.url)))
            outcome.tape = tape_call(session.exchange, session.call, "DialVerb", options)

    async def _connect(self, session: "Session", outcome: Outcome) -> None:
        if isinstance(self.place, ConferenceNoun):
            await self.place.join(session, self.options, outcome)
        elif self.place is not None:
            await self.place.serve(session, self.options, outcome)
        elif self.options.sequential:
            for number in self.numbers:
                await dial_numbers(session, (number,), self.options, outcome)
                if outcome.status == "completed":
                    return
        else:
            await dial_numbers(session, self.numbers, self.options, outcome)


def _nouns(element: Element, call_sid: str) -> Nouns:
    if not len(element):
        text = content(element)
        if not text:
            raise DocumentError(SCHEMA, "<Dial> has nobody to dial")
        return (NumberNoun(text),), None
    tags = [child.tag for child in element]
    if tags == ["Conference"]:
        return (), ConferenceNoun.parse(element[0], call_sid)
    if tags == ["Queue"]:
        return (), QueueNoun.parse(element[0], call_sid)
    if not set(tags) <= NOUNS or len(tags) > MAX_NUMBERS:
        raise DocumentError(
            SCHEMA, "<Dial> may hold one <Conference> or <Queue>, or up to ten phones"
        )
    return tuple(NumberNoun.parse(child, call_sid) for child in element), None
