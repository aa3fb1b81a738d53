"""A caller who presses nothing and says nothing reaches a human."""

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA
from hotline.demo.scenario import Expectation, Scenario, Seen


def _bridged(seen: Seen) -> bool:
    return seen.outcome.live and seen.outcome.happened("bridged")


SCENARIO = Scenario(
    name="silent-caller",
    title="no key and no word: the caller is connected to a human",
    language="en",
    sentences=(),
    caller=lambda language, props: cast.says_nothing(),
    phones=lambda props: {ROSA: cast.takes_call()},
    roster=cast.roster([(ROSA, 25)]),
    expect=(
        expect.rung((ROSA, "taken")),
        expect.taken_by(ROSA),
        Expectation("the caller was connected to a human", _bridged),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=expect.settled,
)
