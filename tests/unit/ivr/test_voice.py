"""The local voice: both back ends of espeak-ng, Piper when configured, nothing over a network."""

import io
import socket
import sys
import threading
import wave
from pathlib import Path

import pytest

from hotline.languages import load_languages
from ivr import espeak
from ivr.espeak import SpeechError
from ivr.loudness import Samples, telephone
from ivr.voice import Voice, speak

LANGUAGES = load_languages(["en", "es", "ar"])
HELLO = {"en": "Hello, who is there?", "es": "Hola, ¿quién es?", "ar": "مرحبا، من هناك؟"}


def seconds(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return float(file.getnframes()) / 8000


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_speaks(code: str) -> None:
    voice = Voice.parse(LANGUAGES[code].voice)
    assert 0.7 < seconds(speak(HELLO[code], voice)) < 4


def test_the_bundled_library_speaks() -> None:
    samples, rate = espeak.speak_library("hello", "en-us", 150, 50)
    assert rate > 8000
    assert abs(samples).max() > 0.05


def test_the_program_speaks_like_the_library() -> None:
    if not espeak.program_present():
        pytest.skip("espeak-ng is not on the PATH of this machine; the bundled library is used")
    one = telephone(*espeak.speak_program("hello there", "en-us", 150, 50))
    other = telephone(*espeak.speak_library("hello there", "en-us", 150, 50))
    assert len(one) == pytest.approx(len(other), rel=0.15)


def test_the_program_is_given_the_text_by_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_program(tmp_path, "espeak-ng", endless=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert espeak.program_present()
    speak("private words", Voice("en-us"))
    assert "private" not in (tmp_path / "arguments").read_text()
    assert (tmp_path / "input").read_text() == "private words"


def test_piper_speaks_when_it_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "voice.onnx"
    model.write_bytes(b"model")
    voice = Voice("en-us", piper=model)
    assert "espeak:" in voice.speaker
    _fake_program(tmp_path, "piper")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "piper:voice.onnx" in voice.speaker
    assert seconds(speak("private words", voice)) > 0.4
    assert "private" not in (tmp_path / "arguments").read_text()


def test_a_piper_voice_that_is_not_there_falls_back(tmp_path: Path) -> None:
    voice = Voice("en-us", piper=tmp_path / "missing.onnx")
    assert not voice.speaks_by_piper
    assert seconds(speak("hello", voice)) > 0.3


@pytest.mark.parametrize("program", ["espeak-ng", "piper"])
def test_a_broken_program_is_a_speech_error_without_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    (tmp_path / program).write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / program).chmod(0o755)
    model = tmp_path / "voice.onnx"
    model.write_bytes(b"")
    monkeypatch.setenv("PATH", str(tmp_path))
    voice = Voice("en-us", piper=model if program == "piper" else None)
    with pytest.raises(SpeechError) as error:
        speak("private words", voice)
    assert "private" not in str(error.value)


def test_an_unknown_voice_is_a_speech_error() -> None:
    with pytest.raises(SpeechError, match="no-such-voice"):
        espeak.speak_library("hello", "no-such-voice", 150, 50)


def test_several_threads_get_each_their_own_words() -> None:
    texts = {"one": "a", "two": "a much longer sentence than the others, to be sure", "three": "b"}
    alone = {
        name: len(espeak.speak_library(text, "en-us", 150, 50)[0]) for name, text in texts.items()
    }
    heard: dict[str, list[int]] = {name: [] for name in texts}

    def run(name: str) -> None:
        for _ in range(5):
            samples: Samples = espeak.speak_library(texts[name], "en-us", 150, 50)[0]
            heard[name].append(len(samples))

    threads = [threading.Thread(target=run, args=(name,)) for name in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, lengths in heard.items():  # the synthesiser itself varies by a few samples
        assert lengths == pytest.approx([alone[name]] * 5, rel=0.02)


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("speech must not touch the network")

    monkeypatch.setattr(socket, "socket", refuse)
    speak("hello", Voice("en-us"))


@pytest.mark.parametrize("text", ["", "   ", "...", "\n\n", "<b>&amp;</b>", "😀", "a" * 3000])
def test_any_text_is_spoken_or_silent(text: str) -> None:
    assert seconds(speak(text, Voice("en-us"))) >= 0.15


def test_a_voice_table_without_a_voice_is_told_so() -> None:
    with pytest.raises(ValueError, match="espeak"):
        Voice.parse({"speed": 100})


def test_a_long_data_path_is_reached_through_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100) / "espeak-ng-data"
    deep.mkdir(parents=True)
    short = espeak._short(deep)
    assert len(str(short)) < 120
    assert short.resolve() == deep.resolve()


def _fake_program(folder: Path, name: str, *, endless: bool = False) -> None:
    """A program that notes how it was called and writes half a second of a WAV."""
    program = folder / name
    program.write_text(
        f"""#!{sys.executable}
import io, pathlib, struct, sys, wave
folder = pathlib.Path({str(folder)!r})
folder.joinpath("arguments").write_text(" ".join(sys.argv[1:]))
folder.joinpath("input").write_text(sys.stdin.read().rstrip("\\n"))
out = io.BytesIO()
with wave.open(out, "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(22050)
    file.writeframes((struct.pack("<h", 9000) * 20 + struct.pack("<h", -9000) * 20) * 300)
data = bytearray(out.getvalue())
if {endless}:
    data[40:44] = struct.pack("<I", 0x7FFFF000)
sys.stdout.buffer.write(data)
"""
    )
    program.chmod(0o755)
