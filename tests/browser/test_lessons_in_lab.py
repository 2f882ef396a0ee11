"""Every lesson as a learner meets it: `emviz lab`, JupyterLab in a real Chromium, all that can be played with."""

import re

import pytest
from lessons_in_lab import LESSONS, OpenLesson, Player
from PIL import Image
from playwright.sync_api import expect

from emviz.lessons import _content as content

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=LESSONS)
def lesson(browser, lab, request):
    """A lesson after Run All Cells. The first one is opened at the address that `emviz lab` prints."""
    opened = OpenLesson(request.param, lab)
    workspace = f"{lab.root}/lab/workspaces/{opened.name}/tree/{opened.name}.ipynb?token={lab.token}"
    opened.open(browser, lab.address if request.param == LESSONS[0] else workspace)
    opened.run()
    yield opened
    opened.page.close()
    lab.shut_down_kernels()


def players_of(lesson, kind):
    """The players of a lesson that have (or, with "-", have not) a part: ".emviz-overlay", "-.emviz-overlay"."""
    for number in lesson.shows:
        roots = lesson.roots(number)
        for at in range(roots.count()):
            has = roots.nth(at).locator(kind.lstrip("-")).count() > 0
            if has is not kind.startswith("-") and "emviz-map" not in roots.nth(at).get_attribute("class"):
                yield Player(lesson.page, roots.nth(at))


def test_it_runs_and_nothing_stands_in_the_way(lesson):
    expect(lesson.page.get_by_role("tab", name=f"{lesson.name}.ipynb", selected=True)).to_be_visible()
    assert lesson.page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    code = [i for i, cell in enumerate(lesson.notebook.cells) if cell.cell_type == "code"]
    told = [lesson.cell(i).locator(".jp-InputPrompt").text_content() for i in code]
    assert all(number in (f"[{i}]:", "") for i, number in enumerate(told, 1)), told  # "": a cell that is folded
    assert lesson.shows
    for number in lesson.shows:
        expect(lesson.roots(number)).not_to_have_count(0)
    expect(lesson.page.locator(".emviz-questions")).to_have_count(len(lesson.numbers("predict")) + 1)
    assert lesson.trouble == []


def test_its_pages_read_well(lesson):
    """Formulas are set, answers fold, printed lines are not broken, nothing is wider than its place."""
    expect(lesson.page.locator("mjx-merror, [data-mjx-error]")).to_have_count(0)
    words = [cell.source for cell in lesson.notebook.cells if cell.cell_type == "markdown"]
    folded = lesson.page.locator(".jp-RenderedMarkdown details")
    assert folded.count() == sum(source.count("<details>") for source in words)
    if folded.count():
        inside = folded.first.locator("p").first
        expect(inside).not_to_be_visible()
        folded.first.locator("summary").click()
        expect(inside).to_be_visible()
    assert [text for text, lines, shown in lesson.printed() if shown != lines] == []
    wide = lesson.page.locator(".jp-Notebook .jp-OutputArea-output").evaluate_all(
        "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)")
    assert wide == []


def test_every_player_steps(lesson):
    for player in [*players_of(lesson, "-.emviz-overlay"), *players_of(lesson, ".emviz-overlay")]:
        last = player.last
        assert last > 0
        player.step.focus()
        seen = []
        for key, step in [("Home", 0), ("ArrowRight", 1), ("ArrowRight", min(2, last)), ("End", last)]:
            lesson.page.keyboard.press(key)
            expect(player.step).to_have_value(str(step))
            seen.append(player.seen())
        captions, pictures = map(set, zip(*seen))
        assert len(captions) == len(pictures) == len({0, 1, min(2, last), last})
        told, same = player.walk()
        assert all(told) and same == []
        lesson.page.keyboard.press("Home")
        expect(player.caption).to_have_text(seen[0][0])
        assert player.seen() == seen[0]
    assert lesson.trouble == []


def test_every_dial_turns(lesson):
    for player in players_of(lesson, ".emviz-dial:visible"):
        most = int(player.dial.get_attribute("max"))
        player.step.focus()
        lesson.page.keyboard.press("End")
        player.dial.focus()
        seen = []
        for key, value in [("Home", 0), ("ArrowRight", 1), ("End", most)]:
            lesson.page.keyboard.press(key)
            expect(player.dial).to_have_value(str(value))
            seen.append((player.dial.get_attribute("aria-valuetext"), player.painted()))
        labels, pictures = map(set, zip(*seen))
        assert len(labels) == len(pictures) == len({0, 1, most})
    assert lesson.trouble == []


def test_every_explorer_is_dragged(lesson):
    """By the mouse, and by keys."""
    for player in players_of(lesson, ".emviz-overlay"):
        def start_again(player=player):  # what is at step 0 after a visit to the end comes from the kernel
            player.step.focus()
            player.keys("End", "Home")

        start_again()
        before = player.painted()
        player.overlay.hover()  # waits until it lies still
        box, picture = player.centers.first.bounding_box(), player.picture.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        way = 1 if x < picture["x"] + picture["width"] / 3 else -1
        player.drag((x, y), (x + 60 * way, y + 10))
        player.until_another(before, start_again)
        before = player.painted()
        player.overlay.focus()
        player.keys("n", "Space", *["ArrowLeft" if way > 0 else "ArrowRight"] * 3, "Space")
        player.until_another(before, start_again)
        expect(player.root.locator(".emviz-alert")).to_have_text("")
        lesson.page.keyboard.press("ArrowRight")
        expect(player.step).to_have_value("1")
    assert lesson.trouble == []


def test_every_map_is_asked(lesson):
    for number in lesson.shows:
        if not (root := lesson.roots(number).and_(lesson.page.locator(".emviz-map"))).count():
            continue
        run = Player(lesson.page, lesson.cell(number).locator(".emviz-run .emviz"))
        picture, words = root.locator(".emviz-picture"), root.locator("[aria-live=polite]")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        seen = set()
        for across, down in [(0.3, 0.3), (0.45, 0.6)]:
            before = run.painted()
            picture.click(position={"x": across * box["width"], "y": down * box["height"]})
            seen.add(words.inner_text())
            run.until_another(before)
        assert len(seen) == 2
        expect(root.locator(".emviz-trouble")).to_have_text("")
    assert lesson.trouble == []


def test_every_question_takes_a_guess_and_tells(lesson):
    """A wrong one by the mouse, the right one by keys, which JupyterLab leaves to the form."""
    asked = {question.text: question for question in (
        *content(lesson.lesson).QUESTIONS.values(), *content(lesson.lesson).QUIZ)}
    fields = lesson.page.locator(".emviz-questions fieldset")
    for number in range(fields.count()):
        field = fields.nth(number)
        said, button = field.locator("[aria-live=polite]"), field.get_by_role("button")
        question = asked.pop(field.locator("legend").text_content().partition(". ")[2])
        wrong = next(option for option in question.options if option != question.answer)
        field.get_by_role("radio", name=wrong, exact=True).check()
        button.click()
        expect(said).to_have_text(question.verdict(wrong))
        field.get_by_role("radio", name=question.answer, exact=True).press("Space")
        button.press("Enter")
        expect(said).to_have_text(question.verdict(question.answer))
    assert list(asked) == []
    assert lesson.trouble == []


def test_every_exercise_is_solved(lesson):
    """Empty, in the first one wrong as well, and then with the solution as if the learner had written it."""
    exercises = list(lesson.exercises())
    assert len(exercises) >= 3
    for at, (number, learners, solution) in enumerate(exercises):
        expect(lesson.said(number + 1)).to_contain_text("Not yet:")
        expect(lesson.said(number + 2).last).to_contain_text("The solution is right.")
        if at == 0:
            assert lesson.answer(number, f"{learners} = lambda *_: 0").startswith("Not yet: ")
        assert lesson.answer(number, solution).startswith("Right: ")
    assert lesson.trouble == []


def test_a_film_that_it_saves_shows_a_run(lesson):
    source = "\n".join(cell.source for cell in lesson.notebook.cells
                       if cell.cell_type == "code" and "exercise" not in cell.metadata.get("tags", []))
    for name in re.findall(r'save_\w+\([^"\n]*"([\w.-]+)"', source):
        assert (lesson.lab.folder / name).stat().st_size > 0
        if name.endswith(".gif"):
            with Image.open(lesson.lab.folder / name) as gif:
                frames = []
                for frame in range(gif.n_frames):
                    gif.seek(frame)
                    frames.append(gif.convert("RGB").tobytes())
            assert len(set(frames)) == len(frames) > 5


def test_saved_and_opened_again_it_shows_stills(lesson):
    """With a kernel that knows of nothing. (The last test of a lesson: it goes to another page.)"""
    lesson.save()
    assert "widget-view" not in str(lesson.notebook)
    lesson.open_again()
    for number in lesson.shows:
        expect(lesson.said(number).locator("img")).not_to_have_count(0)
    for number in (*lesson.numbers("predict"), *lesson.numbers("quiz")):
        expect(lesson.said(number).locator("details")).not_to_have_count(0)
    expect(lesson.page.locator(".emviz, .emviz-questions")).to_have_count(0)
    expect(lesson.page.get_by_text(re.compile("model not found|error displaying", re.IGNORECASE))).to_have_count(0)
