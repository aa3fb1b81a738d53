"""The menu when what is said comes as a stream: the same steps, and a way on when it is lost."""

from dataclasses import replace

import pytest

from ivr.menu import advance
from ivr.scenes import show
from ivr.steps import Begun, Park, Record, Recorded, Rules, Session, State, StreamLost

RULES = Rules(stream=True)
SPEAKING = Session(state=State.SPEAKING, language="en", kind="opening")
MESSAGE = Session(state=State.MESSAGE, language="en")


@pytest.mark.parametrize("session", [SPEAKING, MESSAGE])
def test_recordings_are_streamed_where_that_can_be(session: Session) -> None:
    session, step = advance(session, Begun("m1"), RULES)
    assert isinstance(step.then, Record)
    assert step.then.streamed
    other = show(session, replace(RULES, stream=False)).then
    assert isinstance(other, Record)
    assert not other.streamed


@pytest.mark.parametrize("session", [SPEAKING, MESSAGE])
@pytest.mark.parametrize(
    ("heard", "says"), [(True, "recording_resume"), (False, "recording_start")]
)
def test_after_a_lost_stream_the_carrier_records_the_rest_of_it(
    session: Session, heard: bool, says: str
) -> None:
    session, _ = advance(session, Begun("m1"), RULES)
    session, step = advance(session, StreamLost(heard), RULES)
    assert [prompt.name for prompt in step.prompts] == [says]
    assert isinstance(step.then, Record)
    assert (step.then.message, step.then.streamed) == ("m1", False)
    assert Session.from_dict(session.to_dict()) == session


def test_the_opening_words_lead_to_the_park_however_they_were_recorded() -> None:
    session, _ = advance(SPEAKING, Begun("m1"), RULES)
    session, _ = advance(session, StreamLost(heard=True), RULES)
    _, step = advance(session, Recorded(3.0), RULES)
    assert isinstance(step.then, Park)


def test_elsewhere_a_lost_stream_changes_nothing() -> None:
    session = Session(state=State.REVIEW, language="en", message="m1")
    after, _ = advance(session, StreamLost(heard=True), RULES)
    assert after == session
