"""The tools of the notebooks: verdicts on answers, questions with choices, stills."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emviz import lessons
from emviz.lessons.checks import Case, Exercise, Verdict, judged
from emviz.lessons.questions import Question, Questions

WIDGET = "application/vnd.jupyter.widget-view+json"

COLUMN_MEANS = Exercise(
    right=lambda table: table.mean(axis=0),
    cases=(Case((np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 0.0]]),), "two rows"),
           Case((np.zeros((0, 3)),), "no rows", "The mean of nothing is nan here")),
    shape="one number a column",
    done="that is the mean",
    slips={"these are sums. Divide by the number of rows": lambda table: table.sum(axis=0)},
)
TABLE = Exercise(right=lambda n: np.arange(6.0).reshape(n, 3), cases=(Case((2,), "n = 2"),), shape="n rows, 3 columns",
                 done="so it is")


def sentence(answer: Any, exercise: Exercise = TABLE) -> str:
    return str(judged(exercise, answer))


@pytest.mark.parametrize("answer", [
    lambda n: np.arange(6.0).reshape(n, 3),
    lambda n: [[0, 1, 2], [3, 4, 5]],
    lambda n: ((0, 1, 2), (3, 4, 5 + 1e-9)),
    lambda n: np.arange(6, dtype=np.float32).reshape(n, 3, 1),
], ids=["array", "list", "rounded", "one axis more"])
def test_any_right_type_and_shape_is_right(answer: Callable[..., Any]) -> None:
    assert sentence(answer) == "Right: so it is."


def test_a_data_frame_is_right() -> None:
    pandas = pytest.importorskip("pandas")
    assert judged(TABLE, lambda n: pandas.DataFrame(np.arange(6.0).reshape(n, 3))).right


@pytest.mark.parametrize(("answer", "said"), [
    (None, "nothing here yet"),
    (..., "nothing here yet"),
    (lambda n: None, "returns nothing yet"),
    (lambda n: ..., "returns nothing yet"),
    (np.arange(6.0).reshape(2, 3), "hand over the function itself"),
    (lambda n: "six numbers", "returns a str. It should return n rows, 3 columns"),
    (lambda n: [[1, 2], [3]], "a list whose parts differ in shape"),
    (lambda n: np.arange(6.0).reshape(n, 3).T, "with rows and columns exchanged"),
    (lambda n: np.arange(6.0), "returns an array of shape (6,)"),
    (lambda n: 7, "returns one number"),
    (lambda n: np.array([[0, 1, 2], [3, 4.5, 5]]), "for n = 2 your function gives 4.5 at [1, 1], and 4 is right"),
    (lambda n: np.array([[0, 1, 2], [3, np.nan, 9]]), "gives nan at [1, 1]"),
    (lambda n: 1 / 0, "stops with ZeroDivisionError: division by zero (for n = 2)"),
    (lambda: 1, "stops with TypeError"),
    (lambda n: {}[n], "stops with KeyError: 2"),
])
def test_a_wrong_answer_is_told_what_is_wrong(answer: Any, said: str) -> None:
    assert sentence(answer).startswith("Not yet: ")
    assert said in sentence(answer)
    assert "\n" not in sentence(answer)


@pytest.mark.parametrize(("answer", "said"), [
    (lambda n: np.arange(6.0).reshape(n, 3) * (1 + 1e-5), "gives 5.00005 at [1, 2], and 5 is right"),
    (lambda n: exit("enough"), "your function stops with SystemExit: enough"),
    (lambda n: range(0), "an array of shape (0,)"),
    (lambda n: object(), "returns an object"),
])
def test_a_difference_can_be_read(answer: Any, said: str) -> None:
    assert said in sentence(answer)


def test_right_but_rounded() -> None:
    thirds = Exercise(right=lambda n: np.arange(n) / 3, cases=(Case((4,), "n = 4"),), shape="n numbers", done="good")
    assert "right, but rounded" in sentence(lambda n: np.round(np.arange(n) / 3, 3), thirds)
    assert sentence(lambda n: np.arange(n) / 3, thirds) == "Right: good."


def test_a_sentence_keeps_its_own_end() -> None:
    assert str(Verdict(False, "why not the whole file?")) == "Not yet: why not the whole file?"


def test_a_usual_mistake_is_named() -> None:
    assert sentence(lambda table: table.sum(axis=0), COLUMN_MEANS) == \
        "Not yet: these are sums. Divide by the number of rows."


def test_an_answer_may_write_into_its_arguments_and_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    def rude(table: np.ndarray) -> np.ndarray:
        table *= 2
        return np.log(0 * table[0, 0] if len(table) else np.nan) + table.sum(axis=0)

    argument = COLUMN_MEANS.cases[0].arguments[0]
    before = argument.copy()
    assert not judged(COLUMN_MEANS, rude).right
    assert (argument == before).all()
    assert not recwarn


def test_a_check_that_fails_itself_still_speaks() -> None:
    def broken(answer: Any) -> lessons.Verdict:
        raise RuntimeError("out of order\nand more")

    assert str(judged(broken, 1)) == "Not yet: your answer cannot be used: RuntimeError: out of order."


def test_check_prints_short_lines_and_returns_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert lessons.check("heights.new_sigmas", None) is None
    printed = capsys.readouterr().out
    assert printed.startswith("Not yet: there is nothing here yet.")
    assert max(map(len, printed.splitlines())) <= 72
    assert " ".join(printed.split()) == str(lessons.verdict("heights.new_sigmas", None))


def test_a_folded_solution_says_that_it_is_one_and_gives_nothing_away(capsys: pytest.CaptureFixture[str]) -> None:
    lessons.check("heights.start_elsewhere", [50, 60], solution=True)
    assert capsys.readouterr().out == "The solution is right. Unfold its cell to read it.\n"
    lessons.check("heights.start_elsewhere", [66, 66], solution=True)
    assert capsys.readouterr().out.startswith("The solution. Not yet: two equal means never part")


def test_a_usual_mistake_that_stops_is_named() -> None:
    exercise = Exercise(right=lambda table: table, cases=(Case((np.ones((3, 2)),), "three rows"),), shape="3 rows",
                        done="so it is", slips={"keep the axis": lambda table: table / table.sum(axis=1)})
    assert sentence(lambda table: (table + 1) / table.mean(axis=1), exercise) == "Not yet: keep the axis."
    assert "stops with KeyError: 2 (for three rows)" in sentence(lambda table: {}[2], exercise)
    assert "gives 2 at [0, 0], and 1 is right" in sentence(lambda table: 2 * table, exercise)


def test_a_usual_mistake_of_another_shape_is_named() -> None:
    exercise = Exercise(right=lambda table: table.mean(axis=0), cases=(Case((np.eye(3, 2),), "three rows"),),
                        shape="one number a column", done="so it is",
                        slips={"these are means of the rows": lambda table: table.mean(axis=1)})
    assert sentence(lambda table: table.mean(axis=1), exercise) == "Not yet: these are means of the rows."
    assert "returns an array of shape (3,). It should return one number a column" in \
        sentence(lambda table: table.sum(axis=1), exercise)
    assert "returns nothing yet" in sentence(lambda table: None, exercise)


def test_a_usual_mistake_that_gives_nan_is_named() -> None:
    exercise = Exercise(right=lambda table: np.nan_to_num(table), cases=(Case((np.array([1.0, np.nan]),), "a gap"),),
                        shape="2 numbers", done="so it is", slips={"fill the gap": lambda table: table})
    assert sentence(lambda table: table, exercise) == "Not yet: fill the gap."
    assert "gives nan at [1], and 0 is right" in sentence(lambda table: 1 + table, exercise)


@pytest.mark.parametrize(("ask", "hint"), [
    (lambda: lessons.check("heights.new_sigmes", None), "did you mean 'heights.new_sigmas'"),
    (lambda: lessons.predict("hights.humps"), "did you mean 'heights'"),
    (lambda: lessons.quiz("zebra"), "there are .*'heights'"),
])
def test_an_unknown_name_gets_the_nearest_one(ask: Callable[[], Any], hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        ask()


# ------------------------------------------------------------------ questions

EASY = Question("Is 2 < 3?", ("yes", "no"), "yes", "Because 3 − 2 > 0.")
ONE = Questions("Predict first", (EASY,))


def test_a_question_needs_its_answer_among_the_options() -> None:
    with pytest.raises(ValueError, match="'perhaps' is not among the options"):
        Question("Is it?", ("yes", "no"), "perhaps", "")


def test_saved_words_show_the_question_and_fold_the_answer() -> None:
    bundle, _ = ONE._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", WIDGET}
    assert bundle["text/plain"] == "Predict first: Is 2 < 3?\n  ( ) yes\n  ( ) no"
    open_part, folded = bundle["text/html"].split("<details>")
    assert "Is 2 &lt; 3?" in open_part and "<li>no</li>" in open_part and "Because" not in open_part
    assert folded.startswith("<summary>") and "Because 3 − 2 &gt; 0." in folded


def test_saved_words_are_the_same_in_every_run() -> None:
    code = "from emviz import lessons; q = lessons.quiz('heights'); print(repr(q), q._repr_html_())"
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1


def test_the_form_holds_every_sentence_that_it_may_say() -> None:
    form = Questions("Quiz", (EASY, EASY)).form()
    assert form.choices == [None, None]
    first, second = form.questions
    assert (first["head"], second["head"]) == ("Quiz, question 1 of 2", "Quiz, question 2 of 2")
    assert first["options"] == ["yes", "no"] and "Choose first" in first["nudge"]
    assert first["answer"] == "The answer: yes. Because 3 − 2 > 0."
    assert first["verdicts"] == ["You said: yes. Right. Because 3 − 2 > 0.",
                                 "You said: no. The answer: yes. Because 3 − 2 > 0."]


def test_lessons_load_no_widgets_before_a_question_shows() -> None:
    code = "import sys; from emviz import lessons; lessons.predict('heights.humps'); print('anywidget' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


# ------------------------------------------------------------------ every notebook's content

NAMES = [(notebook, table, name) for notebook in lessons.notebooks() for table in ("CHECKS", "QUESTIONS")
         for name in getattr(lessons._content(notebook), table)]


@pytest.mark.parametrize(("notebook", "table", "name"), NAMES)
def test_its_notebook_uses_it(notebook: str, table: str, name: str) -> None:
    path, = (Path(__file__).parents[2] / "notebooks").glob(f"[0-9][0-9]_{notebook}.ipynb")
    call = {"CHECKS": "check", "QUESTIONS": "predict"}[table]
    assert f'{call}(\\"{notebook}.{name}\\"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("notebook", "name"), [
    (notebook, name) for notebook, table, name in NAMES
    if table == "CHECKS" and isinstance(lessons._content(notebook).CHECKS[name], Exercise)])
def test_every_slip_gets_its_own_sentence(notebook: str, name: str) -> None:
    exercise = lessons._content(notebook).CHECKS[name]
    assert lessons.verdict(f"{notebook}.{name}", exercise.right).right
    for said, slip in exercise.slips.items():
        assert lessons.verdict(f"{notebook}.{name}", slip) == lessons.Verdict(False, said)


def test_the_rooms_tools_are_not_taken_for_notebooks() -> None:
    folder = Path(lessons.__file__).parent
    with_content = {path.stem for path in folder.glob("*.py")
                    if "CHECKS" in {target.id for node in ast.parse(path.read_text(encoding="utf-8")).body
                                    if isinstance(node, ast.Assign) for target in node.targets
                                    if isinstance(target, ast.Name)}}
    assert set(lessons.notebooks()) == with_content
