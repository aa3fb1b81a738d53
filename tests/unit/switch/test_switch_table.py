"""What the guide says is implemented is what the switch says when it is asked."""

from tests.support import switch_table


def test_the_guide_says_what_is_there() -> None:
    said = switch_table.PAGE.read_text(encoding="utf-8")
    assert said == switch_table.written(), "run `python -m tests.support.switch_table`"


def test_what_twilio_can_do_is_seen_to_be_missing() -> None:
    """The tables can say no: these are not there, and it would be noticed if they were."""
    table = switch_table.tables()
    assert "| `<Pay>` | not there" in table
    assert "| Messages / Media | list | no |" in table
    assert "| Queues | create | yes |" in table
