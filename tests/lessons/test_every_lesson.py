"""What holds for every lesson: exercises that can be solved, checks that help, questions, and a form."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from lesson import FOLDER, Lesson

from emviz.lessons import _content as content
from emviz.lessons import notebooks, verdict
from emviz.lessons.checks import EMPTY

TESTED = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
WRITTEN = {path.stem[3:] for path in FOLDER.glob("[0-9][0-9]_*.ipynb")}
TESTS = {name: importlib.import_module(f"test_{name}") for name in notebooks() if name in TESTED & WRITTEN}
LESSONS: dict[str, Lesson] = {name: tests.LESSON for name, tests in TESTS.items()}
EXERCISES = [(name, *exercise) for name, lesson in LESSONS.items() for exercise in lesson.exercises]
IDS = [check for _, check, *_ in EXERCISES]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # an answer may write a file


def test_every_notebook_is_a_lesson_with_tests() -> None:
    assert set(LESSONS) == set(notebooks()) == WRITTEN


@pytest.mark.parametrize("name", LESSONS)
def test_every_check_belongs_to_an_exercise(name: str) -> None:
    assert [check for check, *_ in LESSONS[name].exercises] == [f"{name}.{check}" for check in content(name).CHECKS]


@pytest.mark.parametrize(("name", "check", "learners", "cell", "solution"), EXERCISES, ids=IDS)
def test_an_empty_exercise_is_told_to_begin(name: str, check: str, learners: str, cell: Any, solution: Any) -> None:
    told = verdict(check, LESSONS[name].defined(cell)[learners])
    assert not told.right and "YOUR CODE HERE" in told.sentence
    assert not verdict(check, None).right and verdict(check, None).sentence == EMPTY


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("name", "check", "learners", "cell", "solution"), EXERCISES, ids=IDS)
def test_every_solution_is_right(name: str, check: str, learners: str, cell: Any, solution: Any) -> None:
    solutions = LESSONS[name].solutions(solution)
    assert solutions
    for answer in solutions:
        assert verdict(check, answer).right


# RIGHT of each test module: (name of the check, answer); WRONG: the same, and words that the sentence must have.
RIGHT = [(f"{name}.{check}", answer) for name, tests in TESTS.items() for check, answer in tests.RIGHT]
WRONG = [(f"{name}.{check}", answer, said) for name, tests in TESTS.items() for check, answer, said in tests.WRONG]


def numbered(table: list[tuple]) -> list[str]:
    """Names of tests that are the same in every process, whatever the answers are."""
    return [f"{row}-{check}" for row, (check, *_) in enumerate(table)]


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("check", "answer"), RIGHT, ids=numbered(RIGHT))
def test_another_way_to_be_right(check: str, answer: Any) -> None:
    told = verdict(check, answer)
    assert told.right, told


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("check", "answer", "said"), WRONG, ids=numbered(WRONG))
def test_a_wrong_answer_gets_a_helpful_sentence(check: str, answer: Any, said: str) -> None:
    told = verdict(check, answer)
    assert not told.right and said in told.sentence


@pytest.mark.parametrize("check", IDS)
def test_two_wrong_answers_or_more_are_told_apart(check: str) -> None:
    assert len({said for name, _, said in WRONG if name == check}) >= 2


@pytest.mark.parametrize("name", LESSONS)
def test_it_asks_before_and_after(name: str) -> None:
    assert len(content(name).QUIZ) >= 3
    assert len(LESSONS[name].cells("predict")) == len(content(name).QUESTIONS) >= 2
    assert len(LESSONS[name].cells("quiz")) == 1
    for question in (*content(name).QUESTIONS.values(), *content(name).QUIZ):
        assert len(set(question.options)) == len(question.options) >= 2
        assert question.why.endswith((".", "?", "!"))


@pytest.mark.parametrize("name", LESSONS)
def test_it_has_the_parts_of_a_lesson(name: str) -> None:
    lesson = LESSONS[name]
    first = lesson.notebook.cells[0].source
    assert "**You will learn**" in first and "**You need**" in first
    assert re.search(r"\*\*It takes\*\* \d\d minutes", first)
    headings = [line for cell in lesson.notebook.cells if cell.cell_type == "markdown"
                for line in cell.source.splitlines() if line.startswith("#")]
    assert "## What to remember" in headings and "## Where to go next" in headings


@pytest.mark.parametrize("name", LESSONS)
def test_its_links_lead_somewhere(name: str) -> None:
    """To notebooks beside it; nothing in a lesson needs a network."""
    for cell in LESSONS[name].notebook.cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\(([^)]+)\)", cell.source):
                assert (FOLDER / target.partition("#")[0]).is_file(), target


@pytest.mark.parametrize("name", LESSONS)
def test_a_folded_solution_gives_nothing_away(name: str) -> None:
    """JupyterLab shows the first line of a folded cell, and what the cell prints."""
    for cell in LESSONS[name].cells("solution"):
        assert re.fullmatch(r"# (A solution|Two solutions)\.", cell.source.splitlines()[0])
        assert set(cell.outputs[0].text.splitlines()) == {"The solution is right. Unfold its cell to read it."}
