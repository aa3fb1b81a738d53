"""A bridged counselor hangs up while the caller stays: the next one is rung."""

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA, TOM
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="responder-drops",
    title="the counselor hangs up in the middle of the talk; the caller is connected with the next",
    language="en",
    sentences=("there is a boy with a knife in the hallway",),
    caller=lambda language, props: cast.speaks_to_two(language, props.speech),
    phones=lambda props: {ROSA: cast.takes_call_and_drops(), TOM: cast.takes_call()},
    roster=cast.roster([(ROSA, 25), (TOM, 25)]),
    expect=(
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.happened("bridge_ended", "the bridge ended while the caller was still there"),
        expect.happened("dispatch_reopened", "the search went on"),
        expect.rung((ROSA, "left"), (TOM, "taken")),
        expect.taken_by(TOM),
        expect.connected(ROSA),
        expect.connected(TOM),
        expect.heard_two(),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=expect.settled,
)
