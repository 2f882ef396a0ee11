"""The first lesson as a learner meets it: `emviz lab`, JupyterLab in a real Chromium, the player, a GIF."""

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lesson(browser, lab):
    """The page that `emviz lab` opens, after Run All Cells."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    page.set_default_timeout(60_000)
    page.goto(lab.address)
    idle = page.get_by_text("Python 3 (ipykernel) | Idle")
    idle.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    for _ in range(600):  # the kernel is idle for a moment between two cells, so only a file tells
        if (lab.folder / "heights.gif").exists():
            break
        page.wait_for_timeout(100)
    idle.wait_for()
    yield page
    page.close()


def player_of(page):
    """The first player of the notebook, in view: JupyterLab shows a cell only when it is scrolled to."""
    page.locator(".jp-Notebook").hover()
    player = page.locator(".jp-Notebook .emviz").first
    page.mouse.wheel(0, -100_000)
    for _ in range(60):
        if player.count():
            break
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(100)
    player.scroll_into_view_if_needed()
    return player


def test_nothing_stands_between_the_learner_and_the_lesson(lesson):
    assert lesson.locator(".jp-Dialog").count() == 0
    assert lesson.locator(".Toastify__toast").count() == 0
    assert "01_heights" in lesson.title()


def test_slider_and_keys_move_the_picture(lesson):
    player = player_of(lesson)
    slider, picture = player.get_by_label("Step", exact=True), player.locator(".emviz-picture")
    seen = []
    slider.focus()
    for key, step in [("Home", "0"), ("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1")]:
        lesson.keyboard.press(key)
        expect(slider).to_have_value(step)
        seen.append((player.locator("[aria-live=polite]").inner_text(), picture.inner_html()))
    start, first, second, again = seen
    assert first == again
    assert len({words for words, _ in (start, first, second)}) == 3
    assert len({marks for _, marks in (start, first, second)}) == 3


def test_the_gif_that_the_notebook_saves_shows_the_run(lesson, lab):
    with Image.open(lab.folder / "heights.gif") as gif:
        frames = []
        for frame in range(gif.n_frames):
            gif.seek(frame)
            frames.append(gif.convert("RGB").tobytes())
    assert len(frames) > 5
    assert len(set(frames)) == len(frames)
