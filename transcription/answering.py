"""The task UNDERSTAND: what a caller said in place of keys, fetched, understood, and thrown away.

The sound is in this process's memory and its child's, and is written nowhere. The child hears it
with a grammar of the words that count. For the word, it is also understood without one: whoever
says there that a life is in danger is let through.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from hotline.carrier.port import CarrierError, Media
from hotline.languages import Language
from hotline.reports import spoken, spoken_words
from hotline.reports.spoken_model import AnswerKind, SpokenAnswer
from hotline.reports.triage import Rules, Urgency, triage
from hotline.tasks import queue
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease
from transcription import apart
from transcription.audio import AudioError
from transcription.sandbox import ChildDied
from transcription.workshop import Workshop

log = structlog.get_logger()

FETCH_AGAIN_S = 1.0
FETCH_FOR_S = 20.0
"""The caller waits: after so long they are asked for the keys."""
PASSED = "#"
"""What stands for the word once it is understood; the menu takes any key for it."""


def understand(workshop: Workshop, lease: Lease) -> None:
    """Do the task. Raises LeaseLost when somebody else has it by now: then nothing is committed."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        answer = session.get(SpokenAnswer, lease.subject_id)
        wanted = answer is not None and spoken.is_awaited(session, answer)
        recording_id = answer.carrier_recording_id if answer is not None else None
        kind, language = (answer.kind, answer.language) if answer else (AnswerKind.WORD, "")
    if not wanted or recording_id is None or language not in workshop.engine.languages:
        return _over(workshop, lease, "")
    try:
        with workshop.renewed(lease):
            media = runtime.carrier.fetch_recording(recording_id)
    except CarrierError as error:
        return _again(workshop, lease, error.code)
    try:
        return _over(workshop, lease, _keys(workshop, lease, media, kind, language))
    except (AudioError, ChildDied) as error:
        log.warning("answer_not_understood", subject=lease.subject_id, error=type(error).__name__)
        return _over(workshop, lease, "")


def _keys(workshop: Workshop, lease: Lease, media: Media, kind: AnswerKind, language: str) -> str:
    """What it stands for; empty for nothing that counts. Raises AudioError or ChildDied."""
    spoken_in = workshop.runtime.languages[language]
    digits = spoken_words.digit_words(spoken_in.redaction)
    count = [spoken_in.word] if kind is AnswerKind.WORD else sorted(digits)
    free = kind is AnswerKind.WORD
    said, whole = apart.answered(
        workshop.engine,
        (media.content_type, media.data),
        language,
        workshop.engine.known(language, count),
        workshop.room(lease),
        free=free,
    )
    if kind is AnswerKind.DIGITS:
        return spoken_words.digits_in(said, digits)
    heard = spoken_words.has_word([*said, *whole], spoken_in.word)
    return PASSED if heard or _is_grave(whole, workshop.rules[language]) else ""


def _is_grave(words: Sequence[str], rules: Rules) -> bool:
    return triage(words, rules).urgency >= Urgency.LIFE_SAFETY


def _over(workshop: Workshop, lease: Lease, keys: str) -> None:
    """It is known now, and the carrier's copy goes."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        now = runtime.clock()
        answer = session.get(SpokenAnswer, lease.subject_id, with_for_update=True)
        if answer is not None:
            spoken.understood(session, runtime.vault, answer, keys, now)
            queue.add(session, TaskKind.DELETE_RECORDING, answer.id, now)
        queue.finish(session, lease, now)


def _again(workshop: Workshop, lease: Lease, code: str) -> None:
    """The carrier does not have it yet, or does not answer."""
    runtime = workshop.runtime
    now = runtime.clock()
    if (now - lease.created_at).total_seconds() >= FETCH_FOR_S:
        return _over(workshop, lease, "")
    with runtime.database.transaction() as session:
        return queue.postpone(session, lease, now + timedelta(seconds=FETCH_AGAIN_S), code)


def can_hear(workshop: Workshop, language: str, one: Language) -> tuple[bool, bool]:
    """Whether the model knows the language's word, and each of the ten digits."""
    known = workshop.engine.known
    digits = spoken_words.digit_words(one.redaction)
    word = bool(one.word) and bool(known(language, [one.word]))
    return word, spoken_words.hears_digits(known(language, list(digits)), digits)
