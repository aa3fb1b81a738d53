"""Groups of prompts, from the comments of a language file."""

from hotline.languages import DIRECTORY, load_languages
from ivr.grouping import FIRST, WORDS, Group, groups, sorted_into

FILE = """
name = "X"
[prompts]
hello = "Hello"

# The menu.
one = "One"
two = "Two"

# The end.
bye = "Bye"

digit_1 = "one"

digit_2 = "two"
[triage]
# Not a prompt.
three = "Three"
"""


def test_a_comment_begins_a_group() -> None:
    assert groups(FILE) == (
        Group(FIRST, ("hello",)),
        Group("The menu", ("one", "two")),
        Group("The end", ("bye",)),
        Group(WORDS, ("digit_1", "digit_2")),
    )


def test_what_is_in_no_group_comes_last() -> None:
    found = sorted_into(groups(FILE), ("two", "new", "bye"), "Others")
    assert found == (
        Group("The menu", ("two",)),
        Group("The end", ("bye",)),
        Group("Others", ("new",)),
    )


def test_every_prompt_of_every_language_has_its_group() -> None:
    pattern = groups((DIRECTORY / "en.toml").read_text(encoding="utf-8"))
    for language in load_languages(["en", "es", "ar"]).values():
        found = sorted_into(pattern, tuple(language.prompts), "Others")
        assert "Others" not in [group.title for group in found]
        assert sorted(n for group in found for n in group.names) == sorted(language.prompts)
