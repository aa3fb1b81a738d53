"""Counts under five, and what stands beside them."""

from hypothesis import given
from hypothesis import strategies as st

from hotline.statistics import small


def test_a_small_count_takes_the_next_smallest_with_it() -> None:
    shown = small.listed({"weapons": 12, "drugs": 7, "bullying": 2, "bomb": 0})
    assert shown == {"weapons": 12, "drugs": None, "bullying": None, "bomb": 0}


def test_two_small_counts_that_are_told_by_their_sum_take_a_third() -> None:
    shown = small.listed({"weapons": 12, "drugs": 1, "bullying": 1})
    assert shown == {"weapons": None, "drugs": None, "bullying": None}


def test_small_counts_that_hide_each_other_take_nothing_with_them() -> None:
    assert small.listed({"a": 4, "b": 4, "c": 9}) == {"a": None, "b": None, "c": 9}


def test_nothing_small_hides_nothing() -> None:
    assert small.listed({"a": 5, "b": 0}) == {"a": 5, "b": 0}


def test_a_count_is_hidden_when_the_rest_is_small() -> None:
    assert small.single(39, 41) is None
    assert small.single(3, 41) is None
    assert small.single(41, 41) == 41
    assert small.single(0, 41) == 0
    assert small.single(30, 41) == 30


counts = st.integers(0, 30)


@given(st.lists(counts, min_size=2, max_size=6))
def test_no_small_count_can_be_worked_out_from_a_list(numbers: list[int]) -> None:
    shown = small.listed(dict(enumerate(numbers)))
    hidden = [n for at, n in enumerate(numbers) if shown[at] is None]
    assert not any(small.is_small(n) for n in shown.values() if n is not None)
    assert not hidden or sum(hidden) >= small.FEWEST or sum(hidden) == sum(numbers)
    assert len(hidden) != 1 or sum(numbers) == hidden[0]


@given(st.integers(2, 5), st.integers(2, 5), st.data())
def test_no_small_count_can_be_worked_out_from_a_table(
    rows: int, columns: int, data: st.DataObject
) -> None:
    cells = {(r, c): data.draw(counts) for r in range(rows) for c in range(columns)}
    shown = small.table(cells)
    lines = [([(r, c) for c in range(columns)], shown.rows[r]) for r in range(rows)]
    lines += [([(r, c) for r in range(rows)], shown.columns[c]) for c in range(columns)]
    for line, total in lines:
        hidden = [cells[key] for key in line if shown.cells[key] is None]
        true_total = sum(cells[key] for key in line)
        assert not any(small.is_small(cells[k]) for k in line if shown.cells[k] is not None)
        assert not hidden or sum(hidden) >= small.FEWEST or sum(hidden) == true_total
        if total is None:
            assert hidden  # or the total could be added up
        else:
            assert total == true_total
            assert not small.is_small(total)
            assert len(hidden) != 1  # or it could be taken from the total


def test_a_hidden_total_is_not_told_by_its_counts() -> None:
    shown = small.table(
        {("a", 1): 20, ("a", 2): 0, ("b", 1): 7, ("b", 2): 0, ("c", 1): 2, ("c", 2): 0}
    )
    assert shown.rows == {"a": 20, "b": None, "c": None}
    assert shown.cells["b", 1] is None
