"""<Dial>: connect the caller to other phones or to a conference, then the action."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch.errors import SCHEMA, DocumentError, Interruption, Transfer
from switch.verbs.base import Attributes, Verb, content
from switch.verbs.conference import ConferenceNoun
from switch.verbs.dialing import DialOptions, Outcome
from switch.verbs.number import NumberNoun, dial_numbers

if TYPE_CHECKING:
    from switch.session import Session

MAX_NUMBERS = 10
_WITHOUT_EFFECT = (
    "ringTone",
    "record",
    "trim",
    "recordingStatusCallback",
    "recordingStatusCallbackMethod",
    "recordingStatusCallbackEvent",
    "recordingTrack",
    "referUrl",
    "referMethod",
)


@dataclass(frozen=True)
class Dial(Verb):
    """Dial `numbers` (at once, or one after the other if sequential) or join a `conference`."""

    options: DialOptions
    action: str | None = None
    method: str = "POST"
    numbers: tuple[NumberNoun, ...] = ()
    conference: ConferenceNoun | None = None

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Dial> and its nouns; raises DocumentError."""
        attributes = Attributes(element, call_sid)
        numbers, conference = _nouns(element, call_sid)
        verb = cls(
            options=DialOptions.parse(attributes),
            action=attributes.text("action") or None,
            method=attributes.method(),
            numbers=numbers,
            conference=conference,
        )
        attributes.done(*_WITHOUT_EFFECT)
        return verb

    # Answering is up to `run`: with answerOnBridge the caller goes on hearing the network ring.
    answers = False

    async def run(self, session: "Session") -> None:
        """Dial; raises Transfer to the action, if there is one."""
        if self.conference is not None or not self.options.answer_on_bridge:
            session.exchange.answer(session.call)
        outcome = Outcome()
        try:
            await self._connect(session, outcome)
        except Interruption:
            if self.action is not None:
                await session.notify(session.action(self.action, self.method, **outcome.params()))
            raise
        if self.action is not None:
            raise Transfer(session.action(self.action, self.method, **outcome.params()))

    async def _connect(self, session: "Session", outcome: Outcome) -> None:
        if self.conference is not None:
            await self.conference.join(session, self.options, outcome)
        elif self.options.sequential:
            for number in self.numbers:
                await dial_numbers(session, (number,), self.options, outcome)
                if outcome.status == "completed":
                    return
        else:
            await dial_numbers(session, self.numbers, self.options, outcome)


def _nouns(element: Element, call_sid: str) -> tuple[tuple[NumberNoun, ...], ConferenceNoun | None]:
    if not len(element):
        text = content(element)
        if not text:
            raise DocumentError(SCHEMA, "<Dial> has nobody to dial")
        return (NumberNoun(text),), None
    if [child.tag for child in element] == ["Conference"]:
        return (), ConferenceNoun.parse(element[0], call_sid)
    if any(child.tag != "Number" for child in element) or len(element) > MAX_NUMBERS:
        raise DocumentError(SCHEMA, "<Dial> may hold one <Conference> or up to ten <Number>")
    return tuple(NumberNoun.parse(child, call_sid) for child in element), None
