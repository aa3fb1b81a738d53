"""Scripts in the place of words: in everything that a person may say or type into a hotline."""

import re

from sqlalchemy import select, update

from hotline.oncall import responders
from hotline.oncall.model import District, Responder, School
from hotline.people.model import Account
from tests.support.console import World, correct, give_reason, send, sign_in
from tests.support.sample import Night, exhaust, leave, messages

KINDS = frozenset(
    {
        *("words", "reason", "correction", "note", "draft", "reply", "fact", "given_to"),
        *("person", "responder", "district", "school"),
    }
)
"""What somebody has said or typed, or how somebody or something is called."""
VERSION = re.compile(r'name="version"[^>]*value="([^"]+)"')
OLD = "since=00000000-0000-7000-8000-000000000000&seen=2026-01-01T00:00:00%2B00:00"
CALL = re.compile(r"hit\(/(\w+)/\)")


def script(kind: str) -> str:
    """Out of an attribute or a field: a script, two handlers, and a link for whoever clicks.

    Each calls `hit` with the kind of text that it stands for. There is no space in it, so that a
    transcript keeps it in one word.
    """
    call = f"hit(/{kind}/)"
    handlers = f'<img/src="x"onerror="{call}"/><svg/onload="{call}"/>'
    return (
        f'"></select></textarea><script>{call}</script>{handlers}<a/href="javascript:{call}">go</a>'
    )


FACTS = "[[field]]\nkey = 'where'\nlabel = { en = 'Where' }\n"
"""For HOTLINE_FACTS_FILE: a field that takes words."""


def plant(made: Night) -> list[tuple[str, str]]:
    """Say and type it everywhere. Gives who must see it, and where.

    HOTLINE_FACTS_FILE must have named a file with FACTS when the night was made.
    """
    world = made.world
    report = _spoken(world)
    _typed(world, report)
    _named(world)
    supervisors = (
        *("/reports?show=all", "/reports?show=all&q=lunch", f"/reports/newer?show=all&{OLD}"),
        *(f"/reports/{report}", "/board", "/board/now", "/on-call", "/on-call/responders"),
        *("/statistics", "/policies", "/account"),
    )
    return [
        *(("ana", path) for path in supervisors),
        *(("ada", path) for path in ("/people", "/policies", "/on-call/responders")),
        *(("otto", path) for path in ("/audit", "/statistics")),
        ("rosa", "/my-shift"),
    ]


def _spoken(world: World) -> str:
    """A caller says it, and a colleague hears the same; nobody takes the report."""
    spoken = script("reason")
    report = leave(world, "en", f"he {script('words')} said {spoken} at lunch")
    give_reason(world, report, spoken, "weapons", "life-safety")
    exhaust(world, report)
    correct(world, messages(world, report)[0], 0, 0, script("correction"))
    return report


def _typed(world: World, report: str) -> None:
    """A supervisor types it into every field of the report's page that takes words."""
    client = world.app().test_client()
    sign_in(client)
    page = client.get(f"/reports/{report}").text
    version = VERSION.findall(page)[0]
    given = {"given_to": script("given_to"), "parts": "words", "basis": "imminent_danger"}
    for place, form in {
        "notes": {"note": script("note")},
        "drafts/note": {"note": script("draft")},
        "replies": {"reply": script("reply")},
        "facts": {"version": version, "school": "", "fact_where": script("fact")},
        "disclosures": {"recipient": "law_enforcement", **given},
    }.items():
        answer = send(client, f"/reports/{report}/{place}", form)
        assert answer.status_code < 400, (place, answer.status_code)


def _named(world: World) -> None:
    """Everybody and everything bears it as a name."""
    with world.database.transaction() as session:
        session.execute(update(Account).values(display_name=script("person")))
        session.execute(update(District).values(name=script("district")))
        session.execute(update(School).values(name=script("school")))
        for row in session.scalars(select(Responder)):
            known = responders.contact(session, world.vault, row.id)
            responders.put(
                session,
                world.vault,
                handle=row.handle,
                kind=row.kind,
                name=script("responder"),
                number=known.number,
                languages=row.languages,
            )
