"""The main job: a message about a weapon, a counselor away, a voicemail box, the police desk."""

from hotline.demo import cast, expect
from hotline.demo.cast import DESK, ROSA, TOM
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="message",
    title="a message about a weapon; nobody, a voicemail box, then the police desk takes it",
    language="en",
    sentences=(
        "i saw a boy with a gun in the cafeteria",
        "he said he is going to shoot the principal tomorrow",
    ),
    caller=lambda language, props: cast.leaves_message(language, props.speech),
    phones=lambda props: {
        ROSA: cast.never(),
        TOM: cast.voicemail(props.greeting),
        DESK: cast.listens_and_takes(),
    },
    roster=cast.roster([(ROSA, 10), (TOM, 20), (DESK, 20)]),
    expect=(
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.rung((ROSA, "unanswered"), (TOM, "machine"), (DESK, "taken")),
        expect.taken_by(DESK),
        expect.one_message(),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=expect.settled,
)
