"""Alarms by e-mail, to a real server on loopback: encrypted, signed in, refused, silent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.dispatch import mail
from hotline.dispatch.mail import Mailbox, NotMailed
from tests.support.smtp import HOST, PASSWORD, USER, Smtp, make_certificate, open_smtp

NOW = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
FACT = {
    "alarm": "0198c1f2-0000-7000-8000-000000000001",
    "reason": "nobody_took_it",
    "report": "0198c1f2-0000-7000-8000-000000000002",
    "raised_at": "2026-11-26T17:59:00+00:00",
    "round": 2,
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: the server's, and as a CA what vouches for it."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["starttls", "tls", "none"])
def smtp(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Smtp]:
    """A server of each kind, which is believed."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with open_smtp(request.param, certificate) as server:
        yield server


@pytest.fixture
def plain_smtp() -> Iterator[Smtp]:
    """A server on this machine without encryption."""
    with open_smtp() as server:
        yield server


def box_of(smtp: Smtp, *, user: str | None = USER, password: str = PASSWORD) -> Mailbox:
    to = ("duty@example.org", "lead@example.org")
    return Mailbox(HOST, smtp.port, smtp.mode, user, password, "hotline@example.org", to)


def mail_to(box: Mailbox, fact: dict[str, object] = FACT) -> None:
    mail.send(box, mail.compose(box, fact, "https://hotline.example.org/board", NOW), step_s=5.0)


def code_of(box: Mailbox, step_s: float = 5.0) -> str:
    message = mail.compose(box, FACT, "https://hotline.example.org/board", NOW)
    with pytest.raises(NotMailed) as refused:
        mail.send(box, message, step_s)
    assert "@" not in str(refused.value)
    return refused.value.code


def test_the_mail_holds_ids_closed_words_and_the_way_to_the_console(smtp: Smtp) -> None:
    mail_to(box_of(smtp))
    [sent] = smtp.mails
    assert (sent.sender, sent.recipients) == (
        "hotline@example.org",
        ["duty@example.org", "lead@example.org"],
    )
    assert sent.signed_in
    assert sent.encrypted is (smtp.mode != "none")
    assert sent.message["Subject"] == "Hotline alarm: nobody_took_it"
    assert sent.message["Auto-Submitted"] == "auto-generated"
    assert sent.message.get_content().replace("\r\n", "\n") == (
        "An alarm of the hotline is open, and nobody has answered for it yet.\n"
        "\n"
        "reason: nobody_took_it\n"
        "alarm: 0198c1f2-0000-7000-8000-000000000001\n"
        "report: 0198c1f2-0000-7000-8000-000000000002\n"
        "raised_at: 2026-11-26T17:59:00+00:00\n"
        "round: 2\n"
        "\n"
        "The console: https://hotline.example.org/board\n"
    )


def test_the_rounds_of_an_alarm_are_one_thread(plain_smtp: Smtp) -> None:
    for count in (1, 2):
        mail_to(box_of(plain_smtp, user=None), {**FACT, "round": count})
    first, second = (one.message for one in plain_smtp.mails)
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"]
    assert not plain_smtp.mails[0].signed_in


def test_a_test_alarm_says_that_it_is_one(plain_smtp: Smtp) -> None:
    mail_to(box_of(plain_smtp), {**FACT, "reason": mail.TEST, "report": None})
    said = plain_smtp.mails[0].message.get_content()
    assert said.startswith("This is a test alarm")
    assert "report:" not in said


def test_a_wrong_password_is_told_without_the_name(smtp: Smtp) -> None:
    box = box_of(smtp, password="wrong")
    assert code_of(box) == "answer_535"
    with pytest.raises(NotMailed, match="answer_535"):
        mail.try_out(box)
    assert smtp.mails == []


def test_the_way_is_tried_without_sending_anything(smtp: Smtp) -> None:
    mail.try_out(box_of(smtp))
    assert (smtp.connections, smtp.mails) == (1, [])


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_no_password(
    mode: str, certificate: Path
) -> None:
    with open_smtp(mode, certificate) as server:
        assert code_of(box_of(server)) == "certificate"
        assert server.mails == []


def test_a_server_without_encryption_gets_no_password(certificate: Path) -> None:
    with open_smtp("none") as server:
        server.mode = "starttls-was-taken-away"
        to = ("duty@example.org",)
        box = Mailbox(HOST, server.port, "starttls", USER, PASSWORD, "hotline@example.org", to)
        assert code_of(box) == "not_supported"
        assert server.mails == []


@pytest.mark.parametrize("mode", ["none", "tls"])
def test_a_server_that_never_says_a_word_is_left(
    mode: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with open_smtp(mode, certificate) as server:
        server.greet = False
        assert code_of(box_of(server), step_s=0.2) == "timeout"


def test_nobody_listens() -> None:
    with open_smtp() as server:
        gone = box_of(server)
    assert code_of(gone) == "unreachable"


@pytest.mark.parametrize(
    ("word", "answer", "code"),
    [
        ("MAIL", "451 4.3.0 try again later", "answer_451"),
        ("DATA", "450 4.2.0 greylisted", "answer_450"),
        ("EHLO", "421 4.3.2 closing", "answer_421"),
        ("RCPT", "550 5.1.1 duty@example.org is unknown", "addresses_refused"),
    ],
)
def test_what_is_refused_now_may_be_taken_in_the_next_round(
    plain_smtp: Smtp, word: str, answer: str, code: str
) -> None:
    plain_smtp.says[word] = [answer] * (2 if word == "RCPT" else 1)
    if word == "EHLO":  # the older greeting is tried then
        plain_smtp.says["HELO"] = [answer]
    box = box_of(plain_smtp, user=None)
    assert code_of(box) == code
    mail_to(box)
    assert len(plain_smtp.mails) == 1


def test_one_address_that_is_refused_keeps_the_mail_from_no_other(plain_smtp: Smtp) -> None:
    plain_smtp.says["RCPT"] = ["550 5.1.1 unknown"]
    assert code_of(box_of(plain_smtp)) == "addresses_refused"
    assert plain_smtp.mails[0].recipients == ["lead@example.org"]
