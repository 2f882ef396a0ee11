"""The explorer without a browser: every control, every message, and what it gives back."""

import gc
import json
import warnings
import weakref

import numpy as np
import pytest
from PIL import Image

import emviz
from emviz.explorer.setup import MOST
from emviz.explorer.situations import SITUATIONS


class Browser:
    """Stands in for explorer.js: sends messages, keeps the answers."""

    def __init__(self, explorer: emviz.Explorer):
        self.explorer, self.answers = explorer, []
        explorer.send = lambda answer, buffers=None: self.answers.append((answer, buffers))

    def says(self, do: str, **more) -> dict:
        self.explorer._hear(self.explorer, {"id": len(self.answers), "do": do, **more}, [])
        answer, self.buffers = self.answers[-1]
        assert answer["re"] == len(self.answers) - 1
        return answer

    @property
    def bench(self) -> dict:
        return self.explorer.bench

    def control(self, name: str) -> dict:
        return next(control for control in self.bench["controls"] if control["name"] == name)


@pytest.fixture
def browser() -> Browser:
    return Browser(emviz.explore("blobs", model="gaussian", k=3, seed=1, max_iterations=5))


def reproduced(explorer: emviz.Explorer) -> emviz.Trace:
    """What the copied code makes, without its player."""
    code, player = explorer.code.rstrip().rsplit("\n", 1)
    assert player == "emviz.show(trace)"
    names: dict = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a start with identical components, which the events tell
        exec(code, names)
    return names["trace"]


def assert_same_run(one: emviz.Trace, other: emviz.Trace) -> None:
    assert one.model == other.model
    assert np.array_equal(one.data, other.data)
    assert one.feature_names == other.feature_names
    assert [step.params for step in one] == [step.params for step in other]
    assert np.array_equal(one.lower_bounds, other.lower_bounds, equal_nan=True)


def test_it_starts_with_what_was_asked_for():
    explorer = emviz.explore("blobs", model="kmeans", k=5, start="random", seed=3)
    theirs = emviz.run(emviz.KMeans(5), emviz.datasets.blobs(), "random", rng=3, max_iterations=40)
    assert_same_run(explorer.trace, theirs)
    assert explorer.params == theirs[0].params
    assert np.array_equal(explorer.data, emviz.datasets.blobs().data)
    assert explorer.step == 0


@pytest.mark.parametrize("name", emviz.datasets.names())
def test_every_data_set(name):
    explorer = emviz.explore(name, max_iterations=3)
    assert_same_run(reproduced(explorer), explorer.trace)
    assert sum(control["main"] for control in explorer.bench["controls"]) <= 3
    json.dumps(explorer.bench)  # plain values only


def test_no_two_data_have_one_name():
    names = [value for value, _, _ in Browser(emviz.explore()).control("data")["options"]]
    assert len(set(names)) == len(names) and {*emviz.datasets.names(), *(one.name for one in SITUATIONS)} < set(names)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_every_situation(situation):
    explorer = emviz.explore(situation.name, max_iterations=5)
    assert explorer.bench["question"] == situation.question
    assert_same_run(reproduced(explorer), explorer.trace)
    Browser(explorer).says("set", name="k", value=5)
    assert explorer.bench["question"] == ""  # it was about another run


def test_a_question_is_not_answered_before_a_guess():
    explorer = emviz.explore("two centers in one blob")
    start = -2 * explorer.trace[0].log_likelihood
    assert explorer.verdict == f"Inertia {start:.1f} at this start. Guess first, then step on."
    assert explorer.bench["verdict"] == explorer.verdict
    explorer.move(0, explorer.params.means[0] + 0.01)
    assert "iterations" in explorer.verdict
    explorer.undo()
    assert "iterations" in explorer.verdict  # known by now


def test_the_temperature_of_a_situation_stays_there():
    explorer = emviz.explore("melting", max_iterations=3)
    explorer.set(data="moons")
    assert explorer.trace.model == emviz.KMeans(2)
    explorer.set(temperature=0.5)
    explorer.set(data="blobs")
    assert explorer.trace.model == emviz.KMeans(2)
    explorer.set(temperature=0.5)
    explorer.set(data="faithful")
    assert explorer.trace.model == emviz.KMeans(2, temperature=0.5)  # the reader's goes on


def test_no_field_for_each_pixel_of_a_digit():
    assert emviz.explore("digits_2_6", max_iterations=1).bench["numbers"] is None
    assert emviz.explore("iris", max_iterations=1).bench["numbers"]["features"]


def test_data_with_fewer_rows_than_k_are_shown():
    explorer = emviz.explore("blobs", k=8, max_iterations=3)
    explorer.set(data="coin_flips")
    assert len(explorer.data) == explorer.trace.model.n_components == 5


def test_no_agreement_is_a_plain_zero():
    assert emviz.explore(emviz.datasets.circles()).verdict.endswith("Agreement with the truth: 0.00.")


def test_a_question_stays_above_a_hand_that_moves():
    explorer = emviz.explore("two centers in one blob", max_iterations=3)
    asked = explorer.bench["question"]
    explorer.move(0, [-6.0, 4.0])
    explorer.set(view="table")
    explorer.set(view="")
    assert asked and explorer.bench["question"] == asked
    Browser(explorer).says("again")
    assert explorer.bench["question"] == ""


@pytest.mark.parametrize(("control", "value", "told"), [
    ("model", "kmeans", lambda trace: isinstance(trace.model, emviz.KMeans)),
    ("k", 5, lambda trace: trace.model.n_components == 5),
    ("covariance", "diag", lambda trace: trace.model.covariance_type == "diag"),
    ("temperature", 0.5, lambda trace: trace.model.temperature == 0.5),
    ("start", "random", lambda trace: trace[0].params == trace.model.start(trace.data, "random", rng=1)),
    ("seed", 7, lambda trace: trace[0].params == trace.model.start(trace.data, rng=7)),
    ("data", "moons", lambda trace: np.array_equal(trace.data, emviz.datasets.moons().data)),
])
def test_every_control_changes_the_trace(browser, control, value, told):
    assert not told(browser.explorer.trace)
    browser.says("set", name=control, value=value)
    assert told(browser.explorer.trace)
    assert browser.control(control)["value"] == value
    assert browser.bench["trouble"] == ""
    assert browser.explorer.step == 0
    assert_same_run(reproduced(browser.explorer), browser.explorer.trace)


def test_every_picture_of_points_in_the_plane(browser):
    for view, *_ in browser.control("view")["options"]:
        for other in ("", view):
            browser.says("set", name="view", value=other)
            assert browser.bench["trouble"] == ""
            assert browser.control("view")["value"] == other


def test_several_controls_in_any_order():
    for controls in ({"model": "gaussian", "covariance": "diag", "k": 2}, {"k": 2, "covariance": "diag",
                                                                          "model": "gaussian"}):
        explorer = emviz.explore("blobs", model="kmeans")
        explorer.set(**controls)
        assert explorer.trace.model == emviz.GaussianMixture(2, "diag")
    explorer.set(start="random", data="moons")
    assert explorer.params == explorer.trace.model.start(explorer.data, "random", rng=0)


def test_a_start_by_hand_says_how_many_components_there_are():
    means = [[0, 4], [1, 1], [2, 3]]
    explorer = emviz.explore("blobs", model="kmeans", start=means, seed=3)
    assert explorer.params.means.tolist() == means
    explorer.set(start=emviz.KMeansParams(means[:2]), seed=1)
    assert explorer.params.means.tolist() == means[:2]
    with pytest.raises(ValueError, match=r"means has shape \(3, 2\), expected \(2, 2\)"):
        emviz.explore("blobs", model="kmeans", k=2, start=means)
    with pytest.raises(ValueError, match="means has shape"):
        emviz.explore("blobs", model=emviz.KMeans(2), start=means)


def test_a_question_is_about_its_own_run():
    name = "two centers in one blob"
    assert emviz.explore(name, model="kmeans", k=3).bench["question"]
    for other in ({"k": 4}, {"model": "gaussian"}, {"start": "random"}, {"model": emviz.KMeans(3)}):
        assert emviz.explore(name, **other).bench["question"] == ""
    explorer = emviz.explore("blobs")
    explorer.set(data=name, k=4)
    assert explorer.bench["question"] == ""
    explorer.set(data=name, view="table")
    assert explorer.bench["question"]


def test_a_situation_keeps_the_iterations_that_were_asked_for():
    explorer = emviz.explore("blobs", max_iterations=3)
    explorer.set(data="stretched")
    assert explorer.trace[-1].iteration == 3


def test_data_given_later_stay_in_the_list():
    browser = Browser(emviz.explore("blobs"))
    browser.explorer.set(data=[[0.0, 1.0], [2.0, 3.0], [4.0, 9.0], [5.0, 1.0], [7.0, 7.0]])
    assert browser.control("data")["value"] == "own" == browser.control("data")["options"][0][0]
    browser.explorer.move_point(0, [1.0, 1.0])
    browser.says("set", name="data", value="moons")
    browser.says("set", name="data", value="own")
    assert browser.explorer.data[0].tolist() == [0.0, 1.0]
    assert browser.bench["trouble"] == ""


def test_coins_whose_flips_only_the_model_knows():
    browser = Browser(emviz.explore([5, 9, 8, 4, 7], model=emviz.BinomialMixture(2, 10)))
    assert browser.control("model")["options"] == [["coins", "Coins", ""]]
    assert_same_run(reproduced(browser.explorer), browser.explorer.trace)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_get_few_components(rows):
    explorer = emviz.explore([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]][:rows])
    assert explorer.trace.model.n_components == max(1, rows - 1)


def test_a_start_that_is_drawn_again(browser):
    before = browser.explorer.params
    browser.says("again")
    assert browser.explorer.params != before
    assert browser.control("seed")["value"] == 2


def test_centers_are_placed_moved_and_removed(browser):
    left, top, *_ = browser.bench["box"]
    browser.says("place", x=left + 100, y=top + 80)
    assert browser.bench["centers"][3] == [left + 100, top + 80]
    assert browser.control("k")["value"] == 4
    browser.says("move", what="center", row=3, x=left + 150, y=top + 90, rest=True)
    assert browser.bench["centers"][3] == [left + 150, top + 90]
    assert browser.bench["by_hand"]
    assert browser.control("start")["value"] == "by hand"
    assert_same_run(reproduced(browser.explorer), browser.explorer.trace)
    browser.says("remove", what="center", row=0)
    assert browser.bench["centers"][2] == [left + 150, top + 90]
    assert len(browser.explorer.params.means) == 3


def test_while_a_hand_moves_nothing_is_decided(browser):
    explorer, (x, y) = browser.explorer, browser.bench["centers"][0]
    trace, bench, recording = explorer.trace, explorer.bench, explorer.recording
    answer = browser.says("move", what="center", row=0, x=x + 30, y=y, rest=False)
    assert answer["centers"][0] == pytest.approx([x + 30, y], abs=0.1)
    assert "E, iteration 1" in answer["caption"]
    assert len(browser.buffers) == 1
    assert explorer.trace is trace
    assert explorer.bench is bench
    assert explorer.recording is recording
    browser.says("move", what="center", row=0, x=x + 30, y=y, rest=True)
    assert answer["verdict"] == browser.bench["verdict"]  # it said what came


def test_a_glance_is_small(browser):
    x, y = browser.bench["centers"][0]
    browser.says("move", what="center", row=0, x=x + 30, y=y, rest=False)
    assert len(browser.buffers[0]) < len(browser.explorer.recording) / 8


def test_points_are_added_moved_and_erased(browser):
    n = len(browser.explorer.data)
    start = browser.explorer.params
    x, y = browser.bench["points"][0]
    browser.says("move", what="point", row=0, x=x + 10, y=y - 10, rest=True)
    assert browser.bench["points"][0] == pytest.approx([x + 10, y - 10], abs=0.1)
    browser.says("add", x=x, y=y)
    assert len(browser.explorer.data) == n + 1
    assert browser.bench["points"][n] == pytest.approx([x, y], abs=0.1)
    browser.says("erase", rows=[3, 4, n])
    browser.says("remove", what="point", row=0)
    assert len(browser.explorer.data) == n - 3
    assert browser.explorer.params == start  # only the data changed
    assert_same_run(reproduced(browser.explorer), browser.explorer.trace)


def test_a_point_on_the_move_takes_the_run_along(browser):
    x, y = browser.bench["points"][0]
    answer = browser.says("move", what="point", row=0, x=x + 50, y=y, rest=False)
    assert answer["verdict"] != browser.bench["verdict"]
    assert len(browser.buffers) == 1


def test_an_ellipse_is_stretched_and_em_tells_how_good_it_is(browser):
    (x, y), (long, _) = browser.bench["centers"][0], browser.bench["ellipses"][0]
    before = browser.bench["verdict"]
    browser.says("axis", row=0, axis=0, x=x + 1.5 * long[0], y=y + 1.5 * long[1], rest=True)
    assert browser.bench["ellipses"][0][0] == pytest.approx([1.5 * long[0], 1.5 * long[1]], abs=0.2)
    assert browser.bench["verdict"] != before
    likelihood = emviz.log_likelihood(browser.explorer.trace.model, browser.explorer.params, browser.explorer.data)
    assert f"{likelihood:.1f}".replace("-", "−") in browser.bench["verdict"]


def test_the_best_so_far_is_remembered_until_the_model_or_the_data_change():
    explorer = emviz.explore("two centers in one blob")
    stuck = explorer.verdict
    assert "best so far" not in stuck
    explorer.set(start="k-means++")
    assert "best so far" not in explorer.verdict  # this one is the best
    explorer.undo()
    explorer.move(0, explorer.params.means[0] + 0.01)
    best = emviz.restarts(explorer.trace.model, explorer.data, n=20).inertias.min()
    assert f"best so far {best:.2f}" in explorer.verdict
    explorer.set(k=2)
    assert "best so far" not in explorer.verdict


def test_numbers_can_be_typed(browser):
    browser.says("number", what="center", row=1, column=0, value=2.5)
    assert browser.explorer.params.means[1, 0] == 2.5
    browser.says("number", what="weight", row=1, column=0, value=0.6)
    assert browser.explorer.params.weights[1] == pytest.approx(0.6)
    browser.says("number", what="spread", row=1, column=2, value=45)
    assert browser.bench["numbers"]["spreads"][1][2] == pytest.approx(45)
    browser.says("number", what="point", row=4, column=1, value=-1.25)
    assert browser.explorer.data[4, 1] == -1.25
    assert browser.says("point", row=4)["values"] == browser.explorer.data[4].tolist()


@pytest.mark.parametrize(("data", "value"), [("coin_flips", 0.4), ("times_deaths", 2.5), ("galton_heights", 66.0)])
def test_numbers_of_one_feature(data, value):
    browser = Browser(emviz.explore(data, k=2, max_iterations=3))
    browser.says("number", what="center", row=0, column=0, value=value)
    assert browser.bench["numbers"]["centers"][0] == [value]
    assert browser.bench["trouble"] == ""
    assert browser.bench["upright"]


def test_on_an_empty_sheet_there_is_nothing_to_stretch():
    explorer = emviz.explore("paint", model="gaussian")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="empty"):
            explorer.stretch(0, 1.0, 1.0)


def test_data_are_painted_in_groups():
    browser = Browser(emviz.explore("paint", k=2))
    explorer = browser.explorer
    assert explorer.trace is None
    assert "paint 3 points" in explorer.dial[0].caption(0)
    assert [name for name, *_ in browser.bench["tools"]] == ["brush", "points", "eraser"]
    left, top, *_ = browser.bench["box"]
    browser.says("paint", places=[[left + 20 + i, top + 30 + i % 7] for i in range(20)], group=0)
    browser.says("paint", places=[[left + 220 + i, top + 230 + i % 5] for i in range(20)], group=1)
    assert len(explorer.data) == 40
    assert explorer.trace is not None
    assert "Agreement with the truth: 1.00" in browser.bench["verdict"]
    assert_same_run(reproduced(explorer), explorer.trace)
    browser.says("erase", rows=list(range(40)))
    assert explorer.trace is None
    browser.says("undo")
    assert len(explorer.data) == 40


def test_undo_goes_back_all_the_way(browser):
    first = browser.explorer.trace
    for change in ({"name": "k", "value": 5}, {"name": "data", "value": "moons"}, {"name": "model", "value": "kmeans"}):
        browser.says("set", **change)
    for _ in range(3):
        browser.says("undo")
    assert_same_run(browser.explorer.trace, first)
    assert ["undo", "Undo", False] in browser.bench["buttons"]
    browser.says("undo")
    assert browser.bench["trouble"] == "there is nothing to undo"


def test_what_can_be_undone_keeps_no_pictures(browser):
    pictures = [weakref.ref(browser.explorer.dial[0])]
    for x in range(3):
        browser.explorer.move(0, [x, 0.0])
        pictures.append(weakref.ref(browser.explorer.dial[0]))
    gc.collect()
    assert [picture() is None for picture in pictures] == [True, True, True, False]


def test_the_best_so_far_is_remembered_when_another_model_is_undone():
    explorer = emviz.explore("two centers in one blob")
    explorer.set(start="k-means++")
    explorer.undo()
    told = explorer.verdict
    assert "best so far" in told
    explorer.set(k=2)
    explorer.undo()
    assert explorer.verdict == told


@pytest.mark.parametrize(("message", "told"), [
    ({"do": "set", "name": "k", "value": 0}, "k=0 is too small"),
    ({"do": "set", "name": "temperature", "value": -1.0}, "temperature"),
    ({"do": "set", "name": "banana", "value": 1}, "banana"),
    ({"do": "set", "name": "data", "value": "nowhere"}, "neither a file nor a data set"),
    ({"do": "remove", "what": "center", "row": 17}, "component is 17"),
    ({"do": "number", "what": "weight", "row": 0, "column": 0, "value": 2}, "weights are shares"),
    ({"do": "dance"}, "the browser asks for 'dance'"),
])
def test_trouble_is_told_and_nothing_changes(browser, message, told):
    explorer = browser.explorer
    before = explorer.trace, explorer.recording, explorer.bench["controls"], explorer.bench["centers"]
    browser.says(**message)
    assert told in browser.bench["trouble"]
    assert (explorer.trace, explorer.recording, explorer.bench["controls"], explorer.bench["centers"]) == before
    browser.says("set", name="k", value=4)
    assert browser.bench["trouble"] == ""


def test_an_error_on_the_way_changes_nothing(browser, monkeypatch):
    """Picture and controls stay consistent, wherever it breaks."""
    explorer = browser.explorer
    before = explorer.trace, explorer.recording, explorer.bench["controls"]

    def broken(*_, **__):
        raise ZeroDivisionError("on purpose")

    for place in ("emviz.explorer.setup.run", "emviz.explorer.picture.scene", "emviz.player.record_dial",
                  "emviz.explorer.shown.Shown._numbers"):
        with monkeypatch.context() as patch:
            patch.setattr(place, broken)
            browser.says("set", name="k", value=5)
            assert "ZeroDivisionError: on purpose" in browser.bench["trouble"]
            with pytest.raises(ZeroDivisionError):
                explorer.set(k=5)
        assert (explorer.trace, explorer.recording, explorer.bench["controls"]) == before
        assert explorer.trace.model.n_components == 3


def test_python_hears_errors_as_errors(browser):
    with pytest.raises(ValueError, match="k=0 is too small"):
        browser.explorer.set(k=0)
    with pytest.raises(ValueError, match="control='colour'"):
        browser.explorer.set(colour="red")


def test_what_the_browser_does_python_can_do(browser):
    explorer = browser.explorer
    explorer.move(0, [0.0, 1.0])
    explorer.place([2.0, 2.0])
    explorer.weigh(0, 0.7)
    explorer.stretch(1, 2.0, 0.5, 20)
    explorer.remove(2)
    explorer.add([[0.0, 0.0], [1.0, 1.0]])
    explorer.move_point(0, [3.0, 3.0])
    explorer.erase([1, 2])
    assert explorer.params.means[0].tolist() == [0.0, 1.0]
    assert len(explorer.data) == 500
    assert explorer.data[0].tolist() == [3.0, 3.0]
    assert_same_run(reproduced(explorer), explorer.trace)
    for _ in range(8):
        explorer.undo()
    assert explorer.params == emviz.explore("blobs", model="gaussian", k=3, seed=1, max_iterations=1).params


@pytest.mark.parametrize("arguments", [
    {"model": "banana"}, {"k": -3}, {"k": MOST + 1}, {"seed": -1}, {"temperature": -1}, {"covariance": "full"},
    {"start": "banana"}, {"max_iterations": 0}, {"model": emviz.KMeans(3), "k": 4}, {"model": emviz.KMeans(12)},
    {"size": (1, 1)}, {"data": [[1.0, np.inf]]},
], ids=str)
def test_bad_arguments(arguments):
    name = next(iter(arguments))
    with pytest.raises(ValueError, match="k is 4" if len(arguments) > 1 else name):
        emviz.explore(**{"data": "blobs", **arguments})


def test_a_model_and_a_start_of_the_readers_own():
    model = emviz.GaussianMixture(2, "tied", min_variance=0.1)
    start = emviz.GaussianParams([0.5, 0.5], [[0, 4], [1, 1]], [np.eye(2)] * 2)
    explorer = emviz.explore("blobs", model=model, start=start)
    assert explorer.trace.model == model
    assert explorer.params == start
    assert_same_run(reproduced(explorer), explorer.trace)
    means = emviz.explore("blobs", model="kmeans", k=2, start=[[0, 4], [1, 1]])
    assert means.params.means.tolist() == [[0, 4], [1, 1]]


@pytest.mark.parametrize("prior", [
    emviz.GaussianPrior(2.0), emviz.GaussianPrior(scale=0.5), emviz.GaussianPrior(3, [[1.0, 0.2], [0.2, 2.0]], 7)])
def test_the_code_of_a_prior(prior):
    model = emviz.GaussianMixture(3, min_variance=0.01, fixed=("means",), prior=prior)
    explorer = emviz.explore("blobs", model=model, max_iterations=3)
    assert explorer.model == model
    assert_same_run(reproduced(explorer), explorer.trace)


def test_without_a_run_there_is_no_code():
    explorer = emviz.explore("paint", k=2)
    explorer.add([[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(ValueError, match="no run yet.*paint 1 point"):
        _ = explorer.code


def test_an_attribute_that_would_change_nothing_cannot_be_assigned(browser):
    for name in ("data", "model", "k", "covariance", "temperature", "seed", "start", "view"):
        with pytest.raises(AttributeError, match=rf"call explorer.set\({name}="):
            setattr(browser.explorer, name, 3)


def test_it_goes_into_a_gif_and_a_page(browser, tmp_path):
    browser.says("set", name="model", value="kmeans")
    emviz.save_gif(browser.explorer, tmp_path / "hand.gif", steps=[0, 1, 2])
    page = emviz.save_html(browser.explorer, tmp_path / "hand.html").read_text(encoding="utf-8")
    assert "k-means" in page
    assert (tmp_path / "hand.gif").stat().st_size > 5000
    emviz.save_gif(browser.explorer, tmp_path / "small.gif", steps=[0, 1], size=(480, 270))
    with Image.open(tmp_path / "small.gif") as gif:
        assert gif.size == (480, 270)


def test_a_saved_notebook_shows_a_still(browser):
    data, metadata = browser.explorer._repr_mimebundle_()
    assert "image/png" in data
    assert metadata["image/png"]["alt"] == browser.explorer.dial[0].alt(len(browser.explorer.trace) - 1)


def test_the_likelihood_surface_with_gradient_steps():
    explorer = emviz.explore("coin_flips", k=2, max_iterations=4)
    browser = Browser(explorer)
    assert ["surface", "likelihood surface", ""] in browser.control("view")["options"]
    browser.says("set", name="view", value="surface")
    assert explorer.dial[0].view.NAME == "surface"
    assert browser.bench["tools"] == []
    assert "gradient" in explorer.dial[0].alt(2)
    browser.says("set", name="k", value=3)  # a surface has two axes
    assert explorer.dial[0].view.NAME == "coins"
    assert browser.control("view")["value"] == ""
    browser.says("set", name="k", value=2)
    assert explorer.dial[0].view.NAME == "surface"
    browser.says("set", name="view", value="")
    assert explorer.dial[0].view.NAME == "coins"


def test_axes_stay_while_there_is_room(browser):
    limits = browser.explorer.dial[0].panel.get_xlim()
    x, y = browser.bench["centers"][0]
    browser.says("move", what="center", row=0, x=x + 40, y=y, rest=True)
    assert browser.explorer.dial[0].panel.get_xlim() == limits
    browser.says("number", what="center", row=0, column=0, value=1000.0)
    assert browser.bench["trouble"] == ""
    browser.says("set", name="data", value="moons")
    assert browser.explorer.dial[0].panel.get_xlim() != limits
