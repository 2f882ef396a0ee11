"""The player inside JupyterLab: it talks with the kernel, does without it, and keeps the keys to itself."""

import re

import nbformat
import pytest
from lab_in_browser import cells, keep_what_is_sent, run_cell, wait_for_kernel
from painted import assert_painted
from playwright.sync_api import expect

import emviz

pytestmark = pytest.mark.browser

SETUP = """import emviz
trace = emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=4, rng=0)
player = emviz.show(trace)
player"""


def run():
    return emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=4, rng=0)


@pytest.fixture
def notebook(browser, lab, request):
    """A notebook whose first code cell has shown a player; its kernel is new, and shut down in the end."""
    code = [SETUP, "player.step = 7", "print('the step is', player.step)", "emviz.show(trace, step=2)"]
    above = nbformat.v4.new_markdown_cell("# Above")
    lab.write(request.node.name, [above, *code])
    page = lab.open(browser, request.node.name)
    run_cell(page, 1)
    page.locator(".emviz").wait_for()
    yield page
    page.close()
    lab.shut_down_kernels()


def active_cell(page):
    return cells(page).evaluate_all("(all) => all.findIndex((cell) => cell.classList.contains('jp-mod-active'))")


def test_stepping_reaches_the_kernel_and_the_kernel_the_picture(notebook):
    player = notebook.locator(".emviz")
    slider = player.get_by_label("Step", exact=True)
    slider.fill("3")
    run_cell(notebook, 3)
    expect(cells(notebook).nth(3).locator(".jp-OutputArea-output")).to_have_text("the step is 3")
    run_cell(notebook, 2)
    expect(slider).to_have_value("7")
    assert_painted(player, emviz.scene(run()), 7)


def test_a_drag_sends_the_kernel_one_message(notebook):
    slider = notebook.locator(".emviz").get_by_label("Step", exact=True)
    keep_what_is_sent(notebook)
    slider.focus()
    painted = slider.evaluate("""(input) => [1, 2, 3, 4, 5, 6].map((step) => {
        input.value = step;
        input.dispatchEvent(new Event("input"));
        return input.closest(".emviz").querySelector(".emviz-caption").innerText;
    })""")
    assert len(set(painted)) == 6  # every step shows
    run_cell(notebook, 3)
    expect(cells(notebook).nth(3).locator(".jp-OutputArea-output")).to_have_text("the step is 6")
    updates = [message for message in notebook.evaluate("window.sent") if '"comm_msg"' in message]
    assert len(updates) == 1


def test_keys_belong_to_the_player_while_it_has_the_focus(notebook):
    slider = notebook.locator(".emviz").get_by_label("Step", exact=True)
    for focus in (notebook.locator(".emviz-picture").click, slider.focus):
        focus()
        before = active_cell(notebook)
        for key, step in [("Home", "0"), ("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1"), ("End", "8")]:
            notebook.keyboard.press(key)
            expect(slider).to_have_value(step)
        for key in ("ArrowUp", "ArrowDown", "d", "d", "a", "b", "x", "3", "Enter"):  # what moves or changes cells
            notebook.keyboard.press(key)
        assert active_cell(notebook) == before and cells(notebook).count() == 5
    notebook.keyboard.press("Shift+Enter")  # runs the cell and goes on to the next, as anywhere
    expect(cells(notebook).nth(2)).to_have_class(re.compile("jp-mod-active"))


def test_projector_mode_fills_the_screen_and_keeps_the_keys(notebook):
    player = notebook.locator(".emviz")
    player.locator(".emviz-picture").click()
    notebook.keyboard.press("f")  # which is "find and replace" elsewhere in JupyterLab
    expect(notebook.locator(".emviz:fullscreen")).to_be_attached()
    expect(notebook.get_by_role("dialog")).to_have_count(0)
    assert notebook.locator(".emviz:fullscreen").bounding_box() == {"x": 0, "y": 0, "width": 1300, "height": 1000}
    notebook.keyboard.press("End")
    assert_painted(player, emviz.scene(run()), 8)
    player.get_by_role("button", name="Projector mode").click()
    expect(notebook.locator(".emviz:fullscreen")).to_have_count(0)
    before = active_cell(notebook)
    notebook.keyboard.press("ArrowLeft")
    assert_painted(player, emviz.scene(run()), 7)
    assert active_cell(notebook) == before


def test_where_nothing_may_fill_the_screen_the_player_covers_jupyterlab(notebook):
    notebook.evaluate("void (Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('not allowed')))")
    player = notebook.locator(".emviz")
    player.get_by_role("button", name="Projector mode").click()
    expect(player).to_have_class("emviz emviz-over")
    assert player.bounding_box() == {"x": 0, "y": 0, "width": 1300, "height": 1000}
    on_top = "({x, y}) => document.querySelector('.emviz').contains(document.elementFromPoint(x, y))"
    for x, y in [(5, 5), (650, 500), (1290, 990), (100, 300)]:
        assert notebook.evaluate(on_top, {"x": x, "y": y})
    notebook.keyboard.press("Escape")
    expect(player).to_have_class("emviz")
    assert player.bounding_box()["width"] < 1300


def test_a_point_tells_its_responsibilities(notebook):
    player, scene = notebook.locator(".emviz"), emviz.scene(run())
    player.get_by_label("Step", exact=True).fill("3")
    player.scroll_into_view_if_needed()
    points = scene.movers["points"]
    x, y = points.get_offset_transform().transform(points.get_offsets()[7])
    box = player.locator(".emviz-picture").bounding_box()
    zoom = box["width"] / 960
    notebook.mouse.move(box["x"] + zoom * x, box["y"] + zoom * (540 - scene.caption_height - y))
    expect(player.locator(".emviz-card b")).to_have_text(scene.readings[0].names[7])
    percents = player.locator(".emviz-card span:nth-of-type(3n)").all_inner_texts()
    assert percents == [f"{percent} %" for percent in scene.readings[0].percents(3)[7]]


def test_stepping_needs_no_kernel(notebook, lab):
    lab.shut_down_kernels()
    player = notebook.locator(".emviz")
    scene = emviz.scene(run())
    player.get_by_label("Step", exact=True).focus()
    for step in range(1, 4):
        notebook.keyboard.press("ArrowRight")
        assert_painted(player, scene, step)


MELT = """import emviz
player = emviz.melt(emviz.GaussianMixture(2), emviz.datasets.heights(), temperatures=[0, 1], max_iterations=3, rng=0)
player"""


def test_the_dial_and_the_kernel_share_what_is_shown(browser, lab):
    lab.write("melt", [MELT, "print(player.turned_to, player.step)", "player.step = 2; player.turned_to = 0"])
    page = lab.open(browser, "melt")
    run_cell(page, 0)
    player = page.locator(".emviz")
    dial, step = (player.get_by_label(name, exact=True) for name in ("Temperature", "Step"))
    step.fill("3")
    dial.fill("1")
    run_cell(page, 1)
    expect(cells(page).nth(1).locator(".jp-OutputArea-output")).to_have_text("1 3")
    run_cell(page, 2)
    expect(dial).to_have_value("0")
    expect(step).to_have_value("2")
    page.close()
    lab.shut_down_kernels()


def test_two_players_share_nothing(notebook):
    run_cell(notebook, 4)
    players = notebook.locator(".emviz")
    expect(players).to_have_count(2)
    names = notebook.locator(".emviz [id]").evaluate_all("(all) => all.map((element) => element.id)")
    assert len(names) == len(set(names)) > 2
    for player in players.all():  # what is clipped is clipped by its own
        own = set(player.locator("clipPath").evaluate_all("(all) => all.map(({id}) => `url(#${id})`)"))
        used = set(player.locator("[clip-path]").evaluate_all("(all) => all.map((g) => g.getAttribute('clip-path'))"))
        assert used and used <= own
    players.nth(1).get_by_label("Step", exact=True).fill("5")
    assert_painted(players.nth(1), emviz.scene(run()), 5)
    assert_painted(players.nth(0), emviz.scene(run()), 0)


def test_the_picture_is_on_white_in_a_dark_theme(notebook):
    notebook.get_by_role("menuitem", name="Settings", exact=True).click()
    notebook.get_by_text("Theme", exact=True).hover()
    notebook.get_by_role("menuitem", name="JupyterLab Dark", exact=True).click()
    expect(notebook.locator("body[data-jp-theme-light=false]")).to_be_attached()
    style = "(player) => [getComputedStyle(player).color, getComputedStyle(player).backgroundColor]"
    assert notebook.locator(".emviz").evaluate(style) == ["rgb(26, 26, 26)", "rgb(255, 255, 255)"]


BESIDE = """import ipywidgets
ipywidgets.HBox([emviz.show(trace), emviz.show(trace, "curve")])"""


def test_players_in_a_row_share_the_room(browser, lab):
    lab.write("row", [SETUP, BESIDE])
    page = lab.open(browser, "row")
    for number in (0, 1):
        run_cell(page, number)
    alone = page.locator(".emviz").nth(0).bounding_box()["width"]
    first, second = (page.locator(".emviz").nth(number).bounding_box() for number in (1, 2))
    assert first["y"] == second["y"]
    assert first["width"] == pytest.approx(alone / 2, rel=0.05) == second["width"]
    page.close()
    lab.shut_down_kernels()


def test_a_notebook_saved_by_the_lab_is_opened_again_with_its_stills(browser, lab):
    lab.write("again", [SETUP])
    page = lab.open(browser, "again")
    run_cell(page, 0)
    page.locator(".emviz").wait_for()
    page.keyboard.press("Control+s")
    file = lab.folder / "again.ipynb"
    for _ in range(100):
        if "image/png" in file.read_text(encoding="utf-8"):
            break
        page.wait_for_timeout(100)
    expect(page.locator(".emviz")).to_have_count(1)  # what is open goes on
    page.close()
    lab.shut_down_kernels()
    page = lab.open(browser, "again")
    page.locator(".jp-OutputArea-output img").wait_for()
    wait_for_kernel(page)
    assert page.locator(".jp-OutputArea-output").count() == 1
    page.close()
    lab.shut_down_kernels()


def test_a_saved_notebook_shows_the_still(browser, lab):
    data, metadata = emviz.show(run())._repr_mimebundle_()
    del data["application/vnd.jupyter.widget-view+json"]  # without its kernel it would be an error message
    output = nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=1)
    lab.write("saved", [nbformat.v4.new_code_cell(SETUP, outputs=[output], execution_count=1)])
    page = lab.open(browser, "saved")
    still = page.locator(".jp-OutputArea-output img")
    still.wait_for()
    width, height = still.evaluate("(image) => [image.width, image.height]")
    assert width > 800 and abs(width / height - 960 / 540) < 0.01
    wait_for_kernel(page)  # one that is still starting would not shut down
    page.close()
    lab.shut_down_kernels()
