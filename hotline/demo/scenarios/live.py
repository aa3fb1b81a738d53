"""Speak now: the caller waits, a counselor takes the call, both are connected."""

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA, TOM
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="live",
    title="speak to someone now; the caller waits, is connected, and both hear each other",
    language="en",
    sentences=("there is a boy with a knife in the hallway",),
    caller=lambda language, props: cast.speaks_now(language, props.speech),
    phones=lambda props: {ROSA: cast.never(), TOM: cast.takes_call()},
    roster=cast.roster([(ROSA, 15), (TOM, 25)]),
    expect=(
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.rung((ROSA, "unanswered"), (TOM, "taken")),
        expect.taken_by(TOM),
        expect.connected(TOM),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=expect.settled,
)
