"""The line: what every view of the voice menu works with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch.outside import Outside
from hotline.dispatch.sql import SqlBooks
from hotline.reports import masks
from hotline.reports.codes import NUMBER_DIGITS, PIN_DIGITS
from hotline.reports.synthetic import CODE_DIGITS
from hotline.tasks import heartbeat
from ivr.prompts import Catalogue, open_catalogue
from ivr.steps import Rules

MEDIA_ALIVE_S = 10.0
"""The media process beats its heart every two seconds."""
APOLOGIES = ("technical", "technical_end")


@dataclass(frozen=True)
class Line:
    """Runtime, prompts and rules of one deployment. masks: what responders do not hear, by
    language."""

    runtime: Runtime
    catalogue: Catalogue
    rules: Rules
    masks: Mapping[str, masks.Masker]

    @cached_property
    def outside(self) -> Outside:
        """The ways to tell an alarm without any dispatcher."""
        return Outside(self.runtime)

    def url(self, path: str, **query: str | int | None) -> str:
        """An absolute URL under the public address; None values are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self.runtime.url(path + (f"?{urlencode(given)}" if given else ""))

    def rules_now(self, session: Session) -> Rules:
        """The rules of this moment: without a living media process the carrier records."""
        now, rules = self.runtime.clock(), self.rules
        if rules.languages != (offered := self.catalogue.offered()):  # a recording came or went
            rules = replace(rules, languages=offered)
        if not rules.stream or heartbeat.alive(session, heartbeat.MEDIA, now, MEDIA_ALIVE_S):
            return rules
        return replace(rules, stream=False)

    def books(self, session: Session) -> SqlBooks:
        """The books of dispatch in this transaction."""
        return SqlBooks(session, self.runtime.vault)

    def prompts(self, language: str, names: Iterable[str]) -> list[str]:
        """The URLs of prompts; one that nobody can hear is said in the first language instead.

        Raises PromptError for an unknown one.
        """
        return [self.runtime.url(self.catalogue.url_path(*self._heard(language, n))) for n in names]

    def language(self, wanted: Iterable[str]) -> str:
        """The first of these languages that we speak, else the default one."""
        return next((c for c in wanted if self.catalogue.speaks(c)), self.rules.languages[0])

    def _heard(self, language: str, name: str) -> tuple[str, str]:
        mute = language in self.catalogue.languages and not self.catalogue.can_say(language, name)
        return (self.rules.languages[0] if mute else language), name


def open_line(runtime: Runtime) -> Line:
    """Wire the line. Raises PromptError when a language lacks a prompt, SpeechError when its voice
    cannot speak, LanguageRulesWrong when its file is in disorder."""
    settings = runtime.settings
    catalogue = open_catalogue(settings, runtime.languages)
    rules = Rules(
        languages=catalogue.offered(),
        promise=settings.promise,
        wait_cap_s=settings.wait_cap_s,
        number_digits=NUMBER_DIGITS,
        pin_digits=PIN_DIGITS,
        code_digits=CODE_DIGITS,
        callback=settings.callback_days > 0,
        stream=settings.stream_url is not None and runtime.carrier.capabilities.stream,
    )
    for code in rules.languages:  # what is heard when all else fails is on the disk from now on
        for name in APOLOGIES:
            catalogue.file(code, name)
    return Line(runtime, catalogue, rules, masks.parse(runtime.languages))
