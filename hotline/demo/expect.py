"""The expectations scenarios are made of, and when a play is over. Pure."""

from hotline.demo.cast import CALLER, OTHER_PHONE, Person
from hotline.demo.scenario import Expectation, Seen

WER_MAX = 0.15
"""The tiny models make 0.00 to 0.07 on such sentences (their README); more means a bad line."""
TONE_MIN_S = 2.0


def taken_by(person: Person) -> Expectation:
    """That person has it."""
    return Expectation(
        f"{person.name} took it",
        lambda seen: seen.outcome.dispatch == "taken" and seen.outcome.taken_by == person.handle,
    )


def rung(*rings: tuple[Person, str]) -> Expectation:
    """Exactly these were rung, in this order, with these outcomes."""
    wanted = [(person.handle, outcome) for person, outcome in rings]
    return Expectation(
        "rung in order: " + ", ".join(f"{p.name} ({o})" for p, o in rings),
        lambda seen: [(r.responder, r.outcome) for r in seen.outcome.attempts] == wanted,
    )


def triaged(category: str, urgency: str) -> Expectation:
    """Triage said so, with reasons."""
    return Expectation(
        f"triage says {category}, {urgency}, and why",
        lambda seen: (
            (seen.outcome.category, seen.outcome.urgency) == (category, urgency)
            and bool(seen.outcome.reasons)
        ),
    )


def understood() -> Expectation:
    """The transcript is what was said."""
    return Expectation(
        f"the words were understood (word error rate at most {WER_MAX})",
        lambda seen: seen.wer is not None and seen.wer <= WER_MAX,
    )


def in_language(code: str) -> Expectation:
    """The report has the language the caller chose."""
    return Expectation(
        f"the report's language is {code}", lambda seen: seen.outcome.language == code
    )


def happened(kind: str, sentence: str) -> Expectation:
    """The timeline holds such an event."""
    return Expectation(sentence, lambda seen: seen.outcome.happened(kind))


def one_message() -> Expectation:
    """One recording made one message and one transcript."""
    return Expectation(
        "one recording made one message",
        lambda seen: seen.outcome.messages == 1 and seen.outcome.transcripts <= 1,
    )


def copies_deleted() -> Expectation:
    """No recording is left at the carrier."""
    return Expectation(
        "no recording is left at the carrier",
        lambda seen: seen.outcome.happened("audio_stored") and seen.outcome.copies_left == 0,
    )


def connected(person: Person) -> Expectation:
    """Sound passed in both directions between the caller and that person."""
    return Expectation(
        f"the caller and {person.name} heard each other",
        lambda seen: (
            seen.tones.get(CALLER, 0.0) >= TONE_MIN_S
            and seen.tones.get(person.number, 0.0) >= TONE_MIN_S
        ),
    )


def called_back(person: Person) -> Expectation:
    """Sound passed in both directions between that person and the number that was left."""
    return Expectation(
        f"{person.name} and the number that was left heard each other",
        lambda seen: (
            seen.tones.get(OTHER_PHONE.number, 0.0) >= TONE_MIN_S
            and seen.tones.get(person.number, 0.0) >= TONE_MIN_S
        ),
    )


def connected_twice(person: Person) -> Expectation:
    """The caller's tone came to that person at two different times."""
    return Expectation(
        f"{person.name} heard the caller twice",
        lambda seen: seen.tones.get(person.number, 0.0) >= 2 * TONE_MIN_S,
    )


def heard_two() -> Expectation:
    """The caller heard the tones of two people."""
    return Expectation(
        "the caller heard both of them",
        lambda seen: seen.tones.get(CALLER, 0.0) >= 2 * TONE_MIN_S,
    )


def left_first(first: Person, second: Person) -> Expectation:
    """One hung up while the other one went on talking."""

    def holds(seen: Seen) -> bool:
        ended = {leg["number"]: leg["ended"] for leg in seen.legs if leg["answered"] is not None}
        one, other = ended.get(first.number), ended.get(second.number)
        return one is not None and other is not None and one < other

    return Expectation(f"{first.name} hung up before {second.name} did", holds)


def no_alarm() -> Expectation:
    """Nobody had to be alarmed."""
    return Expectation("no alarm was needed", lambda seen: seen.outcome.alarm is None)


def acknowledged_by(person: Person) -> Expectation:
    """The alarm was raised because nobody took it, and that person answered for it."""
    return Expectation(
        f"the alarm was raised and {person.name} answered for it",
        lambda seen: (
            seen.outcome.alarm is not None
            and seen.outcome.alarm.reason == "nobody_took_it"
            and seen.outcome.alarm.acknowledged_by == person.handle
        ),
    )


def was_told(person: Person) -> Expectation:
    """Whoever has it was rung because the caller had said more."""
    return Expectation(
        f"{person.name}'s phone rang because the caller had said more",
        lambda seen: "screening_said_more" in seen.prompts.get(person.number, ()),
    )


def caller_heard(words: str) -> Expectation:
    """The caller's phone has heard these words, as Vosk understands them."""
    return Expectation(
        f"the caller heard: “{words}”",
        lambda seen: f" {words} " in f" {seen.heard} " and seen.outcome.happened("reply_heard"),
    )


def answered(asked: str, status: int) -> Expectation:
    """The console answered so."""
    return Expectation(
        f"the console: {asked} ({status})", lambda seen: seen.answers.get(asked) == status
    )


def closed_as(disposition: str) -> Expectation:
    """It is closed, and how it ended is known."""
    return Expectation(
        f"the report is closed, and how it ended is known: {disposition}",
        lambda seen: (seen.outcome.state, seen.outcome.disposition) == ("closed", disposition),
    )


def posted() -> Expectation:
    """The alarm URL was posted to, with ids only."""
    return Expectation("the alarm was posted to HOTLINE_ALARM_URL", lambda seen: bool(seen.posts))


def quiet() -> Expectation:
    """No phone rings or talks any more."""
    return Expectation("no phone is left ringing", lambda seen: seen.quiet)


def settled(seen: Seen) -> bool:
    """Somebody has it, everybody has hung up, every message is transcribed and only ours."""
    outcome = seen.outcome
    return (
        outcome.dispatch == "taken"
        and seen.quiet
        and outcome.copies_left == 0
        and outcome.transcripts >= outcome.messages
    )
