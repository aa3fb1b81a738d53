"""A message in Arabic."""

from hotline.demo import cast, expect
from hotline.demo.cast import AMINA, ROSA
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="arabic",
    title="a message in Arabic; the second counselor takes it",
    language="ar",
    sentences=("رأيت رجل معه مسدس في المدرسة", "نحن نختبئ في الصف"),
    caller=lambda language, props: cast.sends_message(language, props.speech),
    phones=lambda props: {ROSA: cast.never(), AMINA: cast.takes()},
    roster=cast.roster([(ROSA, 8), (AMINA, 20)]),
    expect=(
        expect.in_language("ar"),
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.rung((ROSA, "unanswered"), (AMINA, "taken")),
        expect.taken_by(AMINA),
        expect.copies_deleted(),
        expect.quiet(),
    ),
    done=expect.settled,
)
