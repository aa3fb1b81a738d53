"""The pages of the door, rendered."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from markupsafe import Markup

from door.entrance import Entrance
from door.fields import Filled
from door.places import Group
from door.question import Question
from door.returning import Opened
from door.texts import Texts
from hotline.reports.intake import Receipt
from hotline.reports.written import LONGEST


@dataclass(frozen=True)
class Frame:
    """What is around every page: its texts, and the other languages. path: of the page without its
    language, for the links to the others; places: of the roster."""

    texts: Texts
    others: Mapping[str, Texts]
    path: str = ""
    places: Sequence[Group] = ()


def negotiated(entrance: Entrance) -> Frame:
    """The frame in the language that the browser asks for, else in the first."""
    codes = list(entrance.texts)
    code = request.accept_languages.best_match(codes) or codes[0]
    return Frame(entrance.texts[code], entrance.texts)


def write_page(
    frame: Frame,
    filled: Filled,
    says: Markup | None = None,
    question: Question | None = None,
) -> str:
    """The form for something new, with what was filled in. says: why it was not taken."""
    return _page("write.html", frame, filled=filled, says=says, question=question, form=_form())


def receipt_page(frame: Frame, receipt: Receipt | None) -> str:
    """It was received. None: it was received before, and its numbers are not shown again."""
    return _page("receipt.html", frame, receipt=receipt)


def return_page(frame: Frame, filled: Filled, says: Markup | None = None) -> str:
    """The form for number and PIN; the PIN has to be entered anew. What was written comes along."""
    return _page("return.html", frame, filled=filled, says=says, form=_form())


def report_page(frame: Frame, filled: Filled, opened: Opened, says: Markup | None = None) -> str:
    """How a report stands, what was left for its writer, and the form for more."""
    return _page("report.html", frame, filled=filled, opened=opened, says=says, form=_form())


def error_page(frame: Frame, code: int) -> str:
    """Nothing is here, or something does not work."""
    return _page("error.html", frame, code=code)


def _page(name: str, frame: Frame, **values: object) -> str:
    texts = frame.texts
    longest = f"{LONGEST}"
    return render_template(name, frame=frame, t=texts, say=texts.say, longest=longest, **values)


def _form() -> str:
    """A mark by which this form is known when it comes twice."""
    return secrets.token_urlsafe(16)
