"""`make translations`: the catalogs in `translations/` brought to what code and templates say.

New texts appear in `console.po` of each language, empty; texts that are gone disappear. What pages
read is the compiled `console.mo` beside it. `--check` changes nothing and exits 1 where something
is out of date or not translated.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from console.locale import LOCALES, TRANSLATIONS
from hotline.settings import Settings

ROOT = Path(__file__).parent
DOMAIN = "console"
SOURCE = "en"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""In place of the times that a catalog wants to carry."""
BEYOND = ("hotline", "ivr", "transcription")
"""Packages beside the console in which texts are marked that its pages show."""
KEYWORDS = {
    **extract.DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "_l": None,  # lazy_gettext, where a table of it would not be read otherwise
    "marked": None,
}


def template() -> Catalog:
    """Every text that the console shows, by file. No dates and lines: they only churn."""
    catalog = Catalog(domain=DOMAIN, header_comment="# Texts of the console.", fuzzy=False)
    found = extract.extract_from_dir(
        str(ROOT), METHODS, {"**.html": {"silent": "false"}}, keywords=KEYWORDS
    )
    for _file, _line, message, *_ in sorted(found, key=lambda row: (row[0], row[1])):
        catalog.add(message)
    for message in (*_marked_elsewhere(), *_meanings()):
        catalog.add(message)
    return catalog


def _marked_elsewhere() -> Iterator[str]:
    for package in BEYOND:
        found = extract.extract_from_dir(
            str(ROOT.parent / package), METHODS, keywords={"marked": None}
        )
        for _file, _line, message, *_ in found:
            yield str(message)


def _meanings() -> Iterator[str]:
    """What each setting means: its description, which no call marks."""
    for field in Settings.model_fields.values():
        yield field.description or ""


def po_of(locale: str) -> Path:
    """The catalog of a language."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(locale: str) -> Catalog:
    """The catalog as it is; empty where there is none yet."""
    file = po_of(locale)
    if not file.exists():
        return Catalog(locale=locale, domain=DOMAIN)
    with file.open("rb") as source:
        return read_po(source, locale=locale, domain=DOMAIN)


def updated(locale: str) -> Catalog:
    """The catalog with the texts of now, each with the translation it had."""
    catalog = read(locale)
    catalog.update(template(), no_fuzzy_matching=True, update_header_comment=True)
    catalog.obsolete.clear()
    return catalog


def po(catalog: Catalog) -> bytes:
    """The catalog as a file, without times."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, omit_header=False, no_location=True, sort_output=True)
    lines = buffer.getvalue().splitlines(keepends=True)
    volatile = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')
    return b"".join(line for line in lines if not line.startswith(volatile))


def mo(catalog: Catalog) -> bytes:
    """The catalog compiled, without times."""
    plain = read_po(io.BytesIO(po(catalog)), locale=catalog.locale, domain=DOMAIN)
    plain.creation_date = plain.revision_date = NEVER
    buffer = io.BytesIO()
    write_mo(buffer, plain)
    return buffer.getvalue()


def missing(catalog: Catalog) -> Iterator[str]:
    """The texts that have no translation."""
    for message in catalog:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(texts):
            yield str(message.id)


def out_of_date(locale: str) -> list[str]:
    """What is wrong with a language's files, a sentence each."""
    catalog, file = updated(locale), po_of(locale)
    wrong = [f"{locale}: not translated: {text!r}" for text in missing(catalog)]
    if not file.exists() or file.read_bytes() != po(catalog):
        wrong.append(f"{locale}: console.po is out of date: run `make translations`.")
    compiled = file.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != mo(catalog):
        wrong.append(f"{locale}: console.mo is out of date: run `make translations`.")
    return wrong


def bring(locale: str) -> None:
    """Write a language's files."""
    catalog, file = updated(locale), po_of(locale)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(po(catalog))
    file.with_suffix(".mo").write_bytes(mo(catalog))


def main(arguments: list[str]) -> int:
    """Bring or check every language but the one the texts are written in; the exit code."""
    others = [locale for locale in LOCALES if locale != SOURCE]
    if "--check" not in arguments:
        for locale in others:
            bring(locale)
    wrong = [line for locale in others for line in out_of_date(locale)]
    print("\n".join(wrong) or "All texts are translated.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
