"""The form of predict-first questions in a real Chromium: choose by key or pointer, then the answer."""

from importlib.resources import files
from urllib.parse import quote

import pytest

from emviz.lessons.questions import Question, Questions

pytestmark = pytest.mark.browser

TWO = Questions("Quiz", (
    Question("Is 2 < 3?", ("yes", "no", "<b>perhaps</b>"), "yes", "Because 3 − 2 > 0."),
    Question("Is 3 < 2?", ("yes", "no"), "no", "Because 2 − 3 < 0."),
))

# What anywidget does: a model with get, set and save_changes, and an element to render into.
RENDER = """async ([source, questions, choices]) => {
    const { default: { render } } = await import(source);
    window.state = { questions, choices };
    window.saved = [];
    window.heard = [];
    document.addEventListener("keydown", (event) => heard.push(event.key));
    const model = {
        get: (name) => state[name],
        set: (name, value) => { state[name] = value; },
        save_changes: () => saved.push(JSON.stringify(state.choices)),
    };
    window.remove = render({ model, el: document.body });
}"""


@pytest.fixture
def form(browser):
    """The page with both questions on it."""
    page = browser.new_page()
    static = files("emviz").joinpath("static")
    page.set_content("<title>questions</title>")
    page.add_style_tag(content=static.joinpath("questions.css").read_text(encoding="utf-8"))
    source = "data:text/javascript;charset=utf-8," + quote(static.joinpath("questions.js").read_text(encoding="utf-8"))
    widget = TWO.form()
    page.evaluate(RENDER, [source, widget.questions, widget.choices])
    yield page
    page.close()


def said(form, number=0):
    return form.locator("[aria-live=polite]").nth(number).inner_text()


def test_every_question_is_a_named_group_of_radio_buttons(form):
    for question, head in zip(TWO.questions, ("Quiz, question 1 of 2.", "Quiz, question 2 of 2.")):
        group = form.get_by_role("group", name=f"{head} {question.text}")
        assert group.get_by_role("radio").count() == len(question.options)
        assert group.get_by_role("radio", checked=True).count() == 0
        assert group.get_by_role("button").inner_text() == "Show the answer"
    assert form.get_by_role("radio", name="<b>perhaps</b>").count() == 1, "words are words, not markup"


def test_keys_choose_and_ask_and_the_notebook_hears_none_of_them(form):
    form.keyboard.press("Tab")
    form.keyboard.press("Space")
    form.keyboard.press("ArrowDown")
    form.keyboard.press("Tab")
    form.keyboard.press("Enter")
    assert said(form) == "You said: no. The answer: yes. Because 3 − 2 > 0."
    assert said(form, 1) == ""
    # the first Tab came from outside the form
    assert form.evaluate("heard") == ["Tab"]
    assert form.evaluate("saved") == ["[1,null]"]


def test_the_keys_of_the_notebook_reach_it(form):
    form.get_by_role("radio", name="no").first.focus()
    form.keyboard.press("Shift+Enter")
    form.keyboard.press("Control+s")
    form.keyboard.press("Escape")
    assert [key for key in form.evaluate("heard") if key not in ("Shift", "Control")] == ["Enter", "s", "Escape"]


def test_without_a_choice_the_first_press_asks_for_one(form):
    button = form.get_by_role("button").nth(1)
    button.click()
    assert said(form, 1).startswith("Choose first")
    assert form.evaluate("saved") == []
    button.click()
    assert said(form, 1) == "The answer: no. Because 2 − 3 < 0."
    assert form.evaluate("saved") == ["[null,-1]"]


def test_one_may_try_again_and_choices_of_two_questions_are_independent(form):
    for name, expected in (("yes", "Right."), ("no", "The answer: yes.")):
        form.get_by_role("radio", name=name).first.check()
        form.get_by_role("button").first.click()
        assert expected in said(form)
    form.get_by_role("radio", name="yes").nth(1).check()
    assert form.get_by_role("radio", checked=True).count() == 2
    assert form.evaluate("saved") == ["[0,null]", "[1,null]"]


def test_targets_are_large_enough(form):
    for target in (*form.locator("label").all(), *form.get_by_role("button").all()):
        assert target.bounding_box()["height"] >= 24  # WCAG 2.2, 2.5.8


def test_it_goes_as_it_came(form):
    form.evaluate("remove()")
    assert form.get_by_role("group").count() == 0
