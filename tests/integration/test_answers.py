"""What is said in place of keys, by real Vosk in a real child; the carrier is scripted."""

import numpy as np
import pytest
from sqlalchemy import select, text

from hotline.carrier.port import Media, NotThere, Recording
from hotline.context import Runtime
from hotline.languages import load_languages
from hotline.reports import intake, listed, spoken
from hotline.reports.model import Message
from hotline.reports.spoken_model import AnswerKind, SpokenAnswer
from hotline.reports.triage import Rules
from hotline.tasks.model import Task, TaskKind, TaskState
from ivr.voice import Voice, speak
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.support.work import perform, task_of
from transcription import apart, catalogue, jobs
from transcription.audio import encode_wav
from transcription.engine import Engine
from transcription.workshop import Workshop

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
LANGUAGES = ["en", "es", "ar"]
SAID = {
    "en": ("four seven one nine zero two", "471902"),
    "es": ("cuatro siete uno nueve cero dos", "471902"),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The models that come along, loaded once for all of these tests."""
    chosen = catalogue.choose_all(load_languages(LANGUAGES), None)
    made = Engine({code: one.folder for code, one in chosen.items()})
    made.preload()
    apart.warm_up(made)
    return made


@pytest.fixture
def worker(make_runtime: MakeRuntime, sqlite_url: str, engine: Engine) -> Workshop:
    runtime = make_runtime(sqlite_url, languages=LANGUAGES)
    rules = {code: Rules.parse(one.triage) for code, one in runtime.languages.items()}
    return Workshop(runtime, engine, rules)


def sound(runtime: Runtime, language: str, words: str) -> bytes:
    """The words as the language's synthetic voice says them."""
    voice = Voice.parse(runtime.languages[language].voice)
    return speak(words, voice)


def answered(worker: Workshop, kind: AnswerKind, language: str, wav: bytes) -> str | None:
    """What the menu is told of an answer with that sound."""
    runtime = worker.runtime
    carrier = runtime.carrier
    assert isinstance(carrier, FakeCarrier)
    carrier.media["RE1"] = Media(wav, "audio/x-wav")
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", runtime.clock())
        call.language = language
        answer_id = spoken.begin(session, call, kind, runtime.clock()).id
        assert spoken.take(session, runtime.vault, call, answer_id) is None
        assert spoken.arrived(session, answer_id, "RE1", runtime.clock()) is not None
    assert perform(worker, TaskKind.UNDERSTAND) is None
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", runtime.clock())
        first = spoken.take(session, runtime.vault, call, answer_id)
        assert not spoken.take(session, runtime.vault, call, answer_id)  # once
        return first


def test_the_models_that_come_along_know_word_and_digits(worker: Workshop) -> None:
    jobs.note_hearing(worker)
    with worker.runtime.database.transaction() as session:
        assert [spoken.hearing(session, code) for code in LANGUAGES] == [(True, True)] * 3
        assert spoken.hearing(session, "pl") == (False, False)


@pytest.mark.parametrize("language", list(SAID))
def test_digits_that_are_said_are_keys(worker: Workshop, language: str) -> None:
    words, digits = SAID[language]
    wav = sound(worker.runtime, language, words)
    assert answered(worker, AnswerKind.DIGITS, language, wav) == digits


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_is_heard(worker: Workshop, language: str) -> None:
    word = worker.runtime.languages[language].word
    wav = sound(worker.runtime, language, word)
    assert answered(worker, AnswerKind.WORD, language, wav)


def test_silence_is_neither(worker: Workshop) -> None:
    quiet = encode_wav(np.zeros(16000, dtype=np.int16), 8000)
    assert answered(worker, AnswerKind.WORD, "en", quiet) == ""


def test_other_words_are_not_the_word(worker: Workshop) -> None:
    wav = sound(worker.runtime, "en", "my teacher is in the library")
    assert answered(worker, AnswerKind.WORD, "en", wav) == ""


def test_whoever_says_there_that_a_life_is_in_danger_is_let_through(worker: Workshop) -> None:
    wav = sound(worker.runtime, "en", "there is a boy with a gun in the school")
    assert answered(worker, AnswerKind.WORD, "en", wav)


def test_neither_sound_nor_words_stay(worker: Workshop) -> None:
    words, digits = SAID["en"]
    wav = sound(worker.runtime, "en", words)
    assert answered(worker, AnswerKind.DIGITS, "en", wav) == digits
    with worker.runtime.database.transaction() as session:
        answer = session.scalars(select(SpokenAnswer)).one()
        assert (answer.heard, answer.data_key_id) == (None, None)
        assert session.scalars(select(Message)).all() == []
        for table in ("audio_chunk", "transcript", "data_key", "report"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608
        deleting = task_of(session, TaskKind.DELETE_RECORDING)
        assert (deleting.subject_id, deleting.state) == (answer.id, TaskState.PENDING)
    left = b"".join(path.read_bytes() for path in worker.runtime.settings.data_dir.glob("hotline*"))
    assert wav[2000:2200] not in left


def test_nobody_waits_any_more_and_it_is_only_deleted(
    worker: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = worker.runtime
    heard: list[object] = []
    monkeypatch.setattr(apart, "answered", lambda *args, **_: heard.append(args))
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", runtime.clock())
        answer = spoken.begin(session, call, AnswerKind.DIGITS, runtime.clock())
        spoken.arrived(session, answer.id, "RE1", runtime.clock())
        call.ended_at = runtime.clock()
    perform(worker, TaskKind.UNDERSTAND)
    assert heard == []
    with runtime.database.transaction() as session:
        assert session.scalars(select(SpokenAnswer.known_at)).one() is None
        assert task_of(session, TaskKind.DELETE_RECORDING).state is TaskState.PENDING


def test_a_recording_that_is_not_there_yet_is_asked_for_again_and_not_for_long(
    worker: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = worker.runtime

    def absent(_: str) -> Media:
        raise NotThere("404")

    monkeypatch.setattr(runtime.carrier, "fetch_recording", absent)
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", runtime.clock())
        answer_id = spoken.begin(session, call, AnswerKind.WORD, runtime.clock()).id
        spoken.arrived(session, answer_id, "RE1", runtime.clock())
    perform(worker, TaskKind.UNDERSTAND)
    with runtime.database.transaction() as session:
        task = task_of(session, TaskKind.UNDERSTAND)
        assert (task.state, task.error) == (TaskState.PENDING, "404")
    runtime.clock.advance(30.0)  # type: ignore[attr-defined]
    perform(worker, TaskKind.UNDERSTAND)
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", runtime.clock())
        assert spoken.take(session, runtime.vault, call, answer_id) == ""


def test_what_the_carrier_lists_is_taken_for_an_answer_only_where_no_message_waits(
    worker: Workshop,
) -> None:
    runtime = worker.runtime
    carrier = runtime.carrier
    assert isinstance(carrier, FakeCarrier)
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", runtime.clock())
        answer = spoken.begin(session, call, AnswerKind.DIGITS, runtime.clock())
        found = [Recording("RE1", 4.0)]
        listed.take_in(session, runtime.vault, call, found, runtime.clock())
        listed.take_in(session, runtime.vault, call, found, runtime.clock())
        assert answer.carrier_recording_id == "RE1"
        assert session.scalars(select(Message)).all() == []
        spoken.begin(session, call, AnswerKind.DIGITS, runtime.clock())
        kind = intake.MessageKind.MESSAGE
        message = intake.begin_message(session, runtime.vault, call, kind, runtime.clock())
        listed.take_in(session, runtime.vault, call, [Recording("RE2", 4.0)], runtime.clock())
        assert message.carrier_recording_id == "RE2"
        assert len(session.scalars(select(Task)).all()) > 0


def test_an_answer_is_forgotten_after_a_day_and_not_before_its_copy_is_gone(
    make_runtime: MakeRuntime, sqlite_url: str
) -> None:
    runtime = make_runtime(sqlite_url)
    with runtime.database.transaction() as session:
        now = runtime.clock()
        call = intake.open_call(session, "CA1", now)
        rows = [spoken.begin(session, call, AnswerKind.WORD, now) for _ in range(3)]
        rows[1].carrier_recording_id, rows[1].carrier_deleted_at = "RE1", now
        rows[2].carrier_recording_id = "RE2"
        spoken.understood(session, runtime.vault, rows[0], "#", now)
        spoken.expire(session, now)
        assert session.query(SpokenAnswer).count() == 3
        spoken.expire(session, now + spoken.KEPT)
        assert session.scalars(select(SpokenAnswer.carrier_recording_id)).all() == ["RE2"]
        assert session.execute(text("SELECT count(*) FROM data_key")).scalar() == 0
