"""The question that is asked while very many reports come in."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from door import views
from door.crowd import Crowd
from door.question import VALID, Question, Questions, number
from hotline.context import Runtime
from hotline.reports import timeline
from hotline.reports.model import Report
from tests.support.door import GUN, Visitor

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def total(question: Question) -> str:
    """Its answer."""
    return str(question.a + question.b)


def test_an_answer_is_good_once_and_for_an_hour() -> None:
    questions = Questions()
    asked = questions.ask(NOW)
    assert questions.is_answer(asked.seal, total(asked), NOW + VALID)
    assert not questions.is_answer(asked.seal, total(asked), NOW)
    late = questions.ask(NOW)
    assert not questions.is_answer(late.seal, total(late), NOW + VALID + timedelta(seconds=1))


def test_a_wrong_answer_uses_the_question_up() -> None:
    questions = Questions()
    asked = questions.ask(NOW)
    assert not questions.is_answer(asked.seal, "1", NOW)
    assert not questions.is_answer(asked.seal, total(asked), NOW)


@pytest.mark.parametrize("seal", ["", "x", ".", "1.2.3", "9" * 40 + ".a.b", "²." + "a.b"])
def test_what_is_no_seal_of_ours_is_no_answer(seal: str) -> None:
    assert not Questions().is_answer(seal, "3", NOW)


def test_nobody_seals_a_question_of_their_own() -> None:
    asked = Questions().ask(NOW)
    assert not Questions().is_answer(asked.seal, total(asked), NOW)


@pytest.mark.parametrize(("answer", "means"), [(" 7 ", 7), ("٧", 7), ("", -1), ("seven", -1)])
def test_a_number_is_read_in_any_script(answer: str, means: int) -> None:
    assert number(answer) == means


def test_in_a_crowd_the_text_is_kept_until_the_question_is_answered(
    runtime: Runtime, app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Question] = []
    real = Questions.ask

    def ask(self: Questions, now: datetime) -> Question:
        asked.append(real(self, now))
        return asked[-1]

    monkeypatch.setattr(Questions, "ask", ask)
    monkeypatch.setattr(Crowd, "is_dense", lambda *given: True)
    visitor.look()
    page = visitor.send("send", text=GUN)
    assert page.status_code == views.REFUSED
    assert "Many reports are coming in." in page.text
    assert visitor.written == GUN
    visitor.send("send", text=visitor.written, answer="0")
    assert len(asked) == 2
    visitor.send("send", text=visitor.written, answer=total(asked[-1]))
    number = visitor.receipt.number
    with runtime.database.reading() as session:
        report = session.query(Report).one()
        assert report.number == number
        kinds = [event.kind for event in timeline.read(session, report.id)]
    assert "written_in_crowd" in kinds
