"""Notebook 00: its exercises, what it says about the village, the geyser and history, and its two pictures."""

import io
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from lesson import FOLDER, Lesson
from PIL import Image
from scipy.optimize import brentq

import emviz
from emviz.explorer.situations import SITUATIONS
from emviz.handout import without_solutions
from emviz.lessons import verdict
from emviz.lessons.pictures import Still, course_map, missing_pieces, timeline
from emviz.lessons.pictures.course_map import PLANNED, STOPS
from emviz.lessons.pictures.timeline import EVENTS

LESSON = Lesson("start_here")
VILLAGE = emviz.datasets.blobs(150, centers=[[1, 1], [5, 2], [3, 5]], spread=0.9)
GATE = [[5.5, 5.5], [6, 5], [5, 6]]
VANS = emviz.run(emviz.KMeans(3), VILLAGE, GATE)
MARKET = emviz.run(emviz.KMeans(3), VILLAGE, [[3.5, 2], [4, 2], [3.5, 2.5]])
MOONS = emviz.run(emviz.KMeans(3), emviz.datasets.moons(60), rng=1)
_KEPT = tempfile.TemporaryDirectory()
FILES = Path(_KEPT.name)


def film(name: str, frames: int, *, loops: bool = True, kind: str = "GIF") -> Path:
    """A small animation that somebody made with another program."""
    pictures = [Image.new("RGB", (30, 20), (40 * number % 256, 90, 120)) for number in range(frames)]
    pictures[0].save(FILES / name, kind, save_all=frames > 1, append_images=pictures[1:], duration=200,
                     **({"loop": 0} if loops and kind == "GIF" else {}))
    return FILES / name


def text(name: str) -> Path:
    (FILES / name).write_text("<html>three vans</html>", encoding="utf-8")
    return FILES / name


# ------------------------------------------------------------------ answers as learners write them

RIGHT = [
    ("reading", ["M", 4, 5]),
    ("reading", ("m", 4.0, np.int64(5))),
    ("reading", np.array(["M-step", "4", "5"])),
    ("first_run", MOONS),
    ("first_run", emviz.run(emviz.KMeans(3), emviz.datasets.heights(), "random", rng=0)),
    ("first_run", emviz.run(emviz.KMeans(n_clusters=3), [[0, 0], [0, 1], [5, 5], [9, 0]], max_iterations=1, rng=0)),
    ("first_run", emviz.run(emviz.KMeans(3), emviz.datasets.blobs(150), rng=0)),
    ("gif", film("other_program.gif", 6)),
    ("gif", str(film("as_text.gif", 4))),
    ("gif", emviz.save_gif(MOONS, FILES / "moons.gif", size=(320, 200), tween=1)),
]
WRONG = [
    ("reading", ["E", 4, 5], "in an E the houses change color"),
    ("reading", ["both", 4, 5], "give the letter of the half-step"),
    ("reading", [5, 4, 5], "give the letter of the half-step"),
    ("reading", ["M", 5, 5], "in iteration 5 nothing moves"),
    ("reading", ["M", 10, 5], "10 counts half-steps"),
    ("reading", ["M", 9, 5], "9 counts half-steps"),
    ("reading", ["M", 8, 5], "8 counts half-steps"),
    ("reading", ["M", 3, 5], "the vans move after iteration 3, too"),
    ("reading", ["M", 20, 5], "step back from the end"),
    ("reading", ["M", float("nan"), 5], "step back from the end"),
    ("reading", ["M", 4, 12], "12 houses change in the E of iteration 2"),
    ("reading", ["M", 4, 2], "2 houses change in the E of iteration 4"),
    ("reading", ["M", 4, 0], "some houses do change"),
    ("reading", ["M", 4, 150], "these are all the houses"),
    ("reading", ["M", 4, 7], "count the houses with a dark ring"),
    ("reading", ["M", "four", 5], "are numbers"),
    ("reading", ["M", 4], "give three answers in brackets"),
    ("reading", "M 4 5", "give three answers in brackets"),
    ("reading", 4, "give three answers in brackets"),
    ("first_run", emviz.run(emviz.GaussianMixture(3), emviz.datasets.iris(), rng=0), "a run of a GaussianMixture"),
    ("first_run", emviz.run(emviz.KMeans(2), emviz.datasets.faithful(), rng=0), "this run has 2 centers"),
    ("first_run", emviz.run(emviz.KMeans(1), emviz.datasets.faithful(), rng=0), "this run has 1 center."),
    ("first_run", emviz.run(emviz.KMeans(3, temperature=1.0), emviz.datasets.faithful(), rng=0), "soft labels"),
    ("first_run", emviz.run(emviz.KMeans(3), emviz.datasets.faithful(), rng=0, max_iterations=0), "no step after it"),
    ("first_run", VANS, "in the village again"),
    ("first_run", emviz.KMeans(3), "this is the model, before any run"),
    ("first_run", emviz.KMeans, "has not been called yet"),
    ("first_run", emviz.run, "has not been called yet"),
    ("first_run", emviz.datasets.iris(), "these are the data"),
    ("first_run", MOONS.final, "these are parameters"),
    ("first_run", [1, 2, 3], "this is a list, not a run"),
    ("first_run", MOONS.final.means, "this is an ndarray, not a run"),
    ("first_run", "kmeans", "this is a str, not a run"),
    ("first_run", emviz.show(MOONS), "this is a Player, not a run"),
    ("first_run", emviz.explore("blobs", model="kmeans", k=3), "hand over explorer.trace"),
    ("gif", "no_such.gif", "there is no file no_such.gif"),
    ("gif", FILES, "is a folder"),
    ("gif", " ", "there is nothing here yet"),
    ("gif", "", "there is nothing here yet"),
    ("gif", text("page.html"), "is not a picture"),
    ("gif", film("still.png", 1, kind="PNG"), "is a PNG, not a GIF"),
    ("gif", film("moving.webp", 5, kind="WEBP"), "is a WEBP, not a GIF"),
    ("gif", film("one.gif", 1), "one frame only"),
    ("gif", film("three.gif", 3), "your GIF has 3 frames"),
    ("gif", film("once.gif", 6, loops=False), "plays once and stops"),
    ("gif", film("start_here.gif", 6), "this is the GIF that the notebook made"),
    ("gif", MOONS, "this is the run"),
    ("gif", 7, "this is an int"),
]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield


def test_a_gif_that_breaks_off_is_no_right_answer(tmp_path: Path) -> None:
    whole = emviz.save_gif(MOONS, "whole.gif", size=(320, 200)).read_bytes()
    Path("half.gif").write_bytes(whole[: len(whole) // 2])
    assert not verdict("start_here.gif", "half.gif").right


def test_the_check_says_what_the_film_is() -> None:
    path = emviz.save_gif(MOONS, "mine.gif", size=(320, 200), seconds_per_step=0.5, hold=1.0)
    frames = len(MOONS)
    assert f"{frames} frames, {2 + 0.5 * (frames - 2):.1f} seconds" in verdict("start_here.gif", path).sentence


# ------------------------------------------------------------------ what the notebook claims


def changes(trace: emviz.Trace, iteration: int) -> int:
    return int((trace.labels(2 * iteration - 1) != trace.labels(2 * iteration - 3)).sum())


def nearest(points: np.ndarray, means: np.ndarray) -> np.ndarray:
    return ((points[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)


def test_the_vans_take_turns_as_told() -> None:
    """By hand, without the package: who is nearest, then the middle."""
    for trace in (VANS, MARKET):
        means = trace[0].params.means
        for iteration in range(1, trace[-1].iteration + 1):
            labels = nearest(VILLAGE.data, means)
            assert (labels == trace.labels(2 * iteration - 1)).all()
            means = np.array([VILLAGE.data[labels == k].mean(axis=0) for k in range(3)])
            assert means == pytest.approx(trace[2 * iteration].params.means, abs=1e-12)
        assert trace.inertias[-1] == pytest.approx(((VILLAGE.data - means[labels]) ** 2).sum())


def test_the_numbers_of_the_first_exercise() -> None:
    assert MARKET[-1].iteration == 5 and [changes(MARKET, i) for i in (2, 3, 4, 5)] == [12, 5, 2, 0]
    before, after = (MARKET[2 * i].params.means for i in (3, 4))
    assert 0 < np.abs(after - before).max() and (MARKET[10].params.means == after).all()


def test_the_vans_nearly_always_end_at_the_same_three_places() -> None:
    reached = emviz.restarts(emviz.KMeans(3), VILLAGE, n=200, start="random", rng=0)
    ends = np.asarray(reached.objectives)
    assert np.mean(np.abs(ends - ends.max()) < 1e-6) > 0.95
    assert LESSON.says("nearly always end at the same three places, one in each group of houses")
    ends_in = emviz.match_labels(VILLAGE.labels, VANS.labels(-1))
    assert all(np.sum((ends_in == k) & (VILLAGE.labels == k)) > 45 for k in range(3))  # of 50
    stuck = emviz.run(emviz.KMeans(3), VILLAGE, [[-1, -1], [-0.5, -1], [0, -1]])  # so not always
    assert stuck.inertias[-1] > 2 * VANS.inertias[-1]


def test_the_gate_is_in_the_upper_right_corner() -> None:
    assert len(VILLAGE) == 150
    assert not (VILLAGE.data > np.mean(GATE, axis=0)).all(axis=1).any()  # no house beyond it


def test_the_geyser_has_fewer_undecided_eruptions_at_the_end() -> None:
    eruptions = emviz.datasets.faithful()
    trace = emviz.run(emviz.GaussianMixture(2), eruptions, start=[[2, 60], [4, 80]])
    undecided = [int((trace.responsibilities(i).max(axis=1) < 0.9).sum())
                 for i, step in enumerate(trace) if step.kind == "E"]
    assert len(eruptions) == 272 and LESSON.says("These are 272 of its eruptions")
    assert LESSON.says(f"There {undecided[0]} of the 272 points belong to neither ellipse by 90% or more")
    assert undecided[-1] == 1 and LESSON.says("In the last E there is only one")


def test_mckendricks_village() -> None:
    """The Poisson distribution without its zero: the mean of the houses with a case is rate / (1 − exp(−rate))."""
    counts = np.array([32, 16, 6, 1])
    hit, cases = counts.sum(), counts @ [1, 2, 3, 4]
    rate = brentq(lambda r: r / (1 - np.exp(-r)) - cases / hit, 0.1, 5)
    lucky = hit * np.exp(-rate) / (1 - np.exp(-rate))
    assert (hit, cases, hit + 168) == (55, 86, 223)
    assert LESSON.printed(f"iteration 30: rate {rate:.3f}, exposed and lucky {lucky:.1f}")
    assert lucky == pytest.approx(33.5, abs=0.05) and LESSON.says("About 33 or 34 of the 168")


def test_what_it_saves_and_how_it_is_named() -> None:
    for name in ("start_here.gif", "start_here.html", "start_here.png"):
        assert LESSON.printed(f"saved: {name}")
    for name in re.findall(r"emviz\.(\w+)", " ".join(cell.source for cell in LESSON.notebook.cells)):
        assert hasattr(emviz, name), name


def test_the_keys_that_it_teaches_are_those_of_the_player() -> None:
    keys = (Path(emviz.__file__).parent / "static" / "panel.js").read_text(encoding="utf-8")
    for key in ("←", "→", "space", "Home", "End", "1 … 9", "F"):
        assert f'"{key}": ' in keys or f" {key}: " in keys
    assert '"E only"' in keys and '"M only"' in keys and '"More"' in keys


def test_what_it_promises_to_those_who_teach() -> None:
    page = emviz.save_page(["# Three vans", "Step through it.", VANS], "class.html").read_text(encoding="utf-8")
    assert "Three vans" in page and LESSON.says('emviz.save_page(["# Three vans", "Step through it.", vans], "')
    assert emviz.explore("a center far away").bench["question"] and LESSON.says('emviz.explore("a center far away")')
    assert len(SITUATIONS) == 14 and LESSON.says("There are fourteen of them")
    assert emviz.explore("paint").trace is None  # an empty sheet
    assert len(emviz.show(VANS, projector=True).dial[0]) == len(VANS)
    handed = json.loads(without_solutions(LESSON.path.read_bytes()))
    assert not any("_solution" in "".join(cell["source"]) for cell in handed["cells"])


# ------------------------------------------------------------------ the glossary and the map


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, its first two rows left out."""
    cell, = (cell.source for cell in LESSON.notebook.cells if heading in cell.source)
    lines = [line for line in cell.split(heading)[1].splitlines() if line.startswith("|")]
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines[2:]]


def test_the_glossary_explains_the_words_of_the_lessons() -> None:
    table = rows("## 12. Glossary")
    assert all(len(row) == 3 and row[0] and len(row[1]) > 10 for row in table)
    words = {word for row in table for word in row[0].split(", ")}
    assert words >= {
        "data point", "feature", "cluster", "hidden label", "latent variable", "model", "parameter", "density",
        "mixture", "component", "weight", "mean", "covariance", "standard deviation", "likelihood", "log-likelihood",
        "nats", "E-step", "M-step", "half-step", "iteration", "responsibility", "hard label", "soft label",
        "lower bound", "gap", "inertia", "center", "number of points", "number of components",
        "maximum likelihood", "converged", "local optimum", "start", "k-means", "restarts", "temperature"}
    signs = {row[0]: row[2] for row in table}
    assert (signs["responsibility"], signs["weight"], signs["gap"]) == (r"$\gamma_{ik}$", r"$\pi_k$", r"$\ell - F$")


def test_the_map_has_every_notebook_and_its_minutes() -> None:
    cell, = (cell.source for cell in LESSON.notebook.cells if "| notebook | what you will see" in cell.source)
    named = re.findall(r"\((\d\d_\w+)\.ipynb\) \|.*?\| (\d+) \|", cell)
    assert [name[:2] for name, _ in named] == [stop.number for stop in STOPS]
    assert [int(minutes) for _, minutes in named] == [stop.minutes for stop in STOPS]
    for name, minutes in named:
        path = FOLDER / f"{name}.ipynb"
        assert f"**It takes** {minutes} minutes" in path.read_text(encoding="utf-8")
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == [name for name, _ in named]


def test_the_picture_of_the_map() -> None:
    numbers = [stop.number for stop in STOPS]
    assert all(stop.after in numbers[:i] for i, stop in enumerate(STOPS[1:], 1)) and not STOPS[0].after
    assert [name[:2] for name in PLANNED] == ["05", "06", "07", "08", "09", "10"]
    assert_readable(course_map(), (960, 388))


def test_the_picture_of_history() -> None:
    assert [round(event.year) for event in EVENTS] == [1886, 1926, 1958, 1970, 1977]
    assert [event.shown for event in EVENTS] == ["1886/87", "1926", "1958", "1970", "1977"]
    still = timeline()
    assert all(event.who in still.alt for event in EVENTS)
    assert_readable(still, (960, 500))


def test_the_picture_of_what_is_missing() -> None:
    assert_readable(missing_pieces(), (960, 250))


def assert_readable(still: Still, size: tuple[int, int]) -> None:
    """Nothing is cut off: the outermost pixels are paper."""
    picture = Image.open(io.BytesIO(still.png)).convert("RGB")
    pixels = np.asarray(picture)
    assert picture.size == size and 20 <= len(still.alt) < 300
    edges = [pixels[:2], pixels[-2:], pixels[:, :2], pixels[:, -2:]]
    assert all((edge > 250).all() for edge in edges)
    assert (pixels < 100).all(axis=2).mean() > 0.005  # there are words
