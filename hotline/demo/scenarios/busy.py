"""One is busy, one declines, one presses a wrong key first."""

from hotline.demo import cast, expect
from hotline.demo.cast import AMINA, ROSA, TOM
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="busy",
    title="one is busy, one passes, one presses a wrong key and then takes it",
    language="en",
    sentences=("my friend has a gun in his locker", "i am scared to go to school"),
    caller=lambda language, props: cast.sends_message(language, props.speech),
    phones=lambda props: {
        ROSA: cast.busy(),
        TOM: cast.passes(),
        AMINA: cast.errs_and_takes(),
    },
    roster=cast.roster([(ROSA, 15), (TOM, 20), (AMINA, 20)]),
    expect=(
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.rung((ROSA, "busy"), (TOM, "declined"), (AMINA, "taken")),
        expect.taken_by(AMINA),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=expect.settled,
)
