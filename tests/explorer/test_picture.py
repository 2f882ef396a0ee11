"""Where things are in the picture of an explorer, and what a hand sees while it moves."""

import numpy as np
import pytest

import emviz
from emviz.explorer.picture import Picture
from emviz.explorer.rows import Rows, rows_of
from emviz.explorer.setup import Setup, model_for
from emviz.marks import record
from emviz.marks.kinds import PointsMark

CASES = {"kmeans": "blobs", "gaussian": "blobs", "coins": "coin_flips", "poisson": "times_deaths"}


def picture_of(name: str, data: str | None = None, k: int = 3) -> Picture:
    rows = rows_of(data or CASES[name])
    setup = Setup(rows, model_for(name, k, rows.source))
    return Picture(setup, setup.trace())


@pytest.fixture(params=[*CASES, "line", "iris"])
def picture(request) -> Picture:
    if request.param in ("line", "iris"):
        return picture_of("gaussian", {"line": "galton_heights"}.get(request.param, "iris"))
    return picture_of(request.param)


def marks_of(picture: Picture, mover: str, step: int = 0) -> np.ndarray:
    """Where the browser sees the points of a mover."""
    recording = record(picture.scene, [step])
    (mark,) = recording.states[0][mover]
    assert isinstance(mark, PointsMark)
    return mark.positions


def test_centers_are_where_the_browser_paints_them(picture):
    assert picture.centers() == pytest.approx(marks_of(picture, "means"), abs=0.05)


@pytest.mark.parametrize(("name", "data"), [("kmeans", "blobs"), ("gaussian", "galton_heights")])
def test_points_are_where_the_browser_paints_them(name, data):
    picture = picture_of(name, data)
    assert picture.points() == pytest.approx(marks_of(picture, "points"), abs=0.05)


def test_a_center_goes_where_the_hand_lets_it_go(picture):
    """There and back: through pixels to the axes, and through the projection to all features."""
    left, top, right, bottom = picture.box
    for j, (x, y) in enumerate([(left + 40, top + 50), (right - 60, bottom - 30), ((left + right) / 2, top + 10)]):
        moved = picture.setup.moved(j, picture.center_at(j, x, y))
        seen = picture.of(moved).centers()[j]
        assert seen[0] == pytest.approx(x, abs=1e-6)
        assert seen[1] == pytest.approx(picture.base if picture.is_line else y, abs=1e-6)


def test_a_hand_in_a_projection_leaves_the_other_directions_alone():
    picture = picture_of("kmeans", "iris")
    old = picture.setup.places[1]
    x, y = picture.centers()[1]
    new = picture.center_at(1, x + 30, y - 20)
    w = picture.scene.view.projection.matrix
    across = np.linalg.svd(w.T)[2][2:]  # what the picture does not show
    assert across @ (new - old) == pytest.approx(np.zeros(2), abs=1e-9)
    assert picture.center_at(1, x, y) == pytest.approx(old)


def test_the_box_is_that_of_the_axes(picture):
    left, top, right, bottom = picture.box
    low = picture.place(left, bottom)
    high = picture.place(right, top)
    panel = picture.scene.panel
    assert [low[0], high[0]] == pytest.approx(panel.get_xlim())
    assert [low[1], high[1]] == pytest.approx(panel.get_ylim())


def test_tips_of_ellipses_are_one_standard_deviation_out():
    picture = picture_of("gaussian")
    setup = picture.setup
    for j, axes in enumerate(picture.ellipses()):
        center = picture.centers()[j]
        for tip in axes:
            away = picture.place(*(center + tip)) - setup.places[j]
            assert away @ np.linalg.solve(setup.start.covariances[j], away) == pytest.approx(1)


def test_what_can_be_grabbed():
    plane, line, coins, iris, digits = (picture_of(*case) for case in (
        ("gaussian", "blobs"), ("gaussian", "galton_heights"), ("coins", "coin_flips"), ("gaussian", "iris"),
        ("kmeans", "digits_2_6")))
    assert [one.can_grab for one in (plane, line, coins, iris, digits)] == [True, True, True, True, False]
    assert [one.is_flat for one in (plane, line, coins, iris)] == [True, True, False, False]
    assert [one.has_ellipses for one in (plane, line, coins, iris)] == [True, False, False, False]


def test_limits_stay_and_there_is_room_or_not():
    first = picture_of("kmeans")
    same = Picture(first.setup, first.setup.trace(), first.limits)
    assert same.limits == first.limits
    assert same.has_room
    far = first.setup.moved(0, [90.0, 0.0])
    assert not Picture(far, far.trace(), first.limits).has_room


def test_a_sheet_without_a_run():
    setup = Setup(Rows.painted().added([[1.0, 2.0]]), emviz.KMeans(2))
    picture = Picture(setup, None, why="Paint 2 points or more")
    assert picture.scene.caption(0) == "Paint 2 points or more"
    assert picture.can_grab
    assert picture.place(*picture.points()[0]) == pytest.approx([1.0, 2.0])


class TestGlance:
    """What is painted while a hand moves: the first E of the run from there, and its whole way."""

    def glanced(self, monkeypatch, picture: Picture, setup: Setup):
        """The state that the browser would get, and its caption."""
        kept = []
        monkeypatch.setattr("emviz.explorer.picture.to_bytes", lambda recordings: kept.extend(recordings) or b"")
        _, caption = picture.glance(setup.trace())
        return kept[0].states[0], caption

    @pytest.mark.parametrize("name", CASES)
    def test_it_shows_the_e_of_the_new_start(self, monkeypatch, name):
        picture = picture_of(name)
        j, (x, y) = 1, picture.centers()[1]
        moved = picture.setup.moved(j, picture.center_at(j, x + 17, y - 9))
        state, caption = self.glanced(monkeypatch, picture, moved)
        fresh = Picture(moved, moved.trace(), picture.limits)
        assert state["means"][0].positions == pytest.approx(fresh.centers(), abs=0.05)
        assert caption == fresh.scene.caption(1)
        if picture.is_plane:  # the axes are the same, so the points are painted alike
            assert state["points"] == record(fresh.scene, [1]).states[0]["points"]

    def test_it_shows_the_way_to_the_end(self, monkeypatch):
        picture = picture_of("kmeans")
        moved = picture.setup.moved(0, [0.0, 5.0])
        state, _ = self.glanced(monkeypatch, picture, moved)
        ends = picture.of(moved.with_start(moved.trace().final)).centers()
        assert state["old means"][0].positions == pytest.approx(ends, abs=0.05)
        assert [trail.vertices[-1] for trail in state["trails"]] == pytest.approx(ends, abs=0.1)

    def test_the_curve_of_the_run_before_is_gone(self, monkeypatch):
        picture = picture_of("gaussian")
        state, _ = self.glanced(monkeypatch, picture, picture.setup.moved(0, [0.0, 5.0]))
        assert state["objective"] == state["now"] == ()
        assert set(state) == set(record(picture.scene, [0]).states[0])

    def test_the_scene_of_the_explorer_is_not_touched(self, monkeypatch):
        picture = picture_of("gaussian")
        before = record(picture.scene)
        self.glanced(monkeypatch, picture, picture.setup.moved(0, [0.0, 5.0]))
        assert record(picture.scene) == before
