"""The map of basins in JupyterLab: pointer, keys and numbers choose a start, and the kernel answers with its run."""

import re
from pathlib import Path

import numpy as np
import pytest
from lab_in_browser import cells, keep_what_is_sent, run_cell
from painted import assert_painted
from playwright.sync_api import expect
from style_sheets import changed_by

import emviz
from emviz.basin_player import BasinPlayer

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")

SETUP = """import numpy as np
import emviz
start = np.array([[-2.0, 4.0], [0.0, 4.0], [2.0, 4.0], [0.0, 6.0]])
basins = emviz.basins(emviz.KMeans(4), emviz.datasets.blobs(120), start, component=3, grid=12, progress=False)
player = emviz.show(basins)
player"""
TELL = "print(*(round(float(value), 4) for value in player.place), player.step)"
BREAK = """def broken(x, y):
    raise RuntimeError("out of ideas")
player.choose = broken"""
SLOW = """import time
def slowly(act):
    def slow(x, y):
        time.sleep(0.5)
        return act(x, y)
    return slow
player.choose, player._glimpse = slowly(player.choose), slowly(player._glimpse)"""
MOVE = "player.choose(1.25, 0.75)"
CELLS = [SETUP, TELL, BREAK, SLOW, MOVE, "vars(player).pop('choose'); vars(player).pop('_glimpse', None);"]
SHOW, TOLD, BROKEN, SLOWED, MOVED, MENDED = range(6)


@pytest.fixture(scope="module")
def basins():
    start = np.array([[-2.0, 4.0], [0.0, 4.0], [2.0, 4.0], [0.0, 6.0]])
    return emviz.basins(emviz.KMeans(4), emviz.datasets.blobs(120), start, component=3, grid=12, progress=False)


@pytest.fixture(scope="module")
def about(basins):
    return BasinPlayer(basins).about


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """A notebook that shows a map."""
    lab.write("basins", CELLS)
    page = lab.open(browser, "basins")
    run_cell(page, SHOW)
    page.locator(".emviz-map").wait_for()
    yield page
    page.close()


@pytest.fixture(autouse=True)
def map_in_view(notebook):
    notebook.set_viewport_size({"width": 1300, "height": 1000})
    notebook.locator(".emviz-map .emviz-picture").scroll_into_view_if_needed()


def pixel(page, about, x, y):
    """Where a place of the map is on the page."""
    box = page.locator(".emviz-map .emviz-picture").bounding_box()
    left, top, right, bottom = about["box"]
    (x0, x1), (y0, y1) = about["limits"]
    return (box["x"] + box["width"] * (left + (x - x0) / (x1 - x0) * (right - left)),
            box["y"] + box["height"] * (bottom - (y - y0) / (y1 - y0) * (bottom - top)))


def click(page, about, x, y):
    page.locator(".emviz-map .emviz-picture").scroll_into_view_if_needed()
    page.mouse.click(*pixel(page, about, x, y))


def assert_marked(page, about, x, y):
    box = page.locator(".emviz-aim").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    np.testing.assert_allclose(middle, pixel(page, about, x, y), atol=1)


def assert_shown(page, basins, x, y, step=0):
    """The player stands at a step of the run from there."""
    scene = emviz.scene(basins.replay(x, y))
    run = page.locator(".emviz-run .emviz")
    expect(run.get_by_label("Step", exact=True)).to_have_attribute("max", str(len(scene) - 1))
    expect(run.get_by_label("Step", exact=True)).to_have_value(str(step))
    scene.show(step)
    places = "(all) => all.map((path) => path.transform.baseVal.consolidate().matrix).map(({e, f}) => [e, f])"
    wanted = scene.movers["means"].get_offset_transform().transform(scene.movers["means"].get_offsets())
    wanted = wanted * [1, -1] + [0, scene.figure.bbox.height - scene.caption_height]
    for _ in range(40):  # the next run may be on its way
        if np.allclose(run.locator("[data-mover=means] path").evaluate_all(places), wanted, atol=0.1):
            break
        page.wait_for_timeout(50)
    assert assert_painted(run, scene, step) > 100


def told(page):
    run_cell(page, TOLD)
    return cells(page).nth(TOLD).locator(".jp-OutputArea-output").inner_text().split()


def place_of(page):
    return [float(number) for number in told(page)[:2]]


def test_a_click_chooses_a_start_and_the_player_stands_at_its_beginning(notebook, basins, about):
    notebook.locator(".emviz-run").get_by_label("Step", exact=True).fill("2")
    x, y = float(basins.x[2]), float(basins.y[3])
    click(notebook, about, x + 0.1, y - 0.1)  # somewhere in that cell
    assert_marked(notebook, about, x, y)
    assert_shown(notebook, basins, x, y)
    assert told(notebook) == [f"{round(x, 4)}", f"{round(y, 4)}", "0"]


def test_arrows_move_the_start_cell_by_cell_and_jupyterlab_does_not_hear_them(notebook, basins, about):
    click(notebook, about, basins.x[4], basins.y[4])
    active = "(all) => all.findIndex((cell) => cell.classList.contains('jp-mod-active'))"
    before = cells(notebook).evaluate_all(active)
    expect(notebook.locator(".emviz-aim")).to_be_focused()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "ArrowLeft", "ArrowLeft", "Shift+ArrowUp", "ArrowDown", "b", "x"):
        notebook.keyboard.press(key)
    x, y = float(basins.x[3]), float(basins.y[10])
    assert_marked(notebook, about, x, y)
    assert_shown(notebook, basins, x, y)
    for _ in range(4):
        notebook.keyboard.press("Shift+ArrowLeft")  # the border of the map holds
    assert_marked(notebook, about, basins.x[0], y)
    assert cells(notebook).evaluate_all(active) == before and cells(notebook).count() == len(CELLS)


def test_a_drag_shows_where_the_run_begins_and_goes_before_it_is_let_go(notebook, basins, about):
    click(notebook, about, basins.x[4], basins.y[4])
    assert_shown(notebook, basins, basins.x[4], basins.y[4])
    recording = "(all) => all.map((path) => path.getAttribute('fill')).join()"
    points = notebook.locator(".emviz-run [data-mover=points] path")
    gray = points.evaluate_all(recording)
    notebook.mouse.move(*pixel(notebook, about, basins.x[4], basins.y[4]))
    notebook.mouse.down()
    notebook.mouse.move(*pixel(notebook, about, basins.x[8], basins.y[9]))
    caption = notebook.locator(".emviz-run [aria-live]")
    expect(caption).to_contain_text("E (assign), iteration 1")
    assert points.evaluate_all(recording) != gray  # who is nearest to whom
    assert_marked(notebook, about, basins.x[8], basins.y[9])
    notebook.mouse.up()
    expect(caption).to_contain_text("Start")
    assert_shown(notebook, basins, basins.x[8], basins.y[9])


def test_numbers_choose_a_place_exactly_and_stay_on_the_map(notebook, basins, about):
    x_field, y_field = (notebook.locator(".emviz-map").get_by_label(name, exact=True) for name in "xy")
    x_field.fill("0.3")
    x_field.press("Enter")
    y_field.fill("0.25")
    y_field.press("Tab")
    assert_marked(notebook, about, 0.3, 0.25)
    assert_shown(notebook, basins, 0.3, 0.25)
    assert place_of(notebook) == [0.3, 0.25]
    x_field.fill("99")
    x_field.press("Enter")
    assert_marked(notebook, about, basins.limits[0][1], 0.25)
    x_field.fill("")
    x_field.press("Tab")
    assert_marked(notebook, about, basins.limits[0][1], 0.25)
    assert x_field.input_value() != ""


def test_the_place_and_its_optimum_are_announced(notebook, basins, about):
    live = notebook.locator(".emviz-map [aria-live]")
    number = int(basins.reached.max())
    row, column = np.argwhere(basins.reached == number)[0]
    click(notebook, about, basins.x[column], basins.y[row])
    expect(live).to_contain_text(f"inertia {-2 * basins.optima[number].objective:.0f}"[:-1])
    expect(live).to_contain_text(f"one of {len(basins.optima)} optima")
    expect(live).to_contain_text(re.compile(r"^x at −?[\d.]+, y at −?[\d.]+: inertia"))
    expect(notebook.get_by_role("button", name="Start: the arrows move it")).to_be_focused()


def test_what_the_kernel_chooses_moves_the_mark(notebook, basins, about):
    run_cell(notebook, MOVED)
    assert_shown(notebook, basins, 1.25, 0.75)
    assert_marked(notebook, about, 1.25, 0.75)


def test_a_slow_kernel_has_no_queue_and_the_last_place_wins(notebook, basins, about):
    run_cell(notebook, SLOWED)
    notebook.locator(".emviz-map .emviz-picture").scroll_into_view_if_needed()
    keep_what_is_sent(notebook)
    notebook.mouse.move(*pixel(notebook, about, basins.x[1], basins.y[1]))
    notebook.mouse.down()
    for column in range(2, 12):
        notebook.mouse.move(*pixel(notebook, about, basins.x[column], basins.y[column]))
        assert_marked(notebook, about, basins.x[column], basins.y[column])  # at once
    notebook.mouse.up()
    assert_shown(notebook, basins, basins.x[11], basins.y[11])
    run_cell(notebook, MENDED)
    asked = [message for message in notebook.evaluate("window.sent")
             if '"comm_msg"' in message and '"method":"custom"' in message]
    assert 2 <= len(asked) <= 4
    assert place_of(notebook) == pytest.approx([basins.x[11], basins.y[11]], abs=1e-4)


def test_an_error_is_told_in_plain_words_and_the_mark_goes_back(notebook, basins, about):
    click(notebook, about, basins.x[4], basins.y[4])
    assert_shown(notebook, basins, basins.x[4], basins.y[4])
    run_cell(notebook, BROKEN)
    click(notebook, about, basins.x[8], basins.y[8])
    expect(notebook.locator(".emviz-map").get_by_role("alert")).to_have_text(
        "This start cannot be shown, and what you see is what was before: out of ideas")
    assert_marked(notebook, about, basins.x[4], basins.y[4])
    assert_shown(notebook, basins, basins.x[4], basins.y[4])
    run_cell(notebook, MENDED)
    click(notebook, about, basins.x[8], basins.y[8])
    expect(notebook.locator(".emviz-map").get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize(("width", "beside"), [(1300, False), (2000, True), (700, False)])
def test_the_player_stands_beside_or_below_the_map_and_nothing_is_cut(notebook, width, beside):
    notebook.set_viewport_size({"width": width, "height": 1000})
    notebook.wait_for_timeout(300)
    chart, run = (notebook.locator(name).bounding_box() for name in (".emviz-map", ".emviz-run .emviz"))
    if beside:
        assert run["x"] >= chart["x"] + chart["width"] and abs(run["y"] - chart["y"]) < 1
    else:
        assert run["y"] >= chart["y"] + chart["height"]
    inside = """(root) => [...root.querySelectorAll('.emviz-map p, .emviz-map input, .emviz-map .emviz-picture')]
        .every((one) => one.getBoundingClientRect().right <= root.getBoundingClientRect().right + 0.5)"""
    assert notebook.locator(".emviz-basins").evaluate(inside)


def test_the_sheets_of_other_widgets_change_nothing(notebook):
    assert changed_by(notebook, "player.css", "explorer.css", "questions.css") == []


def test_axe_finds_no_fault(notebook):
    notebook.evaluate(AXE)
    found = notebook.evaluate("axe.run('.emviz-basins')")
    assert len(found["passes"]) > 10
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []


def test_after_a_restart_of_the_kernel_the_reader_is_told_and_the_run_can_be_stepped_through(notebook, basins, about):
    click(notebook, about, basins.x[4], basins.y[4])
    assert_shown(notebook, basins, basins.x[4], basins.y[4])
    notebook.get_by_role("menuitem", name="Kernel", exact=True).click()
    notebook.get_by_role("menuitem", name="Restart Kernel…").click()
    notebook.locator(".jp-Dialog .jp-mod-warn").click()
    expect(notebook.locator(".emviz-map").get_by_role("alert")).to_contain_text("The kernel was restarted")
    expect(notebook.locator(".emviz-map .emviz-how")).to_be_hidden()
    click(notebook, about, basins.x[8], basins.y[8])
    assert_marked(notebook, about, basins.x[4], basins.y[4])
    notebook.locator(".emviz-run").get_by_label("Step", exact=True).fill("2")
    assert_shown(notebook, basins, basins.x[4], basins.y[4], step=2)
