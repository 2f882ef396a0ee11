"""Projector mode, zoom, dense screens and small ones: the picture is as large and as crisp as there is room for."""

import numpy as np
import pytest
from painted import assert_painted
from playwright.sync_api import expect
from small_scene import SmallScene

import emviz
from emviz.marks import record
from emviz.page import page, still

pytestmark = pytest.mark.browser

# A browser that lets nothing fill the screen: one refuses, one does not know how, one has no layer above everything.
REFUSALS = {
    "refuses": "Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('not allowed'))",
    "cannot": "delete Element.prototype.requestFullscreen",
    "has no popover": "delete Element.prototype.requestFullscreen, delete HTMLElement.prototype.showPopover",
}


def run():
    return emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=4, rng=0)


@pytest.fixture(scope="module")
def heights(tmp_path_factory):
    return emviz.save_html(run(), tmp_path_factory.mktemp("pages") / "heights.html")


def many_points(path):
    scene = SmallScene(4000)
    path.write_text(page([record(scene)], still(scene, 3), scene.title), encoding="utf-8")
    return path


def player(opened):
    return opened.locator(".emviz")


def assert_fills(opened, width, height):
    """The player has the window; the picture is as large as its shape allows; words and buttons are large."""
    box = player(opened).bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, height)
    stage, picture = (opened.locator(name).bounding_box() for name in (".emviz-stage", ".emviz-picture"))
    assert picture["width"] / picture["height"] == pytest.approx(960 / 474, rel=0.01)
    assert picture["width"] == pytest.approx(min(stage["width"], stage["height"] * 960 / 474), abs=1)
    assert picture["height"] > 0.66 * height
    size = "(element) => parseFloat(getComputedStyle(element).fontSize)"
    assert opened.locator(".emviz-caption").evaluate(size) > 0.04 * height
    controls = opened.locator(".emviz-controls").bounding_box()
    assert controls["y"] + controls["height"] == pytest.approx(height, abs=1)


def expect_full_screen(opened, yes=True):
    expect(opened.locator(".emviz:fullscreen")).to_have_count(int(yes))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
def test_projector_mode_fills_the_screen_and_the_keys_go_on(visit, heights, width, height):
    opened, trouble = visit(heights, width, height)
    before = player(opened).bounding_box()
    opened.get_by_role("button", name="Projector mode").click()
    expect_full_screen(opened)
    assert_fills(opened, width, height)
    for key, step in [("End", 8), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2),
                      ("PageDown", 3), ("PageUp", 2)]:  # the last two are what a presenter's clicker sends
        opened.keyboard.press(key)
        assert_painted(player(opened), emviz.scene(run()), step)
    opened.keyboard.press("f")
    expect_full_screen(opened, False)
    assert player(opened).bounding_box() == before
    assert trouble.errors == []


def test_f_and_its_button_and_escape(visit, heights):
    opened, _ = visit(heights, 1280, 720)
    player(opened).wait_for()
    opened.keyboard.press("f")  # before anything has the focus
    expect_full_screen(opened)
    opened.get_by_role("button", name="Projector mode").click()
    expect_full_screen(opened, False)
    opened.keyboard.press("F")
    expect_full_screen(opened)
    opened.evaluate("document.exitFullscreen()")  # what Escape does; the keys of a test do not reach the browser itself
    expect_full_screen(opened, False)
    opened.keyboard.press("ArrowRight")
    expect(opened.get_by_label("Step", exact=True)).to_have_value("1")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_where_nothing_may_fill_the_screen_the_player_covers_the_window(visit, heights, refusal):
    opened, trouble = visit(heights, 1280, 720)
    opened.evaluate(f"void ({REFUSALS[refusal]})")
    # An ancestor that positions what is fixed, as JupyterLab has them, only matters without the layer above everything.
    if refusal != "has no popover":
        opened.evaluate("document.querySelector('main').style.transform = 'translateX(0)'")
    before = player(opened).bounding_box()
    for leave in ("Escape", "f"):
        opened.keyboard.press("f")
        expect(player(opened)).to_have_class("emviz emviz-over")
        assert_fills(opened, 1280, 720)
        opened.keyboard.press("ArrowRight")
        opened.keyboard.press(leave)
        expect(player(opened)).to_have_class("emviz")
        assert player(opened).bounding_box() == before
    assert_painted(player(opened), emviz.scene(run()), 2)
    assert trouble.errors == []


def test_a_card_is_shown_in_projector_mode(visit, heights):
    opened, _ = visit(heights, 1280, 720)
    player(opened).wait_for()
    opened.keyboard.press("f")
    expect_full_screen(opened)
    opened.get_by_role("button", name="More").click()
    opened.get_by_label("Point", exact=True).focus()
    card = opened.locator(".emviz-card")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 1280 and box["y"] >= 0 and box["y"] + box["height"] <= 720
    controls = opened.locator(".emviz-panel").bounding_box()
    assert controls["y"] + controls["height"] <= 721


@pytest.mark.parametrize("density", [1, 2, 1.5])
def test_a_canvas_has_every_pixel_of_the_screen(visit, tmp_path, density):
    opened, _ = visit(many_points(tmp_path / "many.html"), 700, 700, device_scale_factor=density)
    opened.locator("canvas").wait_for()
    assert_crisp(opened, density)


def assert_crisp(opened, density):
    pixels, shown = opened.locator("canvas").evaluate(
        "(canvas) => [canvas.width, canvas.getBoundingClientRect().width]")
    assert pixels == pytest.approx(shown * density, abs=1)
    ink = opened.locator("canvas").evaluate(
        "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)")
    assert ink


def test_a_canvas_follows_the_window_and_the_screen(visit, tmp_path):
    opened, _ = visit(many_points(tmp_path / "many.html"), 900, 700)
    opened.locator("canvas").wait_for()
    devtools = opened.context.new_cdp_session(opened)

    def assert_crisp_at(width, density):
        devtools.send("Emulation.setDeviceMetricsOverride",
                      {"width": width, "height": 700, "deviceScaleFactor": density, "mobile": False})
        opened.wait_for_timeout(300)
        assert_crisp(opened, density)

    for width, density in [(900, 1), (500, 1), (1200, 2)]:
        assert_crisp_at(width, density)
    player(opened).evaluate("(player) => player.style.width = '400px'")  # from now on only the density changes
    for width, density in [(1201, 1), (1202, 3)]:
        assert_crisp_at(width, density)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 640), (640, 400), (740, 360)])
def test_a_small_window_shows_everything_without_scrolling_sideways(visit, heights, width, height):
    opened, _ = visit(heights, width, height)
    opened.get_by_role("button", name="More").click()
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    for control in opened.locator(".emviz button:visible, .emviz input:visible, .emviz-keys").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    caption = opened.locator("[aria-live=polite]")
    assert float(caption.evaluate("(p) => getComputedStyle(p).fontSize").removesuffix("px")) >= 16


@pytest.mark.parametrize("way", ["browser", "css"])
def test_at_200_percent_zoom_everything_is_there_and_points_are_found(visit, heights, way):
    """Zoom in the menu halves the window in CSS pixels and doubles their density; CSS zoom enlarges what is in it."""
    scene = emviz.scene(run())
    if way == "browser":
        opened, _ = visit(heights, 640, 512, device_scale_factor=2)
    else:
        opened, _ = visit(heights, 1280, 1024)
        opened.evaluate("document.documentElement.style.zoom = 2")
    assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    opened.get_by_label("Step", exact=True).fill("3")
    opened.locator(".emviz-picture").scroll_into_view_if_needed()
    points = scene.movers["points"]
    x, y = points.get_offset_transform().transform(points.get_offsets()[7])
    box = opened.locator(".emviz-picture").bounding_box()
    zoom = box["width"] / 960
    opened.mouse.move(box["x"] + zoom * x, box["y"] + zoom * (540 - scene.caption_height - y))
    expect(opened.locator(".emviz-card b")).to_have_text(scene.readings[0].names[7])
    ring = opened.locator(".emviz-ring").bounding_box()
    assert abs(ring["x"] + ring["width"] / 2 - box["x"] - zoom * x) < 5


def test_fingers_have_large_targets(visit, heights):
    opened, _ = visit(heights, 360, 740, has_touch=True, is_mobile=True)
    opened.get_by_role("button", name="More").tap()
    for target in opened.locator(".emviz button:visible, .emviz input[type=range]:visible").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    for target in opened.locator(".emviz-choice label").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    opened.get_by_role("button", name="Forward one step").tap()
    opened.get_by_role("button", name="To the end").tap()
    assert opened.get_by_label("Step", exact=True).input_value() == "8"


def test_the_play_button_is_clear_of_its_neighbors(visit, heights):
    opened, _ = visit(heights, 320, 640)
    player(opened).wait_for()
    boxes = [button.bounding_box() for button in opened.locator(".emviz button:visible").all()]
    centers = np.array([(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes])
    apart = np.linalg.norm(centers[:, None] - centers, axis=2) + 1000 * np.eye(len(boxes))
    assert apart.min() >= 44
