"""The player in Jupyter Notebook 7, which the server of JupyterLab serves too."""

import pytest
from painted import assert_painted
from playwright.sync_api import expect

import emviz

pytestmark = pytest.mark.browser

SETUP = """import emviz
trace = emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=4, rng=0)
player = emviz.show(trace)
player"""


@pytest.fixture
def notebook(browser, lab):
    """A page of Notebook 7 whose first cell has shown a player."""
    lab.write("seven", [SETUP, "print('the step is', player.step)"])
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.set_default_timeout(30_000)
    page.goto(f"{lab.root}/notebooks/seven.ipynb?token={lab.token}")
    run_cell(page, 0)
    page.locator(".emviz").wait_for()
    yield page
    page.close()
    lab.shut_down_kernels()


def run_cell(page, number):
    prompt = page.locator(".jp-Notebook .jp-Cell .jp-InputPrompt").nth(number)
    prompt.click()
    page.keyboard.press("Control+Enter")
    expect(prompt).to_have_text(f"[{number + 1}]:", timeout=30_000)


def test_the_player_steps_tells_fills_the_screen_and_talks_with_the_kernel(notebook):
    scene = emviz.scene(emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=4, rng=0))
    assert notebook.evaluate("document.body.dataset.notebook") == "notebooks"  # this is not JupyterLab
    player = notebook.locator(".emviz")
    player.locator(".emviz-picture").click()
    for key, step in [("ArrowRight", 1), ("End", 8), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2)]:
        notebook.keyboard.press(key)
        assert_painted(player, scene, step)
    notebook.keyboard.press("f")
    expect(notebook.locator(".emviz:fullscreen")).to_be_attached()
    notebook.keyboard.press("ArrowRight")
    notebook.keyboard.press("f")
    expect(notebook.locator(".emviz:fullscreen")).to_have_count(0)
    player.get_by_role("button", name="More").click()
    player.get_by_label("Point", exact=True).focus()
    expect(player.locator(".emviz-card")).to_be_visible()
    run_cell(notebook, 1)
    expect(notebook.get_by_text("the step is 3")).to_be_visible()
