"""Questions with choices: predict, then look. A live form where one runs, folded HTML where none does."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NUDGE = "Choose first: a guess helps you to see, right or wrong."


@dataclass(frozen=True)
class Question:
    """text: the question.  options: the choices.  answer: the right one of them.  why: the reason, in a few words."""

    text: str
    options: tuple[str, ...]
    answer: str
    why: str

    def __post_init__(self) -> None:
        if self.answer not in self.options:
            raise ValueError(f"answer {self.answer!r} is not among the options {self.options}")

    def verdict(self, choice: str | None = None) -> str:
        """What to say to a choice; None is no choice."""
        if choice is None:
            return f"The answer: {self.answer}. {self.why}"
        if choice == self.answer:
            return f"You said: {choice}. Right. {self.why}"
        return f"You said: {choice}. The answer: {self.answer}. {self.why}"


@dataclass(frozen=True)
class Questions:
    """What `predict` and `quiz` show.

    In a running notebook: radio buttons, and the answer after a choice. In a saved one: the same
    words, with the answer folded away. The saved words are the same in every run.
    """

    title: str
    questions: Sequence[Question]

    def __repr__(self) -> str:
        return "\n\n".join("\n".join([f"{head}: {question.text}", *(f"  ( ) {option}" for option in question.options)])
                           for head, question in self._headed())

    def _repr_html_(self) -> str:
        return "\n".join(
            f"<p><strong>{head}.</strong> {html.escape(question.text)}</p>\n"
            f"<ul>{''.join(f'<li>{html.escape(option)}</li>' for option in question.options)}</ul>\n"
            f"<details><summary>Show the answer</summary><p>{html.escape(question.verdict())}</p></details>"
            for head, question in self._headed())

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = self.form()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self), "text/html": self._repr_html_()}, metadata

    def form(self) -> Any:
        """The live form: a widget."""
        from emviz.lessons.form import Form  # a notebook without questions needs no widgets

        return Form([{
            "head": head, "text": question.text, "options": list(question.options), "nudge": NUDGE,
            "verdicts": [question.verdict(option) for option in question.options], "answer": question.verdict(),
        } for head, question in self._headed()])

    def _headed(self) -> list[tuple[str, Question]]:
        """Each question with its heading."""
        if len(self.questions) == 1:
            return [(self.title, self.questions[0])]
        return [(f"{self.title}, question {number} of {len(self.questions)}", question)
                for number, question in enumerate(self.questions, 1)]
