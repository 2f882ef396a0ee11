"""A scene in space that the reader turns: every mark is where a rotation of space puts it."""

import numpy as np
import pytest
from painted import assert_painted, movers_of
from playwright.sync_api import expect
from small_scene import SpaceScene

import emviz
from emviz.marks import record
from emviz.page import page, still

pytestmark = pytest.mark.browser


def page_of(scene, path):
    path.write_text(page([record(scene)], still(scene, 1), scene.title), encoding="utf-8")
    return path


@pytest.fixture
def open_space(visit, tmp_path):
    def open_at(elevation, **options):
        opened, trouble = visit(page_of(SpaceScene(elevation), tmp_path / "space.html"), **options)
        opened.locator(".emviz").wait_for()
        return opened

    return open_at


def slider(opened, name):
    return opened.get_by_label(name, exact=True)


def assert_turned(opened, elevation, yaw, step):
    """The marks are those of the scene that was made at this elevation and turned by yaw."""
    seen = SpaceScene(elevation, yaw).seen
    movers = movers_of(opened.locator(".emviz"))
    middle = np.ptp(movers["word"][0]["vertices"], axis=0) / 2 + movers["word"][0]["vertices"].min(axis=0)
    on_page = {
        "points": [point["place"] for point in movers["points"]],
        "wire": movers["wire"][0]["vertices"], "post": movers["post"][0]["vertices"],
    }
    for name, places in on_page.items():
        np.testing.assert_allclose(places, [0, 260] + [1, -1] * seen(name, step), atol=0.15, err_msg=name)
    # The middle of a word turns as its anchor does, up to where the recording says that the middle is.
    np.testing.assert_allclose(middle, ([0, 260] + [1, -1] * seen("word", step))[0], atol=1.5)


@pytest.mark.parametrize("elevation", [0, 25])
def test_sliders_turn_every_mark_about_the_center(open_space, elevation):
    opened = open_space(elevation)
    assert_turned(opened, elevation, 0, 0)
    opened.get_by_role("button", name="More").click()
    expect(slider(opened, "Tilt")).to_have_value(str(elevation))
    for yaw, tilt in [(30, elevation), (90, elevation), (200, -40), (330, 90)]:
        slider(opened, "Turn").fill(str(yaw))
        slider(opened, "Tilt").fill(str(tilt))
        assert slider(opened, "Turn").get_attribute("aria-valuetext") == f"{yaw}°"
        assert_turned(opened, tilt, yaw, 0)
    opened.get_by_role("button", name="Front view").click()
    assert_painted(opened.locator(".emviz"), SpaceScene(elevation), 0)


def test_the_turned_view_stays_while_stepping(open_space):
    opened = open_space(20)
    opened.get_by_role("button", name="More").click()
    slider(opened, "Turn").fill("120")
    slider(opened, "Step").fill("1")
    assert_turned(opened, 20, 120, 1)
    slider(opened, "Step").fill("0")
    assert_turned(opened, 20, 120, 0)


def test_the_turned_view_glides(open_space):
    opened = open_space(20)
    opened.get_by_role("button", name="More").click()
    slider(opened, "Turn").fill("120")
    slider(opened, "Speed").fill("3")
    opened.get_by_role("button", name="Play").click()
    first, last = ([0, 260] + [1, -1] * SpaceScene(20, 120).seen("points", step)[0] for step in (0, 1))
    places = []
    while not places or np.abs(places[-1] - last).max() > 0.1:
        places.append(movers_of(opened.locator(".emviz"))["points"][0]["place"])
        between = (places[-1] - first) @ (last - first) / ((last - first) @ (last - first))
        np.testing.assert_allclose(places[-1], first + between * (last - first), atol=0.1)
        opened.wait_for_timeout(20)
    assert any(np.abs(place - first).max() > 1 and np.abs(place - last).max() > 1 for place in places)


def test_a_drag_brings_the_front_to_the_right_and_the_top_to_the_reader(open_space):
    opened = open_space(10)
    opened.get_by_role("button", name="More").click()
    box = opened.locator(".emviz-picture").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x + box["width"] / 5, y + box["width"] / 10, steps=5)
    opened.mouse.up()
    yaw, tilt = (int(slider(opened, name).input_value()) for name in ("Turn", "Tilt"))
    assert (yaw, tilt) == (54, 37)  # 270 degrees for the whole width
    assert_turned(opened, tilt, yaw, 0)
    opened.mouse.dblclick(x, y)
    assert_painted(opened.locator(".emviz"), SpaceScene(10), 0)


def test_arrows_with_shift_turn_and_without_step(open_space):
    opened = open_space(10)
    for key in ["Shift+ArrowRight"] * 3 + ["Shift+ArrowDown", "Shift+ArrowLeft", "Shift+ArrowUp", "Shift+ArrowUp"]:
        opened.keyboard.press(key)
    assert_turned(opened, 5, 10, 0)
    opened.keyboard.press("ArrowRight")
    assert_turned(opened, 5, 10, 1)


def test_a_finger_turns_a_scene_in_space_and_scrolls_any_other(visit, open_space, tmp_path):
    opened = open_space(10, has_touch=True)
    action = "(stage) => getComputedStyle(stage).touchAction"
    assert opened.locator(".emviz-stage").evaluate(action) == "none"
    trace = emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=1, rng=0)
    flat, _ = visit(emviz.save_html(trace, tmp_path / "flat.html"), has_touch=True)
    assert flat.locator(".emviz-stage").evaluate(action) == "auto"
    assert not flat.get_by_text("Shift").count()


def test_a_real_scene_turns_with_its_points_told(visit, tmp_path):
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(mean, 0.4, (30, 3)) for mean in np.eye(3) * 2])
    scene = emviz.scene(emviz.run(emviz.GaussianMixture(3), points, max_iterations=2, rng=0), "space")
    opened, trouble = visit(emviz.save_html(scene, tmp_path / "real.html"))
    assert_painted(opened.locator(".emviz"), scene, 0)
    opened.get_by_role("button", name="More").click()
    slider(opened, "Turn").fill("75")
    slider(opened, "Point").focus()
    leftmost = min(movers_of(opened.locator(".emviz"))["points"], key=lambda point: point["place"][0])
    ring, picture = (opened.locator(name).bounding_box() for name in (".emviz-ring", ".emviz-picture"))
    x = (ring["x"] + ring["width"] / 2 - picture["x"]) / picture["width"] * 960
    assert abs(x - leftmost["place"][0]) < 2
    assert trouble.errors == []
