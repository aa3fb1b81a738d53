"""From the bridge, by the star key: a colleague takes over and the first counselor leaves."""

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA, TOM
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="hand-over",
    title="the counselor hands the caller over to a colleague, who joins before she leaves",
    language="en",
    sentences=("there is a boy with a knife in the hallway",),
    caller=lambda language, props: cast.speaks_and_is_handed_over(language, props.speech),
    phones=lambda props: {ROSA: cast.takes_call_and_hands_over(), TOM: cast.takes_call()},
    roster=cast.roster([(ROSA, 25), (TOM, 25)]),
    expect=(
        expect.understood(),
        expect.rung((ROSA, "left"), (TOM, "taken")),
        expect.taken_by(TOM),
        expect.connected(ROSA),
        expect.connected(TOM),
        expect.connected_twice(TOM),
        expect.left_first(ROSA, TOM),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=expect.settled,
)
