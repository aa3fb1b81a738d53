"""Likeness: its properties, and what it makes of made-up transcripts."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.reports import incidents, likeness
from hotline.reports.incidents import compare, terms_of
from hotline.reports.likeness import Rarity, Told, most_alike, says_something_new

ROOT = Path(__file__).resolve().parents[3]
SAID = tomllib.loads((ROOT / "tests" / "support" / "alike.toml").read_text(encoding="utf-8"))
LANGUAGES = ("en", "es", "ar")

terms = st.frozensets(st.text("abcdef", min_size=1, max_size=3), max_size=30)
texts = st.lists(terms, max_size=12)


@given(terms, terms, texts)
def test_it_is_the_same_both_ways_and_between_0_and_1(
    one: frozenset[str], other: frozenset[str], window: list[frozenset[str]]
) -> None:
    rare = Rarity(window)
    assert rare.likeness(one, other) == rare.likeness(other, one)
    assert 0.0 <= rare.likeness(one, other) <= 1.0
    assert rare.likeness(one, other) == 0.0 or one & other
    if one:
        assert rare.likeness(one, one) == pytest.approx(1.0)


@given(texts, st.text("abcdef", min_size=1, max_size=3), st.text("abcdef", min_size=1, max_size=3))
def test_what_fewer_texts_have_weighs_more(
    window: list[frozenset[str]], one: str, other: str
) -> None:
    rare, count = Rarity(window), lambda term: sum(term in text for text in window)
    assert rare.weight(one) > 0
    assert (rare.weight(one) > rare.weight(other)) == (count(one) < count(other))


@given(terms, terms, texts)
def test_nothing_is_new_to_those_who_know_it_all_and_everything_to_the_others(
    said: frozenset[str], known: frozenset[str], window: list[frozenset[str]]
) -> None:
    rare = Rarity(window)
    assert rare.new_share(said, said | known) == 0.0
    assert rare.new_share(said, frozenset()) == (1.0 if said else 0.0)
    assert rare.new_share(said, known) >= rare.new_share(said, known | said) - 1e-9


@given(terms, st.frozensets(st.text("abcdef", min_size=1, max_size=3), max_size=4))
def test_a_grave_word_that_nobody_has_said_is_always_new(
    known: frozenset[str], grave: frozenset[str]
) -> None:
    if grave - known:
        assert says_something_new(known | grave, grave, known, Rarity([known]))


@given(st.permutations(range(6)))
def test_the_order_of_the_window_does_not_matter(order: list[int]) -> None:
    window = _told("en")[:6]
    rare = likeness.rarity(window)
    said = _terms(SAID["en"]["gun_at_north"]["told"][-1])
    assert most_alike(said, [window[i] for i in order], rare) == most_alike(said, window, rare)


def test_two_words_are_alike_to_nothing() -> None:
    window = [Told("a", _terms("help me"))]
    assert most_alike(_terms("help me"), window, Rarity([])) is None


def test_a_wave_does_not_make_its_own_words_common() -> None:
    story = SAID["en"]["gun_at_north"]["told"]
    many = [Told(f"{n}", _terms(story[n % len(story)]), "wave") for n in range(200)]
    others = [Told(f"o{n}", _terms(text)) for n, text in enumerate(SAID["single"]["en"])]
    rare = likeness.rarity([*many, *others], incidents.sentences("en"))
    few = likeness.rarity([*many[:1], *others], incidents.sentences("en"))
    assert rare.weight("tyler") == pytest.approx(few.weight("tyler"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_of_the_guide_are_those_of_today(language: str) -> None:
    """docs/simulation.md prints them: right, wrong, missed, alone."""
    guide = (ROOT / "docs" / "simulation.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{language}` \| (.+) \|$", guide, re.MULTILINE)
    assert row is not None, f"{language}: {figures(language)}"
    assert tuple(int(cell) for cell in row[1].split(" | ")) == figures(language)


def figures(language: str) -> tuple[int, int, int, int, int]:
    """All transcripts one after the other, as calls come in: how many there are, how many were
    suggested to the right incident, to a wrong one, to none though others had told the same, and to
    none rightly."""
    stories = [(s, t) for s, told in SAID[language].items() for t in told["told"]]
    singles = [(f"single {n}", t) for n, t in enumerate(SAID["single"][language])]
    calls = _mixed(stories, singles)
    window: list[Told] = []
    story_of: dict[str, str] = {}
    right = wrong = missed = alone = 0
    for n, (story, text) in enumerate(calls):
        said, sentences = _terms(text), incidents.sentences(language)
        found = compare(said, (), window, sentences)
        report_id, before = f"{n}", story in story_of.values()
        if found is None:
            missed, alone = missed + before, alone + (not before)
            window.append(Told(report_id, said))
        else:
            truth = story_of[found.like.report_id] == story
            right, wrong = right + truth, wrong + (not truth)
            incident = found.like.incident or found.like.report_id
            window = [
                Told(t.report_id, t.terms, incident) if t.report_id == incident else t
                for t in window
            ]
            window.append(Told(report_id, said, incident))
        story_of[report_id] = story
    return len(calls), right, wrong, missed, alone


def _mixed(stories: list[tuple[str, str]], singles: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of all stories in turn, with the singles in between: always the same order."""
    calls = [*stories, *singles]
    return sorted(calls, key=lambda call: (calls.index(call) * 7) % len(calls))


def _told(language: str) -> list[Told]:
    every = [text for told in SAID[language].values() for text in told["told"]]
    return [Told(f"{n}", _terms(text)) for n, text in enumerate(every)]


def _terms(text: str) -> frozenset[str]:
    return terms_of(text.split())


def test_pairs_of_one_story_are_more_alike_than_others() -> None:
    """The likeness tells the same from the other by a clear margin, on the average."""
    told, rare = _told("en"), likeness.rarity(_told("en"), incidents.sentences("en"))
    names = [s for s, one in SAID["en"].items() for _ in one["told"]]
    same, other = [], []
    for i, j in combinations(range(len(told)), 2):
        pair = rare.likeness(told[i].terms, told[j].terms)
        (same if names[i] == names[j] else other).append(pair)
    assert sum(same) / len(same) > 3 * sum(other) / len(other)
