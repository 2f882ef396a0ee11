"""The player inside JupyterLab: it talks with the kernel, does without it, and keeps the keys to itself."""

import re

import nbformat
import pytest
from lab_in_browser import cells, run_cell, wait_for_kernel
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


def test_keys_belong_to_the_player_while_it_has_the_focus(notebook):
    slider = notebook.locator(".emviz").get_by_label("Step", exact=True)
    for focus in (notebook.locator(".emviz-picture").click, slider.focus):
        focus()
        before = active_cell(notebook)
        for key, step in [("Home", "0"), ("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1"), ("End", "8")]:
            notebook.keyboard.press(key)
            expect(slider).to_have_value(step)
        for key in ("ArrowUp", "ArrowDown", "d", "d", "a", "b", "x", "Enter"):  # what moves or deletes cells
            notebook.keyboard.press(key)
        assert active_cell(notebook) == before and cells(notebook).count() == 5
    notebook.keyboard.press("Shift+Enter")  # runs the cell and goes on to the next, as anywhere
    expect(cells(notebook).nth(2)).to_have_class(re.compile("jp-mod-active"))


def test_stepping_needs_no_kernel(notebook, lab):
    lab.shut_down_kernels()
    player = notebook.locator(".emviz")
    scene = emviz.scene(run())
    player.get_by_label("Step", exact=True).focus()
    for step in range(1, 4):
        notebook.keyboard.press("ArrowRight")
        assert_painted(player, scene, step)


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
