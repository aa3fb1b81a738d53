"""The caller comes back: a question is left for them, they answer, and the owner's phone rings."""

from hotline.demo import cast, expect
from hotline.demo.cast import CALLER, ROSA
from hotline.demo.scenario import Direction, Scenario, Seen, Stage
from hotline.reports.outcomes import Disposition

QUESTION = "¿Dónde está tu amigo?"
HEARD = "dónde está tu amigo"
CLOSE, CLOSE_UNSAID = "close the report", "close it without saying how it ended"
OUTCOME = Disposition.HANDED_TO_LAW_ENFORCEMENT


def _is_theirs(seen: Seen | None) -> bool:
    """The first call is over, and Rosa has it."""
    return seen is not None and expect.settled(seen)


def _is_asked(seen: Seen | None) -> bool:
    return seen is not None and seen.outcome.happened("reply_left")


def _is_told(seen: Seen | None) -> bool:
    """The caller has said more, and Rosa has taken that too."""
    taken = [r for r in seen.outcome.attempts if r.outcome == "taken"] if seen else []
    return (
        seen is not None
        and seen.outcome.transcripts == 2
        and len(seen.outcome.attempts) == 2
        and bool(taken)
        and seen.quiet
    )


def _is_refused(seen: Seen | None) -> bool:
    return seen is not None and CLOSE_UNSAID in seen.answers


def _asks(stage: Stage) -> None:
    stage.ask("leave a question", lambda console, report: console.ask(report, QUESTION))


def _returns(stage: Stage) -> None:
    """With the number and the PIN that the caller's phone has heard."""
    heard = stage.seen.prompts.get(CALLER, ()) if stage.seen else ()
    number, pin = cast.receipt(heard)
    stage.call_again(cast.returns("es", number, pin, stage.props.later))


def _closes_unsaid(stage: Stage) -> None:
    stage.ask(CLOSE_UNSAID, lambda console, report: console.close(report, ""))


def _closes(stage: Stage) -> None:
    stage.ask(CLOSE, lambda console, report: console.close(report, OUTCOME))


SCENARIO = Scenario(
    name="return",
    title="the caller comes back with number and PIN, hears a question, and answers it",
    language="es",
    sentences=("mi amigo tiene miedo de ir a la escuela",),
    later=("vi a un estudiante con una pistola en el baño",),
    listens=True,
    caller=lambda language, props: cast.sends_message(language, props.speech),
    phones=lambda props: {ROSA: cast.takes()},
    roster=cast.roster([(ROSA, 20)]),
    directions=(
        Direction("a supervisor signs in to the console and asks a question", _is_theirs, _asks),
        Direction("the caller dials again", _is_asked, _returns),
        Direction(
            "the supervisor closes it and does not say how it ended", _is_told, _closes_unsaid
        ),
        Direction("the supervisor closes it and says how it ended", _is_refused, _closes),
    ),
    expect=(
        expect.in_language("es"),
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        expect.answered("sign in", 303),
        expect.answered("leave a question", 303),
        expect.happened("returned", "the caller came back with number and PIN"),
        expect.caller_heard(HEARD),
        expect.was_told(ROSA),
        expect.rung((ROSA, "left"), (ROSA, "taken")),
        expect.taken_by(ROSA),
        expect.answered(CLOSE_UNSAID, 422),
        expect.answered(CLOSE, 303),
        expect.closed_as(OUTCOME),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=lambda seen: seen.outcome.state == "closed" and seen.quiet,
)
