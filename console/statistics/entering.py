"""What people enter for a year: its fields on the page, and a version that is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request
from sqlalchemy.orm import Session

from console import guard, times
from console.context import runtime, signed_in
from console.statistics import laws
from console.text import gettext
from hotline.statistics import entered, entries
from hotline.statistics.entered import Entered, NotACount


@dataclass(frozen=True)
class Refused:
    """What was typed for an item, and why it is not entered."""

    item: str
    counts: str
    text: str
    why: str
    status: int


@dataclass(frozen=True)
class Field:
    """An item that a person can say something of. asks: what the law asks for; of_counts, of_text:
    what can be entered; seen: the version that stands; by_whom: who entered it, and when."""

    key: str
    law: str
    asks: str
    of_counts: bool
    of_text: bool
    counts: str
    text: str
    seen: str
    by_whom: str
    wrong: str


def fields(
    stands: Mapping[str, Entered], by: Mapping[str, str], refused: Refused | None
) -> Sequence[Field]:
    """The fields of all items that people know of, with what stands or with what was typed."""
    return [_field(item, stands.get(item.key), by, refused) for item in laws.ITEMS if item.enters]


def _field(
    item: laws.Item, stands: Entered | None, by: Mapping[str, str], refused: Refused | None
) -> Field:
    counts = entered.typed(stands.counts) if stands is not None else ""
    text, wrong = stands.text if stands is not None else "", ""
    if refused is not None and refused.item == item.key:
        counts, text, wrong = refused.counts, refused.text, refused.why
    return Field(
        key=item.key,
        law=item.law,
        asks=f"{item.number} {gettext(item.asks)}",
        of_counts="counts" in item.enters,
        of_text="text" in item.enters,
        counts=counts,
        text=text,
        seen=stands.id if stands is not None else "",
        by_whom=_by_whom(stands, by),
        wrong=wrong,
    )


def _by_whom(stands: Entered | None, by: Mapping[str, str]) -> str:
    if stands is None:
        return ""
    return gettext(
        "%(name)s entered this, %(time)s.", name=by[stands.by], time=times.moment(stands.at)
    )


def enter(session: Session, of: entries.Of, key: str) -> Refused | None:
    """Write down what the form says of the item of that key; None when that is done. 404 for an
    item that nobody can say anything of."""
    item = next((i for i in laws.ITEMS if i.enters and i.key == key), None)
    if item is None:
        abort(404)
    counts = request.form.get("counts", "") if "counts" in item.enters else ""
    text = request.form.get("text", "").strip() if "text" in item.enters else ""
    stands = entries.read(session, of).get(item.key)
    if request.form.get("seen", "") != (stands.id if stands is not None else ""):
        why = gettext(
            "Somebody has entered something else meanwhile. Nothing was overwritten: your text "
            "stands here. Look at the page again, and enter it once more."
        )
        return Refused(item.key, counts, text, why, 409)
    if len(text) > entered.LONGEST_TEXT:
        why = gettext("That is too long: at most %(most)s letters.", most=entered.LONGEST_TEXT)
        return Refused(item.key, counts, text, why, 422)
    try:
        parsed = entered.parse_counts(counts)
    except NotACount as wrong:
        why = gettext(
            "Line %(line)s is no count: “%(text)s”. Write what was counted, a colon, and a whole "
            "number.",
            line=wrong.line,
            text=wrong.text,
        )
        return Refused(item.key, counts, text, why, 422)
    me, now = signed_in().account.id, runtime().clock()
    entries.enter(session, of, item.key, parsed, text, by=me, at=now)
    where = {"item": item.key, "begins": of.begins, "district": of.district or "all"}
    guard.audited(session, "statistics.entered", f"statistics:{of.year}", **where)
    return None
