"""The map of basins as Python sees it: a place, the run from there, and what a notebook saves."""

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import emviz
from emviz.basin_player import BasinPlayer
from emviz.marks import Recorder, record
from emviz.marks.payload import to_bytes
from emviz.scenes.basin_map import BasinMap

START = np.array([[-2.0, 4.0], [0.0, 4.0], [2.0, 4.0], [0.0, 6.0]])


@pytest.fixture(scope="module")
def basins():
    return emviz.basins(emviz.KMeans(4), emviz.datasets.blobs(120), START, component=3, grid=12)


@pytest.fixture
def player(basins):
    return emviz.show(basins)


def heard(player, **message):
    """What the player answers to a message of the browser, and the bytes with it."""
    answers = []
    player.send = lambda answer, buffers: answers.append((answer, buffers))
    player._hear(player, {"held": False} | message, [])
    assert len(answers) == 1
    return answers[0]


def test_show_gives_a_map_with_the_run_of_a_start_in_the_best_basin(player, basins):
    assert isinstance(player, BasinPlayer)
    x, y = player.place
    assert basins.reached[np.searchsorted(basins.y, y), np.searchsorted(basins.x, x)] == 0
    np.testing.assert_array_equal(player.trace.final.means, basins.replay(x, y).final.means)
    assert player.recording == to_bytes([record(emviz.scene(player.trace))])
    assert player.map == to_bytes([record(BasinMap(basins, projector=True))])
    assert repr(player) == "emviz map of basins: 144 starts"


def test_a_chosen_start_is_run_and_shown_from_its_beginning(player, basins):
    player.step = 2
    player.choose(1.5, 0.25)
    assert player.place == (1.5, 0.25) and player.step == 0
    np.testing.assert_array_equal(player.trace[0].params.means[3], [1.5, 0.25])
    np.testing.assert_array_equal(player.trace[0].params.means[:3], START[:3])
    assert player.recording == to_bytes([record(emviz.scene(player.trace))])
    with pytest.raises(Exception, match="read-only"):
        player.place = (0, 0)


@pytest.mark.parametrize(("place", "error", "message"), [
    ((99, 0), ValueError, "x is 99: the map goes from"), ((0, -50), ValueError, "y is -50: the map goes from"),
    (("here", 0), TypeError, "place"), ((float("nan"), 0), ValueError, "place"),
])
def test_after_an_error_all_is_as_it_was(player, place, error, message):
    player.step = 1
    before = player.place, player.recording, player.trace, player.step
    with pytest.raises(error, match=message):
        player.choose(*place)
    assert (player.place, player.recording, player.trace, player.step) == before


def test_a_message_of_the_browser_is_answered_whatever_comes_of_it(player):
    assert heard(player, id="a", x=1.0, y=2.0) == ({"re": "a", "trouble": ""}, [])
    assert player.place == (1.0, 2.0)
    answer, _ = heard(player, id="b", x=1000.0, y=2.0)
    assert answer["re"] == "b" and "what you see is what was before: x is 1000: the map goes from" in answer["trouble"]
    assert player.place == (1.0, 2.0)
    answer, _ = heard(player, id="c")
    assert answer["trouble"]


def test_a_start_under_the_hand_is_only_glimpsed(player, basins):
    before = player.place, player.recording, player.trace, player.step
    for y in (0.5, 0.75):
        answer, (marks,) = heard(player, id="a", x=1.0, y=y, held=True)
        assert answer == {"re": "a", "trouble": "", "caption": emviz.scene(basins.replay(1.0, y)).caption(1)}
        assert len(marks) < 0.4 * len(player.recording)
    assert (player.place, player.recording, player.trace, player.step) == before
    assert marks == to_bytes([Recorder(emviz.scene(player.trace)).glimpse(basins.replay(1.0, 0.75))])
    player.choose(1.0, 0.75)  # whose limits may be others
    assert heard(player, id="b", x=1.0, y=0.25, held=True)[1] == [
        to_bytes([Recorder(emviz.scene(player.trace)).glimpse(basins.replay(1.0, 0.25))])]


def test_the_browser_is_told_where_the_map_is(player, basins):
    about, drawn = player.about, BasinMap(basins, projector=True)
    assert about["axes"] == ["x", "y"] and about["cells"] == [12, 12] and about["mark"] == "3"
    assert np.reshape(about["reached"], (12, 12)).tolist() == basins.reached.tolist()
    assert len(about["told"]) == len(basins.optima) + 1
    assert about["told"][0].startswith(f"inertia {-2 * basins.optima[0].objective:.1f}"[:11])
    left, top, right, bottom = about["box"]
    width, height = drawn.figure.bbox.width, drawn.figure.bbox.height - drawn.caption_height
    corner = drawn.panel.transData.transform([basins.limits[0][0], basins.limits[1][0]])
    np.testing.assert_allclose([left * width, height - bottom * height], corner, atol=1e-6)
    assert 0 < left < right < 1 and 0 < top < bottom < 1


@pytest.mark.parametrize("view", ["coins", "flips", "surface", "free energy", "table"])
def test_every_view_of_a_run_can_be_glimpsed(view):
    coins = emviz.basins(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], grid=3, progress=False)
    player = emviz.show(coins, view)
    answer, (marks,) = heard(player, id="a", x=0.7, y=0.2, held=True)
    assert not answer["trouble"] and "iteration 1" in answer["caption"]
    assert heard(player, id="b", x=0.3, y=0.9, held=True)[1] != [marks]


def test_options_of_the_picture_are_those_of_the_run(basins):
    player = emviz.show(basins, "curve", size=(640, 360), step=3)
    assert player.step == 3 and player.dial[0].view.NAME == "curve"
    player.choose(1, 1)
    assert tuple(player.dial[0].figure.bbox.size) == (640, 360)
    with pytest.raises(TypeError, match="bogus"):
        emviz.show(basins, bogus=1)


def test_a_notebook_saves_the_map_with_the_start_on_it(player, basins):
    data, metadata = player._repr_mimebundle_()
    still = Image.open(BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
    assert still.size == (720, 640)
    np.testing.assert_allclose(np.asarray(still, int), BasinMap(basins, player.place).frame(0).astype(int), atol=60)
    assert metadata["image/png"]["alt"] == BasinMap(basins).alt(0)
    assert data["text/plain"] == "emviz map of basins: 144 starts"
