"""The catalogue of prompts: name and language -> an audio file, rendered once and kept.

A prompt's file name carries a hash of what it says and who says it, so that carriers may keep it
for ever. A human recording of the same name replaces the synthetic voice.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog
from soundfile import LibsndfileError

from hotline.languages import Language
from hotline.settings import Settings
from ivr.hold import hold_sound
from ivr.loudness import from_wav, telephone, to_wav
from ivr.names import HEARD_BY_CALLERS, HOLD, required
from ivr.voice import SpeechError, Voice, speak

__all__ = ["Catalogue", "PromptError", "SpeechError", "open_catalogue", "write_whole"]

SHAPE = "1"
"""Part of every hash; raise it when `ivr.loudness` or `ivr.hold` make different sounds."""
log = structlog.get_logger(__name__)
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class PromptError(ValueError):
    """A prompt is missing, empty or malformed; the message names the language and the prompt."""


class Catalogue:
    """All prompts of all languages.

    languages: code -> Language. cache_dir: where rendered files go (made when missing).
    recordings_dir: holds `<language>/<name>.wav` of human voices, or None. substitutions: numbers
    to put into the texts, such as {"emergency": "911"}; they are spoken digit by digit.
    Raises PromptError when a language lacks a prompt or a human recording cannot be read.
    """

    def __init__(
        self,
        languages: Mapping[str, Language],
        cache_dir: Path,
        recordings_dir: Path | None = None,
        substitutions: Mapping[str, str] | None = None,
    ) -> None:
        self.languages = dict(languages)
        self._cache_dir = cache_dir
        self._recordings_dir = recordings_dir
        numbers = substitutions or {"emergency": "911", "crisis": "988"}
        self._numbers = {name: " ".join(number) for name, number in numbers.items()}
        self._voices = {code: _voice(lang) for code, lang in self.languages.items()}
        self._texts = {
            code: self._checked(code, lang.prompts) for code, lang in self.languages.items()
        }
        self._check_recordings()

    def text(self, language: str, name: str) -> str:
        """What the prompt says. Raises PromptError for an unknown language or name."""
        try:
            return self._texts[language][name]
        except KeyError:
            raise PromptError(f"there is no prompt {name!r} in the language {language!r}") from None

    def names(self, language: str) -> tuple[str, ...]:
        """The names of its prompts, in the order of its file. Raises KeyError."""
        return tuple(self._texts[language])

    def recorded(self, language: str, name: str) -> bool:
        """Whether a person has recorded the prompt."""
        return self._recording(language, name) is not None

    def can_say(self, language: str, name: str) -> bool:
        """Whether the prompt can be heard: a voice speaks the language, or a person recorded it."""
        return not self._voices[language].silent or name == HOLD or self.recorded(language, name)

    def lacking(self, language: str, names: Iterable[str] = HEARD_BY_CALLERS) -> tuple[str, ...]:
        """Those of the prompts that nobody can hear until they are recorded. Raises KeyError."""
        if not self._voices[language].silent:
            return ()
        return tuple(name for name in names if not self.recorded(language, name))

    def offered(self) -> tuple[str, ...]:
        """The languages that callers can choose: all whose every caller's prompt can be heard.

        Raises PromptError when there is none.
        """
        found = tuple(code for code in self.languages if not self.lacking(code))
        if not found:
            raise PromptError(
                "none of HOTLINE_LANGUAGES has a voice or all its recordings; add one that has"
            )
        return found

    def speaks(self, language: str) -> bool:
        """Whether it is one of ours and every prompt of it can be heard."""
        known = language in self.languages
        return known and not self.lacking(language, self._texts[language].keys() - {HOLD})

    def voice(self, language: str) -> Voice:
        """The voice for a text in that language. Raises KeyError for an unknown language.

        Of a language that nothing speaks, it is the first voice there is: what was typed is better
        heard in a foreign accent than not at all.
        """
        own = self._voices[language]
        others = (voice for voice in self._voices.values() if not voice.silent)
        return next(others, own) if own.silent else own

    def file(self, language: str, name: str) -> Path:
        """The prompt as a WAV file (16-bit, 8 kHz, mono), rendered on first use.

        Raises PromptError for an unknown prompt, SpeechError when the voice cannot speak.
        """
        path = self._cache_dir / language / self._file_name(language, name)
        if not path.is_file():
            write_whole(path, self._audio(language, name))
        return path

    def url_path(self, language: str, name: str) -> str:
        """The path under which the prompt is served; it changes when the sound changes."""
        return f"/voice/prompts/{language}/{self._file_name(language, name)}"

    def prepare(self) -> int:
        """Render every prompt that can be and is not there yet; how many prompts there are then."""
        every = [(code, name) for code, texts in self._texts.items() for name in texts]
        pairs = [pair for pair in every if self.can_say(*pair)]
        for code, name in pairs:
            self.file(code, name)
        return len(pairs)

    def _checked(self, code: str, prompts: Mapping[str, str]) -> dict[str, str]:
        missing = [n for n in required(tuple(self.languages)) if not prompts.get(n, "").strip()]
        if missing:
            raise PromptError(f"{code}.toml lacks the prompts {', '.join(missing)}")
        bad = [name for name in prompts if not _NAME.match(name)]
        if bad:
            raise PromptError(f"{code}.toml: prompt names are a-z, 0-9 and _, not {bad[0]!r}")
        return {HOLD: "", **{name: self._filled(code, text) for name, text in prompts.items()}}

    def _check_recordings(self) -> None:
        """Refuse human recordings that cannot be read, and name those that replace nothing."""
        for path in sorted(self._recordings_dir.glob("*/*.wav")) if self._recordings_dir else ():
            if path.stem not in self._texts.get(path.parent.name, ()):
                log.warning("recording_unused", language=path.parent.name, prompt=path.stem)
                continue
            try:
                from_wav(path.read_bytes())
            except LibsndfileError:
                where = f"{path.parent.name}/{path.name}"
                raise PromptError(f"{where} in the recordings folder is not a sound file") from None

    def _filled(self, code: str, text: str) -> str:
        unknown = [n for n in _PLACEHOLDER.findall(text) if n not in self._numbers]
        if unknown:
            raise PromptError(f"{code}.toml: {{{unknown[0]}}} is no number we know")
        return _PLACEHOLDER.sub(lambda found: self._numbers[found[1]], text)

    def _recording(self, language: str, name: str) -> Path | None:
        if self._recordings_dir is None:
            return None
        path = self._recordings_dir / language / f"{name}.wav"
        return path if path.is_file() else None

    def _file_name(self, language: str, name: str) -> str:
        text = self.text(language, name)
        recording = self._recording(language, name)
        said = recording.read_bytes() if recording else text.encode()
        speaker = "human" if recording else self._voices[language].speaker
        digest = hashlib.sha256(f"{SHAPE}\n{speaker}\n".encode() + said).hexdigest()
        return f"{name}.{digest[:16]}.wav"

    def _audio(self, language: str, name: str) -> bytes:
        recording = self._recording(language, name)
        if recording is not None:
            return to_wav(telephone(*from_wav(recording.read_bytes())))
        if name == HOLD:
            return hold_sound()
        return speak(self.text(language, name), self._voices[language])


def open_catalogue(settings: Settings, languages: Mapping[str, Language]) -> Catalogue:
    """The catalogue of a deployment. Raises PromptError."""
    return Catalogue(
        languages,
        settings.data_dir / "prompts",
        settings.recordings_folder,
        {"emergency": settings.emergency_number, "crisis": settings.crisis_number},
    )


def _voice(language: Language) -> Voice:
    try:
        return Voice.parse(language.voice)
    except ValueError as error:
        raise PromptError(f"{language.code}.toml: {error}") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write so that nobody ever reads half a file: several processes may render the same prompt."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(data)
    Path(part.name).chmod(0o644)
    os.replace(part.name, path)
