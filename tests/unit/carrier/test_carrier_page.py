"""The table of docs/carriers.md says what `hotline.carrier.kinds` says, and names every source."""

from collections.abc import Callable
from pathlib import Path

from hotline.carrier.capabilities import Algorithm, Capabilities
from hotline.carrier.kinds import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "carriers.md"


def yes(found: bool) -> str:
    return "yes" if found else "no"


def signed(can: Capabilities) -> str:
    return "Ed25519" if can.signature.algorithm is Algorithm.ED25519 else "HMAC-SHA1"


ROWS: list[tuple[str, Callable[[Capabilities], str]]] = [
    ("a call can be taken: `<Conference>`", lambda can: yes(can.conference)),
    ("the conference tells who comes and goes (unused)", lambda can: yes(can.conference_events)),
    ("phones rung by the caller’s own leg (degraded mode)", lambda can: yes(can.whisper)),
    ("what is said is streamed to us", lambda can: yes(can.stream)),
    ("a recording ends by silence", lambda can: yes(can.silence_ends)),
    ("recordings are deleted there", lambda can: yes(can.delete_recording)),
    ("records of calls are deleted there", lambda can: yes(can.delete_call)),
    ("texts come to us and are deleted there", lambda can: yes(can.texts)),
    ("pages of ours can be rung (*My phone*)", lambda can: yes(can.browsers)),
    ("ring time can be asked for", lambda can: yes(can.rest.ring_limit)),
    ("longest `<Dial timeout>`, s", lambda can: str(can.longest_dial_s)),
    ("tries of a webhook can be asked for (`#rc=`)", lambda can: yes(can.fragments)),
    ("signature", signed),
    ("header", lambda can: " or ".join(f"`{name}`" for name in can.signature.headers)),
    (
        "key",
        lambda can: "`HOTLINE_CARRIER_KEY`" if can.signature.own_key else "the account’s secret",
    ),
    ("the address is signed", lambda can: yes(can.signature.covers_url)),
    (
        "the moment is signed",
        lambda can: f"yes, {can.signature.tolerance_s:.0f} s" if can.signature.timestamp else "no",
    ),
    ("REST address", lambda can: f"`{can.rest.base_url}`" if can.rest.base_url else "given"),
    ("REST body", lambda can: "JSON" if can.rest.form == "telnyx" else "form"),
    ("REST authorization", lambda can: can.rest.auth),
]


def table() -> list[str]:
    """The lines of the table."""
    head = ["", *(can.name for can in KINDS.values())]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for what, tell in ROWS:
        cells = " | ".join(tell(can) for can in KINDS.values())
        lines.append(f"| {what} | {cells} |")
    return lines


def test_the_table_is_what_the_code_says() -> None:
    assert "\n".join(table()) in PAGE.read_text(encoding="utf-8")


def test_what_a_carrier_does_not_know_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for can in KINDS.values():
        for missing in can.missing:
            assert f"`{missing}`" in text, (can.name, missing)


def test_every_source_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for can in KINDS.values():
        for source in can.sources.values():
            assert source in text or source == "docs/switch.md", (can.name, source)
