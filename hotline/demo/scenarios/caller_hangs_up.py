"""The caller hangs up in the middle of the message: what was said is still sent."""

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA, TOM
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="caller-hangs-up",
    title="the caller hangs up while speaking; what was said is sent all the same",
    language="en",
    sentences=("there is a man with a gun behind the school",),
    caller=lambda language, props: cast.hangs_up_speaking(language, props.speech),
    phones=lambda props: {ROSA: cast.takes(), TOM: cast.never()},
    roster=cast.roster([(ROSA, 20), (TOM, 20)]),
    expect=(
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.happened("caller_left", "the caller hung up"),
        expect.happened("message_received", "what was said was sent"),
        expect.rung((ROSA, "taken")),
        expect.taken_by(ROSA),
        expect.one_message(),
        expect.copies_deleted(),
        expect.quiet(),
    ),
    done=expect.settled,
)
