"""Rows that a hand changes, and the code that makes them again."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import emviz
import emviz.tables
from emviz.explorer.rows import Rows, rows_of


def made_by(lines: list[str]) -> emviz.Dataset:
    """What the lines of code leave in `data`."""
    names = {"emviz": emviz, "np": np, "dataclasses": dataclasses}
    exec("\n".join(lines), names)
    return names["data"]


def assert_same(made: emviz.Dataset, rows: Rows) -> None:
    assert np.array_equal(made.data, rows.values) and made.data.dtype == rows.values.dtype
    assert made.feature_names == rows.dataset.feature_names
    assert made.n_trials == rows.dataset.n_trials
    assert (made.labels is None) == (rows.dataset.labels is None)


@pytest.mark.parametrize("name", ["blobs", "heights", "iris", "coin_flips", "times_deaths"])
def test_a_data_set_by_name(name):
    rows = rows_of(name)
    assert rows.lines() == [f'data = emviz.datasets.load("{name}")']
    assert not rows.is_changed
    assert_same(made_by(rows.lines()), rows)


def test_a_csv_file(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text("length,width\n1,2\n3,4.5\n5,6\n")
    rows = rows_of(str(path))
    assert np.array_equal(rows.values, [[1, 2], [3, 4.5], [5, 6]])
    assert rows.source.feature_names == ("length", "width")
    assert_same(made_by(rows.lines()), rows)


@pytest.mark.parametrize("data", [
    np.random.default_rng(0).normal(size=(7, 2)),
    [1.5, 2.5, 9.0],
    np.array([3, 1, 4, 1, 5]),
    pd.DataFrame({"a": [0.1, 0.2, 1e100], "b": [1.0, -0.0, 5e-324]}),
    emviz.datasets.coin_sample([0.2, 0.7], n_sets=5),
], ids=["array", "list", "counts", "frame", "data set"])
def test_what_a_reader_gives(data):
    rows = rows_of(data)
    assert_same(made_by(rows.lines()), rows)
    assert rows.values.dtype.kind == ("i" if np.asarray(getattr(data, "data", data)).dtype.kind == "i" else "f")


@pytest.mark.parametrize(("data", "told"), [
    ("nowhere.csv", "neither a file nor a data set; there are heights"),
    ("blob", "nor a data set, perhaps 'blobs'; there are heights"),
    ("two centers in a blob", "perhaps 'two centers in one blob'"),
    ([[1.0, np.nan]], "data has 1 missing value"),
    ([], "data is empty"),
])
def test_what_is_no_data(data, told):
    with pytest.raises(ValueError, match=told):
        rows_of(data)


def test_rows_are_moved_added_and_taken_away():
    rows = rows_of([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    changed = rows.moved(2, [5.0, 6.0]).without([0]).added([[7.0, 8.0]])
    assert changed.values.tolist() == [[1.0, 1.0], [5.0, 6.0], [7.0, 8.0]]
    assert rows.values.tolist() == [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]  # as it was
    assert changed.lines()[1:] == [
        "points = np.array(data.data)", "points = np.delete(points, [0], axis=0)", "points[1] = [5.0, 6.0]",
        "points = np.concatenate([points, [[7.0, 8.0]]])",
        "data = dataclasses.replace(data, data=points, labels=None)",
    ]


@pytest.mark.parametrize("given", [np.array([3, 1, 4, 1, 5]), np.array([[3], [1]]), np.array([[3, 1], [4, 1], [5, 9]])],
                         ids=["counts", "line", "plane"])
def test_a_hand_does_not_stop_at_whole_numbers(given):
    rows = rows_of(given)
    place = [2.7, 3.9][:given[0].size]
    moved = rows.moved(1, place)
    assert moved.values[1].tolist() == (place if given.ndim == 2 else 2.7)
    assert_same(made_by(moved.lines()), moved)
    erased = rows.without([0])
    assert erased.values.dtype.kind == "i"
    assert_same(made_by(erased.lines()), erased)


def test_nobody_knows_the_groups_of_rows_that_were_changed():
    rows = rows_of("blobs")
    assert rows.dataset.labels is not None
    assert rows.moved(0, [0.0, 0.0]).dataset.labels is None


def test_painted_rows_keep_the_group_they_were_painted_in():
    rows = Rows.painted().added([[1.0, 2.0], [3.0, 4.0]], 0).added([[5.0, 6.0]], 2).without([0])
    assert rows.dataset.labels.tolist() == [0, 2]
    made = made_by(rows.lines())
    assert made.labels.tolist() == [0, 2]
    assert_same(made, rows)


def test_an_empty_sheet_needs_no_code():
    assert Rows.painted().lines() == []
    assert len(Rows.painted()) == 0


@pytest.mark.parametrize(("change", "told"), [
    (lambda rows: rows.moved(3, [0.0, 0.0]), "row is 3: there are the rows 0 to 2"),
    (lambda rows: rows.without([-1]), "row=-1"),
    (lambda rows: rows.added([[np.inf, 0.0]]), "not finite"),
    (lambda rows: rows.added([1.0, 2.0, 3.0]), r"places has shape \(3,\), expected \(m, 2\)"),
    (lambda rows: rows.moved(0, 5.0), r"place has shape \(\), expected \(2,\)"),
    (lambda rows: rows.moved(0, [np.nan, 0.0]), r"place\[0\] is missing"),
])
def test_what_cannot_be_changed(change, told):
    with pytest.raises(ValueError, match=told):
        change(rows_of([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]))


EDITS = st.lists(st.one_of(
    st.tuples(st.just("move"), st.integers(0, 99), st.floats(-1e6, 1e6)),
    st.tuples(st.just("add"), st.integers(1, 3), st.floats(-1e6, 1e6)),
    st.tuples(st.just("take"), st.integers(0, 99), st.just(0.0)),
), max_size=12)


@settings(deadline=None, max_examples=60)
@given(edits=EDITS, painted=st.booleans())
def test_the_code_makes_any_rows_again(edits, painted):
    rows = Rows.painted().added([[0.5, 0.5]], 1) if painted else rows_of("mog_checkpoint")
    for what, number, value in edits:
        if what == "move":
            rows = rows.moved(number % len(rows), [value, -value])
        elif what == "add":
            rows = rows.added(np.full((number, 2), value), 1)
        elif len(rows) > 1:
            rows = rows.without([number % len(rows)])
    assert_same(made_by(rows.lines()), rows)
