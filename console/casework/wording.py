"""The closed words of casework (how it ended, why it was lowered, to whom it was given) as people
read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from console import names
from console.text import lazy_gettext as _l
from hotline.reports.casework.disclosing import Basis, Part
from hotline.reports.casework.duplicates import Mistaken
from hotline.reports.casework.model import Recipient
from hotline.reports.casework.sorting import Lowering
from hotline.reports.outcomes import Disposition

DISPOSITION = {
    Disposition.HELP_GIVEN: _l("Somebody helped; no more is needed."),
    Disposition.HANDED_TO_LAW_ENFORCEMENT: _l("Law enforcement has it."),
    Disposition.SCHOOL_ACTS: _l("The school acts on it."),
    Disposition.HANDED_TO_SERVICES: _l("Medical or human services have it."),
    Disposition.NO_DANGER_FOUND: _l("It was looked into; nobody was in danger."),
    Disposition.NO_ACTION_POSSIBLE: _l("Too little was said to act on it."),
    Disposition.DUPLICATE: _l("Another report tells of the same and goes on."),
    Disposition.TEST_CALL: _l("It was a test call."),
}
LOWERING = {
    Lowering.SPOKE_WITH_CALLER: _l("we spoke with the caller"),
    Lowering.SPOKE_WITH_SCHOOL: _l("we spoke with the school"),
    Lowering.HELP_IS_THERE: _l("help is there already"),
    Lowering.HEARD_WRONGLY: _l("other words were said than were written down"),
    Lowering.NOT_NOW: _l("what it tells of is over, or not near"),
    Lowering.TEST: _l("it was a test call"),
}
RECIPIENT = {
    Recipient.SCHOOL: _l("the school"),
    Recipient.LAW_ENFORCEMENT: _l("law enforcement"),
    Recipient.EMS: _l("emergency medical services"),
    Recipient.HUMAN_SERVICES: _l("human services"),
}
PART = {
    Part.FACTS: _l("the facts"),
    Part.WORDS: _l("the words"),
    Part.SOUND: _l("the sound"),
}
BASIS = {
    Basis.IMMINENT_DANGER: _l("Danger to health or safety (34 CFR 99.36)"),
    Basis.SCHOOL_DUTY: _l("The school needs it for its duty (34 CFR 99.31(a)(1))"),
    Basis.REPORT_OF_ABUSE: _l("A report of abuse that the law of the state asks for"),
    Basis.COURT_ORDER: _l("A court order or subpoena (34 CFR 99.31(a)(9))"),
    Basis.CONSENT: _l("Written consent (34 CFR 99.30)"),
}
HOLD = {
    "court": _l("a court or a lawsuit"),
    "investigation": _l("an investigation by the authorities"),
    "request": _l("somebody’s request for their records"),
    "safety": _l("the danger is not over"),
    "ended": _l("what it was kept for is over"),
    "mistake": _l("it was a mistake"),
}
"""Why a legal hold is set or lifted; the key is kept, in the audit and on the timeline."""
GLASS = {
    "caller_may_die": _l("the caller is about to die or to be badly hurt"),
    "others_may_die": _l("others are about to die or to be badly hurt"),
    "caller_is_held": _l("the caller is held, and cannot say where"),
}
"""Why two administrators ask the carrier for the number of a live call."""
MISTAKEN = {
    Mistaken.ITSELF: _l("That is this report. Give the number of the other one."),
    Mistaken.CIRCLE: _l("That report is linked to this one already. Undo that link first."),
}


def disposition(code: str | None) -> str:
    """How it ended, as a sentence."""
    return _said(DISPOSITION, code)


def recipient(code: str) -> str:
    """To whom, inside a sentence."""
    return _said(RECIPIENT, code)


def basis(code: str) -> str:
    """Why it may be given."""
    return _said(BASIS, code)


def parts(codes: Iterable[str]) -> str:
    """ "the facts and the words"."""
    return names.listed([_said(PART, code) for code in codes])


def of_event(detail: Mapping[str, Any]) -> dict[str, str]:
    """What a timeline event's codes say, for the patterns of `console.reports.sentences`."""
    return {
        "lowering": _said(LOWERING, detail.get("reason")),
        "recipient": _said(RECIPIENT, detail.get("recipient")),
        "parts": parts(detail.get("parts", ())),
        "disposition": _said(DISPOSITION, detail.get("disposition")),
        "hold": _said(HOLD, detail.get("hold")),
        "glass": _said(GLASS, detail.get("glass")),
    }


def _said(words: Mapping[Any, Any], code: str | None) -> str:
    return str(words.get(code, names.plain(code or "")))
