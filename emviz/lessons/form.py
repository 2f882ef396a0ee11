"""Questions with choices as a live form in a notebook."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

_STATIC = files("emviz").joinpath("static")


class Form(anywidget.AnyWidget):
    """Radio buttons for each question, and the answer after a choice. It works without a kernel, too.

    questions: what questions.js shows, one dict a question.
    choices: for each question the number of the option that was chosen when the answer was asked for;
        −1 if it was asked for without a choice, None before that.
    """

    _esm = _STATIC.joinpath("questions.js").read_text(encoding="utf-8")
    _css = _STATIC.joinpath("questions.css").read_text(encoding="utf-8")

    questions: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    choices: traitlets.List[int | None] = traitlets.List().tag(sync=True)

    def __init__(self, questions: list[dict[str, Any]]) -> None:
        super().__init__(questions=questions, choices=[None] * len(questions))
