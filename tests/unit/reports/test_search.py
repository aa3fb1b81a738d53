"""Finding reports by their words on both databases, and no word in the index."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.privacy.cipher import DataKey, Vault, seal, unseal
from hotline.privacy.keys import KeyRing
from hotline.reports import search, transcripts
from hotline.reports.casework import corrections
from hotline.reports.model import Message, MessageState, Report, SearchEntry, SearchSecret
from hotline.reports.triage import Rules
from hotline.spelling import normalize
from tests.support.office import Office

SAID = "um he showed a picture of a gun at lunch and threatened my friend"


def heard(runtime: Runtime, text: str = SAID) -> str:
    """A report whose message says so, and that can be found; gives its id."""
    report = Office(runtime).sent_report()
    with runtime.database.transaction() as session:
        message = session.scalars(select(Message).where(Message.report_id == report.id)).one()
        transcripts.write(
            session,
            runtime.vault,
            message,
            language="en",
            model="tiny",
            text=text,
            words=[(word, 0.0, 0.1, 0.9) for word in text.split()],
            average_confidence=0.9,
            duration_s=5.0,
            now=runtime.clock(),
        )
        search.refresh(session, runtime.vault, session.get_one(Report, report.id))
    return report.id


def found(runtime: Runtime, question: str) -> list[str]:
    with runtime.database.transaction() as session:
        return list(session.scalars(asking(session, runtime.vault, question)))


def asking(session: Session, vault: Vault, question: str) -> Select[str]:
    return select(Report.id).where(search.match(session, vault, question)).order_by(Report.id)


def test_all_words_must_be_there_by_their_beginnings(runtime_on_both: Runtime) -> None:
    first, second = heard(runtime_on_both), heard(runtime_on_both, "he has a knife at lunch")
    assert found(runtime_on_both, "lunch") == [first, second]
    assert found(runtime_on_both, "Lunch GUN") == [first]
    assert found(runtime_on_both, '"gun lunch"') == [first]
    assert found(runtime_on_both, "threat") == [first]
    assert found(runtime_on_both, "threatens") == [first]
    assert found(runtime_on_both, "thr") == [first]
    assert found(runtime_on_both, "he") == [first, second]
    assert found(runtime_on_both, "gu") == []
    assert found(runtime_on_both, "gun knife") == []
    assert found(runtime_on_both, "...") == []


def test_what_is_masked_is_not_found(runtime_on_both: Runtime) -> None:
    report_id = heard(
        runtime_on_both,
        "hello my name is maria he has a gun call me at five five "
        "five oh one two three four five six",
    )
    assert found(runtime_on_both, "hello gun") == [report_id]
    assert found(runtime_on_both, "maria") == []
    assert found(runtime_on_both, "four") == []


def test_what_a_person_heard_is_found_in_place_of_what_the_machine_wrote(
    runtime_on_both: Runtime,
) -> None:
    report_id = heard(runtime_on_both, "he has a goon in his locker")
    with runtime_on_both.database.transaction() as session:
        message = session.scalars(select(Message)).one()
        over = transcripts.read(session, runtime_on_both.vault, session.get_one(Report, report_id))
        draft = corrections.Draft(3, 3, "gun", over=over[0].id)
        rules = Rules.parse(runtime_on_both.languages["en"].triage)
        corrections.correct(
            session,
            runtime_on_both.vault,
            message,
            draft,
            "somebody",
            lambda _: rules,
            runtime_on_both.clock(),
        )
    assert found(runtime_on_both, "gun locker") == [report_id]
    assert found(runtime_on_both, "goon") == []


def test_before_anything_is_indexed_nothing_is_found(runtime_on_both: Runtime) -> None:
    Office(runtime_on_both).sent_report()
    assert found(runtime_on_both, "gun") == []


def test_what_is_asked_cannot_be_anything_but_words(runtime_on_both: Runtime) -> None:
    heard(runtime_on_both)
    for question in ("gun OR nothing", "-gun", "gu*", 'NOT "x', "tokens:gun", "gun')--", "&|!"):
        assert isinstance(found(runtime_on_both, question), list)
    assert found(runtime_on_both, "gun OR nothing") == []


def test_words_that_changed_are_found_as_they_are_now(runtime_on_both: Runtime) -> None:
    report_id = heard(runtime_on_both)
    with runtime_on_both.database.transaction() as session:
        search.index(session, runtime_on_both.vault, report_id, ["knife"])
    assert found(runtime_on_both, "knife") == [report_id]
    assert found(runtime_on_both, "gun") == []


def test_what_is_removed_is_found_no_more(runtime_on_both: Runtime) -> None:
    kept, gone = heard(runtime_on_both), heard(runtime_on_both)
    with runtime_on_both.database.transaction() as session:
        search.remove(session, gone)
    assert found(runtime_on_both, "gun") == [kept]


def test_a_message_that_was_discarded_is_not_found(runtime_on_both: Runtime) -> None:
    report_id = heard(runtime_on_both)
    with runtime_on_both.database.transaction() as session:
        session.scalars(select(Message)).one().state = MessageState.DISCARDED
        search.refresh(session, runtime_on_both.vault, session.get_one(Report, report_id))
    assert found(runtime_on_both, "gun") == []


def test_a_shredded_report_is_found_no_more(runtime_on_both: Runtime) -> None:
    shredded, kept = heard(runtime_on_both), heard(runtime_on_both)
    with runtime_on_both.database.transaction() as session:
        row = session.get_one(DataKey, session.get_one(Report, shredded).data_key_id)
        row.wrapped = type(row.wrapped)(b"\0" * 60)
    assert search.rebuild(runtime_on_both.database, runtime_on_both.vault) == 2
    assert found(runtime_on_both, "gun") == [kept]


def test_everything_can_be_indexed_anew(
    runtime_on_both: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "BATCH", 2)
    made = [heard(runtime_on_both) for _ in range(5)]
    with runtime_on_both.database.transaction() as session:
        for report_id in made:
            search.remove(session, report_id)
    assert found(runtime_on_both, "gun") == []
    assert search.rebuild(runtime_on_both.database, runtime_on_both.vault) == 5
    assert found(runtime_on_both, "gun") == made


def test_another_master_key_leaves_the_index_as_it_is(runtime_on_both: Runtime) -> None:
    old = KeyRing((("1", b"o" * 32),))
    both = KeyRing((("2", b"n" * 32), *old.keys))
    report_id = Office(runtime_on_both).sent_report().id
    with runtime_on_both.database.transaction() as session:
        search.index(session, Vault(old), report_id, ["gun"])
        secret = session.scalars(select(SearchSecret)).one()
        row = session.get_one(DataKey, secret.data_key_id)
        where = f"data_key/{row.id}/wrapped"
        row.wrapped = seal(both.get("2"), where, unseal(old.get("1"), where, row.wrapped))
        row.version = "2"
    only_new = Vault(KeyRing(both.keys[:1]))
    with runtime_on_both.database.transaction() as session:
        assert list(session.scalars(asking(session, only_new, "gun"))) == [report_id]


def test_two_installations_name_the_same_word_differently(runtime: Runtime, vault: Vault) -> None:
    report_id = Office(runtime).sent_report().id
    names = []
    for _ in range(2):
        with runtime.database.transaction() as session:
            for secret in session.scalars(select(SearchSecret)):
                session.delete(secret)
            session.flush()
            session.expunge_all()
            search.index(session, vault, report_id, ["gun"])
            names.append(session.scalars(select(SearchEntry.tokens)).one())
    assert names[0] != names[1]


def test_the_file_has_no_word_of_it(runtime: Runtime, tmp_path: Path) -> None:
    heard(runtime)
    assert found(runtime, "picture gun lunch")
    runtime.database.close()
    files = [file.read_bytes() for file in tmp_path.glob("hotline.sqlite*")]
    assert files
    for word in ("picture", "showed", "lunch", "threat", "friend"):
        for data in files:
            assert word.encode() not in data


def test_a_deleted_report_takes_its_entry_with_it(runtime_on_both: Runtime) -> None:
    """The database does it, whoever deletes: the full-text table follows by its trigger."""
    office = Office(runtime_on_both)
    with runtime_on_both.database.transaction() as session:
        report = Report(
            language="en", number="100000", data_key_id=runtime_on_both.vault.new_key(session)
        )
        report.created_at = runtime_on_both.clock()
        session.add(report)
        session.flush()
        search.index(session, runtime_on_both.vault, report.id, ["gun"])
        session.delete(report)
        session.flush()
        assert session.scalar(select(func.count()).select_from(SearchEntry)) == 0
    another = office.sent_report().id
    with runtime_on_both.database.transaction() as session:
        search.index(session, runtime_on_both.vault, another, ["knife"])
    assert found(runtime_on_both, "gun") == []


WORDS = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=12)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.lists(WORDS, min_size=1, max_size=8), data=st.data())
def test_any_word_and_any_beginning_finds_it(
    runtime_on_both: Runtime, words: list[str], data: st.DataObject
) -> None:
    with runtime_on_both.database.transaction() as session:
        report_id = session.scalar(select(Report.id).limit(1))
    report_id = report_id or Office(runtime_on_both).sent_report().id
    with runtime_on_both.database.transaction() as session:
        search.index(session, runtime_on_both.vault, report_id, words)
    said = [word for word in words if search.search_terms.asked(word)]
    if not said:
        return
    whole = data.draw(st.sampled_from(said))
    assert found(runtime_on_both, whole) == [report_id]
    normal = data.draw(st.sampled_from(normalize(whole)))
    begin = data.draw(st.integers(min(3, len(normal)), len(normal)))
    assert found(runtime_on_both, normal[:begin]) == [report_id]
