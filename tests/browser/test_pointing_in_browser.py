"""Pointing at a mark, by mouse, finger or key: whose it is, in words and numbers, in every state."""

import time

import numpy as np
import pytest
from small_scene import SmallScene

import emviz
from emviz.marks import record
from emviz.page import page, still

pytestmark = pytest.mark.browser


def run():
    return emviz.run(emviz.GaussianMixture(3), emviz.datasets.blobs(80), max_iterations=4, rng=1)


@pytest.fixture(scope="module")
def blobs(tmp_path_factory):
    return emviz.save_html(run(), tmp_path_factory.mktemp("pages") / "blobs.html")


def small(path, n_points=6):
    scene = SmallScene(n_points)
    path.write_text(page([record(scene)], still(scene, 3), scene.title), encoding="utf-8")
    return path


def on_page(opened, scene, row):
    """Where a point of a scene is on the page."""
    points = scene.movers["points"]
    x, y = points.get_offset_transform().transform(points.get_offsets()[row])
    box = opened.locator(".emviz-picture").bounding_box()
    zoom = box["width"] / scene.figure.bbox.width
    return box["x"] + x * zoom, box["y"] + (scene.figure.bbox.height - scene.caption_height - y) * zoom


def card(opened):
    return opened.locator(".emviz-card")


def lines(opened):
    """The name and, of every component, its name and percent."""
    name, *cells = (text for text in card(opened).locator("> *").all_inner_texts() if text)
    return name, list(zip(cells[::2], cells[1::2]))


def expected(trace, step, row):
    shares = np.rint(100 * trace.responsibilities(step)[row]).astype(int)
    return [(f"Gaussian {j}", f"{share} %") for j, share in enumerate(shares)]


def at_step(opened, step):
    opened.get_by_label("Step", exact=True).fill(str(step))


def test_the_card_tells_the_responsibilities_of_the_point_in_every_state(visit, blobs):
    opened, trouble = visit(blobs)
    trace, scene = run(), emviz.scene(run())
    assert not card(opened).is_visible()
    for row in (0, 17, 60):
        x, y = on_page(opened, scene, row)
        opened.mouse.move(x, y)
        at_step(opened, 0)
        assert lines(opened)[0] == scene.readings[0].names[row]
        assert card(opened).locator("> :last-child").inner_text() == "not asked yet"
        for step in (1, 2, 3, len(trace) - 1):
            at_step(opened, step)
            assert lines(opened) == (scene.readings[0].names[row], expected(trace, step, row))
        ring = opened.locator(".emviz-ring").bounding_box()
        assert abs(ring["x"] + ring["width"] / 2 - x) < 4 and abs(ring["y"] + ring["height"] / 2 - y) < 4
    assert trouble.requests == [] and trouble.errors == []


def test_the_bars_have_the_lengths_and_the_colors_of_the_components(visit, blobs):
    opened, _ = visit(blobs)
    scene = emviz.scene(run())
    at_step(opened, 2)
    opened.mouse.move(*on_page(opened, scene, 5))
    shares = np.rint(100 * scene.trace.responsibilities(2)[5])
    scene.show(2)
    colors = np.rint(255 * scene.movers["means"].get_facecolor()[:, :3]).astype(int)
    bars = card(opened).locator("i").evaluate_all("""(bars) => bars.map((bar) => [
        bar.offsetWidth / bar.parentNode.offsetWidth, getComputedStyle(bar).backgroundColor])""")
    assert [color for _, color in bars] == [f"rgb({red}, {green}, {blue})" for red, green, blue in colors]
    np.testing.assert_allclose([length for length, _ in bars], shares / 100, atol=0.02)


def test_the_card_comes_within_reach_and_goes_beyond_it(visit, tmp_path):
    opened, _ = visit(small(tmp_path / "small.html"))
    x, y = on_page(opened, SmallScene(), 2)
    half = 0.5 * np.sqrt(80) * 100 / 72 * opened.locator(".emviz-picture").bounding_box()["width"] / 400
    opened.mouse.move(x + half + 12, y)
    assert lines(opened)[0] == "point 2"
    opened.mouse.move(x + half + 17, y)
    assert not card(opened).is_visible()
    opened.mouse.move(x, y)
    assert lines(opened)[0] == "point 2"
    opened.mouse.move(2, 2)
    assert not card(opened).is_visible()


def test_a_click_keeps_the_card_until_a_click_elsewhere_or_escape(visit, blobs):
    opened, _ = visit(blobs)
    scene = emviz.scene(run())
    first, second = (on_page(opened, scene, row) for row in (3, 40))
    names = scene.readings[0].names
    opened.mouse.click(*first)
    opened.mouse.move(*second)
    assert lines(opened)[0] == names[40]
    opened.mouse.move(2, 2)
    assert lines(opened)[0] == names[3]
    opened.keyboard.press("ArrowRight")
    assert lines(opened) == (names[3], expected(scene.trace, 1, 3))
    picture = opened.locator(".emviz-picture").bounding_box()
    opened.mouse.click(picture["x"] + 5, picture["y"] + 5)
    assert not card(opened).is_visible()
    opened.mouse.click(*first)
    opened.mouse.move(2, 2)
    opened.keyboard.press("Escape")
    assert not card(opened).is_visible()


def test_a_tap_shows_the_card_and_a_tap_elsewhere_hides_it(visit, blobs):
    opened, _ = visit(blobs, 400, 800, has_touch=True, is_mobile=True)
    scene = emviz.scene(run())
    at_step(opened, 1)
    row = int(np.argmax(scene.trace.data[:, 1]))  # nothing is near the topmost point
    opened.touchscreen.tap(*on_page(opened, scene, row))
    assert lines(opened) == (scene.readings[0].names[row], expected(scene.trace, 1, row))
    picture = opened.locator(".emviz-picture").bounding_box()
    opened.touchscreen.tap(picture["x"] + 3, picture["y"] + 3)
    assert not card(opened).is_visible()


def test_the_keyboard_walks_the_points_from_left_to_right(visit, blobs):
    opened, _ = visit(blobs)
    trace, scene = run(), emviz.scene(run())
    opened.get_by_role("button", name="More").click()
    walk = opened.get_by_label("Point", exact=True)
    assert walk.get_attribute("aria-valuetext") == "none"
    walk.focus()
    opened.keyboard.press("Home")
    order = np.lexsort([-trace.data[:, 1], trace.data[:, 0]])
    names = scene.readings[0].names
    assert lines(opened)[0] == names[order[0]]
    for row in order[1:4]:
        opened.keyboard.press("ArrowRight")
        assert lines(opened)[0] == names[row]
        assert walk.get_attribute("aria-valuetext") == f"{names[row]}; not asked yet"
    at_step(opened, 1)  # the point stays while the state changes
    said = ", ".join(f"{component} {percent}" for component, percent in expected(trace, 1, order[3]))
    assert walk.get_attribute("aria-valuetext") == f"{names[order[3]]}; {said}"
    walk.focus()
    opened.keyboard.press("End")
    assert lines(opened)[0] == names[order[-1]]
    assert opened.get_by_label("Step", exact=True).input_value() == "1"
    opened.keyboard.press("Escape")
    assert not card(opened).is_visible() and walk.get_attribute("aria-valuetext") == "none"


@pytest.mark.parametrize("width", [360, 700, 1300])
def test_the_card_stays_in_the_player(visit, blobs, width):
    opened, _ = visit(blobs, width, 800)
    scene = emviz.scene(run())
    player = opened.locator(".emviz").bounding_box()
    x, y = scene.trace.data.T
    at_step(opened, 3)
    for row in {int(pick(column)) for pick in (np.argmin, np.argmax) for column in (x, y)}:
        opened.mouse.move(*on_page(opened, scene, row))
        box = card(opened).bounding_box()
        assert box["x"] >= player["x"] and box["x"] + box["width"] <= player["x"] + player["width"]
        assert box["y"] >= player["y"] and box["y"] + box["height"] <= player["y"] + player["height"]
        ring = opened.locator(".emviz-ring").bounding_box()  # is not under the card
        assert ring["y"] + ring["height"] <= box["y"] + 1 or ring["y"] >= box["y"] + box["height"] - 1


def test_points_on_a_canvas_are_told_about_quickly(visit, tmp_path):
    opened, _ = visit(small(tmp_path / "many.html", 5000))
    scene = SmallScene(5000)
    at_step(opened, 3)
    names, percents = scene.readings[0].names, scene.percents(3)
    start = time.perf_counter()
    for row in range(0, 5000, 100):
        opened.mouse.move(*on_page(opened, scene, row))
    assert (time.perf_counter() - start) / 50 < 0.1  # seconds; about 0.01 on an idle machine
    name, shares = lines(opened)
    row = names.index(name)
    assert abs(row - 4900) < 3  # they lie upon each other
    assert shares == [("red", f"{percents[row, 0]} %"), ("green", f"{percents[row, 1]} %")]


def test_of_many_components_the_largest_are_told_and_the_rest_in_one(visit, tmp_path):
    trace = emviz.run(emviz.GaussianMixture(8), emviz.datasets.blobs(80), max_iterations=2, rng=0)
    opened, _ = visit(emviz.save_html(trace, tmp_path / "eight.html"))
    scene = emviz.scene(trace)
    at_step(opened, 1)
    for row in range(0, 80, 9):
        opened.mouse.move(*on_page(opened, scene, row))
        _, shares = lines(opened)
        percents = np.rint(100 * trace.responsibilities(1)[int(lines(opened)[0].split(":")[0].split()[1])])
        told = [int(name.removeprefix("Gaussian ")) for name, _ in shares[:-1]]
        assert told == sorted(told) and len(told) == 5
        assert percents[told].min() >= np.delete(percents, told).max()
        assert shares[-1] == ("3 others", f"{np.delete(percents, told).sum():.0f} %")


def test_a_bar_is_pointed_at_anywhere_inside(visit, tmp_path):
    counts = [0, 1, 1, 2, 2, 2, 3, 7, 8, 8, 9, 9, 10, 12]
    trace = emviz.run(emviz.PoissonMixture(2), counts, max_iterations=2, rng=0)
    scene = emviz.scene(trace)
    (reading,) = scene.readings
    opened, _ = visit(emviz.save_html(scene, tmp_path / "counts.html"))
    at_step(opened, 1)
    box = opened.locator(".emviz-picture").bounding_box()
    zoom = box["width"] / scene.figure.bbox.width
    rows = np.unique(counts, return_index=True)[1]
    for row, name, bar in zip(rows, reading.names, record(scene).states[1]["bars"]):
        low, high = bar.vertices.min(axis=0), bar.vertices.max(axis=0)
        for x, y in (0.9 * low + 0.1 * high, 0.1 * low + 0.9 * high):
            opened.mouse.move(box["x"] + zoom * x, box["y"] + zoom * y)
            shares = np.rint(100 * trace.responsibilities(1)[row]).astype(int)
            assert lines(opened) == (name, [(f"rate {j}", f"{share} %") for j, share in enumerate(shares)])
        ring = opened.locator(".emviz-ring").bounding_box()
        np.testing.assert_allclose([ring["width"], ring["height"]], zoom * (high - low) + 14, atol=1)


def test_runs_side_by_side_are_told_apart(visit, tmp_path):
    data = emviz.datasets.blobs(60)
    start = data.data[:3]
    k_means, mixture = (emviz.run(model, data, start=model.start(data, means=start), max_iterations=3)
                        for model in (emviz.KMeans(3), emviz.GaussianMixture(3)))
    opened, _ = visit(emviz.save_html(emviz.compare(k_means, mixture).dial, tmp_path / "two.html"), 1300, 900)
    at_step(opened, 1)
    opened.get_by_role("button", name="More").click()
    walk = opened.get_by_label("Point", exact=True)
    assert walk.get_attribute("max") == "119"
    walk.focus()
    row = int(np.argmin(data.data[:, 0]))
    opened.keyboard.press("Home")
    hard = k_means.responsibilities(1)[row]
    assert lines(opened)[1] == [(f"center {j}", f"{100 * share:.0f} %") for j, share in enumerate(hard)]
    walk.fill("60")
    assert lines(opened)[1] == expected(mixture, 1, row)
    picture, ring = (opened.locator(name).bounding_box() for name in (".emviz-picture", ".emviz-ring"))
    assert ring["x"] > picture["x"] + picture["width"] / 2  # in the right one of the two
