"""A message in Spanish."""

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA, TOM
from hotline.demo.scenario import Scenario

SCENARIO = Scenario(
    name="spanish",
    title="a message in Spanish; the second counselor takes it",
    language="es",
    sentences=(
        "vi a un estudiante con una pistola en el baño",
        "mi amigo tiene miedo de ir a la escuela",
    ),
    caller=lambda language, props: cast.sends_message(language, props.speech),
    phones=lambda props: {ROSA: cast.never(), TOM: cast.takes()},
    roster=cast.roster([(ROSA, 8), (TOM, 20)]),
    expect=(
        expect.in_language("es"),
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.rung((ROSA, "unanswered"), (TOM, "taken")),
        expect.taken_by(TOM),
        expect.copies_deleted(),
        expect.quiet(),
    ),
    done=expect.settled,
)
