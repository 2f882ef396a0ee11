"""Pointing at any place of a picture, by mouse, finger or key, and the regions of the fit."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import emviz
from emviz import style
from emviz.marks import record
from emviz.page import as_one_module

pytestmark = pytest.mark.browser

COLUMNS, ROWS = 120, 90  # cells of a panel


def run(model=None, data=None, **options):
    return emviz.run(model or emviz.GaussianMixture(3), emviz.datasets.blobs(80) if data is None else data,
                     **{"max_iterations": 4, "rng": 1} | options)


@pytest.fixture(scope="module")
def blobs(tmp_path_factory):
    return emviz.save_html(run(), tmp_path_factory.mktemp("pages") / "blobs.html")


def on_page(opened, field, values):
    """Where a place, given in the units of the axes, is on the page; upward anywhere if it does not count."""
    places = [axis.zero + axis.unit * value for axis, value in zip(field.axes, values)]
    x, y = places if len(places) == 2 else (*places, field.box[1] + 4)
    box = opened.locator(".emviz-picture").bounding_box()
    width = float(opened.locator(".emviz").evaluate("(root) => root.style.getPropertyValue('--emviz-width')"))
    return box["x"] + x * box["width"] / width, box["y"] + y * box["width"] / width


def card(opened):
    return opened.locator(".emviz-card")


def told(opened):
    """The name, and of every component its name and percent."""
    name, *cells = (text for text in card(opened).locator("> :not(small)").all_inner_texts() if text)
    return name, dict(zip(cells[::2], (int(cell.removesuffix(" %")) for cell in cells[1::2])))


def numbers(name):
    return [float(text.replace("−", "-")) for text in re.findall(r"[−\d.]+", name)]


def at_step(opened, step):
    opened.get_by_label("Step", exact=True).fill(str(step))


def show_regions(opened, on=True):
    opened.get_by_role("radio", name="On" if on else "Off", exact=True).check(force=True)


def unfold(opened):
    opened.get_by_role("button", name="More").click()


def assert_told(opened, trace, step, rows):
    """The card has the posterior at the rows, rounded; a pixel of the screen may be a little off."""
    wanted = 100 * emviz.responsibilities(trace.model, trace[step].q_params, rows)[0]
    _, shares = told(opened)
    np.testing.assert_allclose(list(shares.values()), wanted, atol=1.5)


EMPTY = [(-7, 9.5), (-6, -1), (7, 9), (6.5, 2)]  # in no reach of a point of the blobs


def test_an_empty_place_tells_the_posterior_there_in_every_state(visit, blobs):
    opened, trouble = visit(blobs)
    trace = run()
    (field,) = record(emviz.scene(trace)).fields
    unit = abs(field.axes[0].unit)
    for place in EMPTY:
        opened.mouse.move(*on_page(opened, field, place))
        at_step(opened, 0)
        assert card(opened).locator("> :last-child").inner_text() == "not asked yet"
        for step in range(1, len(trace)):
            at_step(opened, step)
            name, shares = told(opened)
            np.testing.assert_allclose(numbers(name), place, atol=1 / unit + 0.06)
            assert name.startswith("x ") and ", y " in name
            assert list(shares) == [f"Gaussian {j}" for j in range(3)]
            assert_told(opened, trace, step, [place])
        x, y = on_page(opened, field, place)
        ring = opened.locator(".emviz-ring").bounding_box()
        assert abs(ring["x"] + ring["width"] / 2 - x) < 2 and abs(ring["y"] + ring["height"] / 2 - y) < 2
    assert trouble.requests == [] and trouble.errors == []


def test_a_point_goes_before_the_place_and_outside_of_the_panel_is_nothing(visit, blobs):
    opened, _ = visit(blobs)
    scene = emviz.scene(run())
    (field,) = record(scene).fields
    at_step(opened, 1)
    opened.mouse.move(*on_page(opened, field, scene.trace.data[5]))
    assert told(opened)[0] == scene.readings[0].names[5]
    opened.mouse.move(*on_page(opened, field, EMPTY[0]))
    assert told(opened)[0].startswith("x ")
    (left, *_), picture = field.box, opened.locator(".emviz-picture").bounding_box()
    opened.mouse.move(picture["x"] + left / 2, picture["y"] + 60)
    assert not card(opened).is_visible()


def test_a_click_pins_a_place_until_escape(visit, blobs):
    opened, _ = visit(blobs)
    trace = run()
    (field,) = record(emviz.scene(trace)).fields
    opened.mouse.click(*on_page(opened, field, EMPTY[1]))
    opened.mouse.move(2, 2)
    for step in (1, 2, 5):
        at_step(opened, step)
        assert_told(opened, trace, step, [EMPTY[1]])
    opened.keyboard.press("Escape")
    assert not card(opened).is_visible()


def test_a_tap_pins_a_place(visit, blobs):
    opened, _ = visit(blobs, 400, 900, has_touch=True, is_mobile=True)
    trace = run()
    (field,) = record(emviz.scene(trace)).fields
    at_step(opened, 3)
    place = (-7.0, 9.0)
    opened.touchscreen.tap(*on_page(opened, field, place))
    assert_told(opened, trace, 3, [place])


def test_the_keyboard_moves_a_place_across_and_up(visit, blobs):
    opened, _ = visit(blobs)
    trace = run()
    (field,) = record(emviz.scene(trace)).fields
    left, top, right, bottom = field.box
    unfold(opened)
    at_step(opened, 3)
    across, up = opened.get_by_label("Place across"), opened.get_by_label("Place up")
    assert across.get_attribute("aria-valuetext") == "none"
    across.focus()
    assert (across.input_value(), up.input_value()) == ("50", "50")  # begins in the middle
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight"):
        opened.keyboard.press(key)
    up.focus()
    for key in ("End", "ArrowLeft"):
        opened.keyboard.press(key)
    place = np.array([left + 0.03 * (right - left), top + 0.01 * (bottom - top)])
    values = [(pixel - axis.zero) / axis.unit for pixel, axis in zip(place, field.axes)]
    assert_told(opened, trace, 3, [values])
    name, shares = told(opened)
    said = f"{name}; {', '.join(f'{component} {percent} %' for component, percent in shares.items())}"
    assert up.get_attribute("aria-valuetext") == across.get_attribute("aria-valuetext") == said
    opened.keyboard.press("Escape")
    assert not card(opened).is_visible() and across.get_attribute("aria-valuetext") == "none"


def test_counts_and_shares_of_heads_are_those_that_there_are(visit, tmp_path):
    coins = emviz.BinomialMixture(3, 20)
    sets = emviz.datasets.coin_sample([0.2, 0.5, 0.85], n_sets=200, n_trials=20)
    quakes = emviz.datasets.earthquakes()
    for trace, across, name, row in [
        (run(coins, sets), 0.338, "share of heads 0.35", 7), (run(coins, sets), 0.99, "share of heads 1.00", 20),
        (run(emviz.PoissonMixture(3), quakes), 36.4, "count 36", 36),
    ]:
        opened, _ = visit(emviz.save_html(trace, tmp_path / "run.html"), 1300)
        (field,) = record(emviz.scene(trace)).fields
        at_step(opened, 5)
        opened.mouse.move(*on_page(opened, field, [across]))
        assert told(opened)[0] == name
        assert_told(opened, trace, 5, [row])
        unfold(opened)
        assert opened.get_by_label("Place across").is_visible() and not opened.get_by_label("Place up").is_visible()


def test_a_projection_says_that_it_tells_by_two_coordinates(visit, tmp_path):
    trace = run(data=emviz.datasets.iris())
    opened, _ = visit(emviz.save_html(trace, tmp_path / "iris.html"))
    (field,) = record(emviz.scene(trace)).fields
    at_step(opened, 1)
    opened.mouse.click(*on_page(opened, field, (-3, 2.2)))
    assert card(opened).locator("small").inner_text() == "by these two coordinates"
    at_step(opened, 0)
    assert card(opened).locator("small").count() == 0


@pytest.mark.parametrize("width", [360, 1300])
def test_long_names_are_broken_so_that_the_card_stays_in_the_player(visit, tmp_path, width):
    names = ["waiting time until the next eruption (minutes)", "duration of the eruption before (minutes)"]
    trace = run(data=SimpleNamespace(data=emviz.datasets.blobs(80).data, feature_names=names))
    opened, _ = visit(emviz.save_html(trace, tmp_path / "long.html"), width)
    (field,) = record(emviz.scene(trace)).fields
    player = opened.locator(".emviz").bounding_box()
    at_step(opened, 3)
    for place in EMPTY[::2]:
        opened.mouse.move(*on_page(opened, field, place))
        assert told(opened)[0].startswith(f"{names[0]} ")
        box = card(opened).bounding_box()
        assert box["x"] >= player["x"] and box["x"] + box["width"] <= player["x"] + player["width"]


# ------------------------------------------------------------------ regions

PIXELS = """(canvas) => [canvas.width, canvas.height,
    [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]]"""


def painted(opened, number=0):
    """The colors of the corners of cells: uint8[ROWS + 1, COLUMNS + 1, 4]; the borders: float[m, 2, 2], in cells."""
    panel = opened.locator(".emviz-regions > div").nth(number)
    width, height, pixels = panel.locator("canvas").evaluate(PIXELS)
    d = panel.locator("path").get_attribute("d") or ""
    borders = np.array(re.findall(r"[\d.]+", d), float).reshape(-1, 2, 2)
    return np.array(pixels, np.uint8).reshape(height, width, 4), borders


def values_of(field, cells):
    """Places float[n, 2] in cells, in the units of the axes."""
    left, top, right, bottom = field.box
    pixels = [left, top] + cells / [COLUMNS, ROWS] * [right - left, bottom - top]
    return np.column_stack([(pixels[:, i] - axis.zero) / axis.unit for i, axis in enumerate(field.axes)])


def assert_regions(opened, trace, step, field, number=0):
    """Colors are the blend of the posterior, and borders where the two highest shares are equal."""
    colors, borders = painted(opened, number)
    corners = np.stack(np.meshgrid(np.arange(COLUMNS + 1.0), np.arange(ROWS + 1.0)), axis=-1)
    params = trace[step].q_params
    shares = emviz.responsibilities(trace.model, params, values_of(field, corners.reshape(-1, 2)))
    wanted = np.rint(255 * style.blend(shares)).astype(int).reshape(colors.shape)
    if trace.model.temperature:
        assert np.abs(colors - wanted).max() <= 2
    else:
        assert (np.abs(colors - wanted).max(axis=-1) <= 1).mean() > 0.9999  # a corner on a border may go either way
    joint = trace.model.log_joint(params, trace.model.prepare(values_of(field, borders[:, 0])))
    first, second = np.sort(joint, axis=0)[-2:][::-1]
    rise = np.abs(np.diff(np.sort(joint, axis=0)[-2:], axis=0)).max() if len(borders) else 0
    assert len(borders) > 50 and np.median(first - second) < 0.05 and rise < 3


def test_regions_are_the_blend_of_the_posterior_and_change_with_the_step(visit, blobs):
    opened, trouble = visit(blobs)
    trace = run()
    (field,) = record(emviz.scene(trace)).fields
    unfold(opened)
    at_step(opened, 1)
    layer = opened.locator(".emviz-regions")
    assert not layer.is_visible()
    show_regions(opened)
    for step in (1, 3, 4, len(trace) - 1):
        at_step(opened, step)
        assert_regions(opened, trace, step, field)
    at_step(opened, 0)
    assert layer.locator("> div").evaluate("(panel) => panel.style.opacity") == "0"  # nobody asked yet
    box, picture = layer.locator("canvas").bounding_box(), opened.locator(".emviz-picture").bounding_box()
    zoom = picture["width"] / 960
    cell = np.array([field.box[2] - field.box[0], field.box[3] - field.box[1]]) / [COLUMNS, ROWS]
    np.testing.assert_allclose([box["x"] - picture["x"], box["y"] - picture["y"]], zoom * (field.box[:2] - cell / 2),
                               atol=1)
    show_regions(opened, False)
    assert not layer.is_visible()
    assert trouble.requests == [] and trouble.errors == []


def test_regions_lie_under_everything_that_moves(visit, blobs):
    opened, _ = visit(blobs)
    unfold(opened)
    show_regions(opened)
    below, above = opened.evaluate("""() => {
        const layers = [...document.querySelectorAll(".emviz-picture > *")];
        const at = layers.findIndex((layer) => layer.classList.contains("emviz-regions"));
        const movers = layers.map((layer) => layer.querySelectorAll("[data-mover]:not([data-mover=''])").length);
        return [movers.slice(0, at), movers.slice(at)];
    }""")
    assert sum(below) == 0 < sum(above)


def test_hard_regions_have_one_color_each(visit, tmp_path):
    trace = run(emviz.GaussianMixture(3, temperature=0))
    opened, _ = visit(emviz.save_html(trace, tmp_path / "hard.html"))
    (field,) = record(emviz.scene(trace)).fields
    unfold(opened)
    show_regions(opened)
    at_step(opened, 3)
    assert_regions(opened, trace, 3, field)
    colors, _ = painted(opened)
    assert len(np.unique(colors.reshape(-1, 4), axis=0)) == 3


def test_where_the_picture_shows_regions_the_switch_is_not_offered(visit, tmp_path):
    k_means, mixture = run(emviz.KMeans(3)), run()
    opened, _ = visit(emviz.save_html(k_means, tmp_path / "one.html"))
    unfold(opened)
    assert not opened.get_by_role("group", name="Regions").is_visible()
    opened, _ = visit(emviz.save_html(emviz.compare(k_means, mixture).dial, tmp_path / "two.html"), 1300, 900)
    unfold(opened)
    show_regions(opened)
    at_step(opened, 3)
    assert opened.locator(".emviz-regions > div").count() == 1
    _, right = record(emviz.scenes.side_by_side(k_means, mixture)).fields
    assert_regions(opened, mixture, 3, right)


GLIDE = """([script, states]) => {
    const { regions } = new Function(`${script}; return { regions };`)();
    const scores = states.map((columns) => columns && columns.map((column) => Float32Array.from(column)));
    const layer = regions({ width: 480, height: 90, fields: [{
        box: [0, 0, 480, 90], scores, components: ["a", "b"], colors: "means", hard: false, drawn: false }] });
    const fills = [[0, 255], [0, 0], [255, 0]].map((levels) => Uint8Array.from(levels));
    const painted = { means: [{ kind: "points", x: [0, 0], fills }] };
    layer.uncover(true);
    return [[1, 1, 1], [1, 2, 0.5], [2, 2, 1], [0, 1, 0.25], [0, 0, 1]].map((between) => {
        layer.paint(painted, ...between);
        const panel = layer.element.firstChild;
        return [panel.querySelector("path").getAttribute("d"), Number(panel.style.opacity)];
    });
}"""


def test_on_the_way_from_state_to_state_the_border_glides(browser):
    """Two discs of equal size: the border is half way between them, also half way between two states."""
    page = browser.new_page()
    flat, round_ = [[0, 0]], [[0.01, 0.01]]
    states = [None, *([places, [50, 50], *3 * flat, *round_, *flat, *round_] for places in ([100, 300], [140, 380]))]
    seen = page.evaluate(GLIDE, [as_one_module("field.js"), states])
    page.close()
    for (d, _), pixels in zip(seen, (200, 230, 260, 200)):
        across = np.array(re.findall(r"[\d.]+", d), float).reshape(-1, 2)[:, 0]
        np.testing.assert_allclose(across, pixels / 480 * COLUMNS, atol=0.011)
    assert [opacity for _, opacity in seen] == [1, 1, 1, 0.25, 0]
