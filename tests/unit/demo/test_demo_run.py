"""Choosing a scenario, and what the user is told when the choice is wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hotline.demo.command import demo
from hotline.demo.options import DemoError, DemoOptions
from hotline.demo.run import STANDARD_OUTPUT, choose, demo_settings, write
from hotline.demo.scenarios import SCENARIOS
from hotline.demo.space import Space
from hotline.demo.speech import given


def test_unknown_scenario_and_language() -> None:
    with pytest.raises(DemoError, match="message, spanish"):
        choose(DemoOptions("nonsense"))
    with pytest.raises(DemoError, match="en, es, ar"):
        choose(DemoOptions("message", audio=Path("x.wav"), language="xx"))
    with pytest.raises(DemoError, match="--audio"):
        choose(DemoOptions("message", language="es"))


def test_a_recording_drops_what_cannot_be_known() -> None:
    chosen = choose(DemoOptions("message", audio=Path("x.wav"), language="es"))
    assert chosen.language == "es"
    assert chosen.spoken == ""
    sentences = [e.sentence for e in chosen.expect]
    assert not any("understood" in s or "triage" in s for s in sentences)
    assert any("took it" in s for s in sentences)


def test_a_recording_must_be_audio(tmp_path: Path) -> None:
    page = tmp_path / "page.wav"
    page.write_text("<html>not a sound</html>")
    for path, words in ((page, "page.wav"), (tmp_path / "none.wav", "no readable")):
        with pytest.raises(DemoError, match=words) as error:
            given(path)
        assert len(str(error.value).splitlines()) == 1


def test_the_users_settings_do_not_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_TWILIO_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HOTLINE_TWILIO_AUTH_TOKEN", "real")
    monkeypatch.setenv("HOTLINE_LANGUAGES", "es")
    monkeypatch.setenv("HOTLINE_MODELS_DIR", str(tmp_path))
    made = demo_settings(SCENARIOS["message"], Space(tmp_path, None), "http://127.0.0.1:1/alarm")
    assert made.twilio_api_url is None
    assert made.auth_tokens == ()
    assert made.languages == ["en", "es", "ar"]
    assert made.models_dir == tmp_path


def test_list_and_wrong_scenario_on_the_command_line() -> None:
    listed = CliRunner().invoke(demo, ["--list"])
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.output.splitlines()] == list(SCENARIOS)
    wrong = CliRunner().invoke(demo, ["--scenario", "nonsense"])
    assert wrong.exit_code == 2
    assert "nonsense" in wrong.output
    assert "Traceback" not in wrong.output


def test_scenarios_have_one_line_titles() -> None:
    assert all("\n" not in json.dumps(s.title) for s in SCENARIOS.values())


def test_the_result_goes_to_a_file_or_to_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "result.json", "{}\n")
    assert (tmp_path / "result.json").read_text() == "{}\n"
    write(STANDARD_OUTPUT, '{"ok": true}\n')
    assert capsys.readouterr().out == '{"ok": true}\n'
    assert not Path("-").exists()


def test_json_needs_no_path() -> None:
    assert CliRunner().invoke(demo, ["--json", "--list"]).exit_code == 0
