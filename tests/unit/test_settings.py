"""Settings: defaults, the environment, and one clear sentence for each mistake."""

import os
from pathlib import Path

import pytest

from hotline.settings import Settings, SettingsError, load_settings, new_secret


@pytest.fixture(autouse=True)
def _bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine, no `.env` of this folder."""

    for name in [n for n in os.environ if n.upper().startswith("HOTLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default_and_a_description() -> None:
    load_settings()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


def test_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://h.example/")
    monkeypatch.setenv("HOTLINE_WAIT_CAP_S", "90")
    monkeypatch.setenv("HOTLINE_LANGUAGES", "es, en,")
    settings = load_settings()
    assert settings.public_url == "https://h.example"
    assert settings.wait_cap_s == 90
    assert settings.languages == ["es", "en"]


def test_read_from_a_file_with_the_environment_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("HOTLINE_PROMISE=confidential\nHOTLINE_CRISIS_NUMBER=111\n")
    monkeypatch.setenv("HOTLINE_CRISIS_NUMBER", "222")
    settings = load_settings()
    assert (settings.promise, settings.crisis_number) == ("confidential", "222")


def test_an_argument_is_stronger_than_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PHONE_NUMBER", "+15550100001")
    assert load_settings(phone_number="+15550100002").phone_number == "+15550100002"


def test_who_is_promised_to_be_anonymous_is_not_looked_up() -> None:
    with pytest.raises(SettingsError, match="HOTLINE_BREAK_GLASS needs HOTLINE_PROMISE=conf"):
        load_settings(break_glass=True)
    assert load_settings(break_glass=True, promise="confidential").break_glass
    assert not load_settings().break_glass


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.phone_number = "+15550100002"


def test_settings_of_others_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_OF_SOMEBODY_ELSE", "x")
    load_settings()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PUBLIC_URL", "hotline.example", "HOTLINE_PUBLIC_URL"),
        ("TWILIO_API_URL", "ftp://h", "HOTLINE_TWILIO_API_URL"),
        ("PROMISE", "both", "HOTLINE_PROMISE"),
        ("WAIT_CAP_S", "soon", "HOTLINE_WAIT_CAP_S"),
        ("WAIT_CAP_S", "5", "HOTLINE_WAIT_CAP_S"),
        ("TRANSCRIPT_WAIT_S", "-1", "HOTLINE_TRANSCRIPT_WAIT_S"),
        ("ALARM_REPEAT_S", "0", "HOTLINE_ALARM_REPEAT_S"),
        ("LANGUAGES", "", "HOTLINE_LANGUAGES"),
        ("LANGUAGES", "a,b,c,d,e,f,g,h,i", "HOTLINE_LANGUAGES"),
        ("ALARM_URL", "alarm.example.org/hook", "HOTLINE_ALARM_URL: Value error, must begin"),
        ("ALARM_URL", "file:///etc/passwd", "HOTLINE_ALARM_URL: Value error, must begin"),
        ("ALARM_URL", "https:///hook", "must be a complete address"),
        ("AUDITOR_URL", "ftp://h/ping", "HOTLINE_AUDITOR_URL: Value error, must begin"),
        ("AUDITOR_URL", "https://h/a b", "must hold no spaces"),
        ("MAIL_FROM", "hotline", "HOTLINE_MAIL_FROM: Value error, must be an e-mail address"),
        ("MAIL_TO", "a@example.org,b", "HOTLINE_MAIL_TO: Value error, must be an e-mail address"),
        ("MAIL_TO", "a@example.org", "need HOTLINE_MAIL_HOST"),
        ("MAIL_HOST", "mail.example.org", "needs HOTLINE_MAIL_FROM and HOTLINE_MAIL_TO"),
        ("MAIL_USER", "somebody", "go together"),
        ("MAIL_PORT", "0", "HOTLINE_MAIL_PORT"),
        ("MAIL_TLS", "yes", "HOTLINE_MAIL_TLS"),
        ("CONSOLE_SECURE_COOKIES", "perhaps", "HOTLINE_CONSOLE_SECURE_COOKIES"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"HOTLINE_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_mail_goes_unencrypted_only_to_this_machine() -> None:
    given = {"mail_from": "hotline@example.org", "mail_to": "a@example.org, b@example.org"}
    with pytest.raises(SettingsError, match="only for a mail server on this machine"):
        load_settings(mail_host="mail.example.org", mail_tls="none", **given)
    settings = load_settings(mail_host="127.0.0.1", mail_tls="none", **given)
    assert settings.mail_to == ["a@example.org", "b@example.org"]
    assert load_settings(mail_host="mail.example.org", **given).mail_tls == "starttls"


def test_tokens_while_one_is_being_rotated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().auth_tokens == ()
    monkeypatch.setenv("HOTLINE_TWILIO_AUTH_TOKEN", "new,old")
    assert load_settings().auth_tokens == ("new", "old")
    monkeypatch.setenv("HOTLINE_TWILIO_AUTH_TOKEN", "new, old ,")
    assert load_settings().auth_tokens == ("new", "old")


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_TWILIO_AUTH_TOKEN", "very-secret-token")
    monkeypatch.setenv("HOTLINE_KEYS", "1:very-secret-key")
    settings = load_settings()
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "very-secret" not in shown


def test_the_embedded_database_is_in_the_data_directory(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'hotline.sqlite'}"
    url = "postgresql://u@h/d"
    assert load_settings(database_url=url, data_dir=tmp_path).database.endswith("://u@h/d")


def test_new_secret_is_128_random_bits() -> None:
    assert new_secret() != new_secret()
    assert len(bytes.fromhex(new_secret())) == 16


def test_language_sets_name_each_language_once() -> None:
    def sets(text: str | None) -> tuple[tuple[str, ...], ...]:
        given = {"languages": ["en", "es", "ar"], "worker_sets": text}
        return Settings(_env_file=None, **given).language_sets  # type: ignore[call-arg, arg-type]

    assert sets(None) == (("en", "es", "ar"),)
    assert sets("en, es ; ar") == (("en", "es"), ("ar",))
    for wrong in ("en;ar", "en,es,ar,ar", "en,es,ar,fr", ""):
        with pytest.raises(ValueError, match="each of HOTLINE_LANGUAGES once"):
            sets(wrong)
