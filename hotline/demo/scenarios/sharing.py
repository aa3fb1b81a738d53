"""Life-safety is delivered to the police by itself, before anybody has taken it."""

from hotline.demo import cast, expect
from hotline.demo.cast import NORTH_POLICE, ROSA, TOM
from hotline.demo.scenario import Expectation, Scenario, Seen


def _before_it_was_taken() -> Expectation:
    def holds(seen: Seen) -> bool:
        kinds = [event.kind for event in seen.outcome.events]
        told, taken = "delivery_heard", "attempt_taken"
        return told in kinds and taken in kinds and kinds.index(told) < kinds.index(taken)

    return Expectation("the police heard it before anybody had taken it", holds)


def _nothing_before_the_key() -> Expectation:
    heard = ("delivery_intro", "delivery_open", "screening_report")
    return Expectation(
        "the police heard nothing of it before they pressed 1",
        lambda seen: seen.prompts.get(NORTH_POLICE.number, ())[:3] == heard,
    )


SCENARIO = Scenario(
    name="sharing",
    title="life-safety: the police hear it by themselves and confirm it, while people are rung",
    language="en",
    sentences=("i saw a boy with a gun in the cafeteria",),
    caller=lambda language, props: cast.sends_message(language, props.speech),
    phones=lambda props: {
        ROSA: cast.never(),
        TOM: cast.takes(),
        NORTH_POLICE: cast.hears_and_confirms(),
    },
    roster=cast.roster([(ROSA, 25), (TOM, 25)]) + cast.recipient(NORTH_POLICE),
    expect=(
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        _nothing_before_the_key(),
        _before_it_was_taken(),
        expect.happened("delivery_acknowledged", "the police confirmed that they have it"),
        expect.taken_by(TOM),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=lambda seen: seen.outcome.happened("delivery_acknowledged") and expect.settled(seen),
)
