"""A lesson in JupyterLab as its learner has it: run from top to bottom, to be stepped, dragged and answered."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
from hands import Hands
from lab_in_browser import Lab, cells
from playwright.sync_api import Browser, Locator, Page, expect

LESSONS = sorted(path.stem for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

DONE = 150_000  # milliseconds for a whole notebook, on a machine that does other things as well
ANSWER = 30  # seconds for a kernel, likewise
IDLE = "Python 3 (ipykernel) | Idle"
TROUBLE = ", ".join([  # an exception is shown as one or the other
    ".jp-Notebook [data-mime-type='application/vnd.jupyter.error']",
    ".jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']",
    ".jp-Dialog",
])

# Until the kernel has been through all cells, or will go no further.
RUN_THROUGH = f"""(count) => {{
    const all = document.querySelectorAll(".jp-Notebook .jp-Cell");
    const prompts = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputPrompt")];
    return document.querySelector("{TROUBLE}") ||
        (all.length === count && !prompts.some((prompt) => /^\\[[ *]\\]/.test(prompt.textContent)));
}}"""

# Of each printed text: how many lines it has, and how many of them are on the page.
LINES = """(all) => all.map((pre) => {
    const {lineHeight, paddingTop, paddingBottom} = getComputedStyle(pre);
    const height = pre.getBoundingClientRect().height - parseFloat(paddingTop) - parseFloat(paddingBottom);
    const lines = pre.textContent.trimEnd().split("\\n").length;
    return [pre.textContent, lines, Math.round(height / parseFloat(lineHeight))];
})"""

# Walks through every state, as the thumb of the slider does; the captions, and which states look like the one before.
WALK = """(root) => {
    const input = root.querySelector(".emviz-step input");
    const read = () => [...root.querySelectorAll("[data-mover]")].map((mover) => mover.outerHTML).join("");
    const told = [], same = [];
    let before = "";
    for (let step = 0; step <= Number(input.max); step += 1) {
        input.value = step;
        input.dispatchEvent(new Event("input"));
        told.push(root.querySelector(".emviz-caption [aria-live]").innerText);
        const now = read();
        if (now === before) same.push(step);
        before = now;
    }
    return [told, same];
}"""


class OpenLesson:
    """A notebook of the lessons in JupyterLab.

    name: "01_heights".  notebook: as it was copied by `emviz lab`; after `run` as JupyterLab has saved it.
    trouble: what the page complained of, and what it asked the network for.
    """

    def __init__(self, name: str, lab: Lab) -> None:
        self.name, self.lesson, self.lab = name, name.partition("_")[2], lab
        self.trouble: list[str] = []
        self.notebook = self._on_disk()
        self.page: Page

    def _on_disk(self) -> nbformat.NotebookNode:
        return nbformat.read(self.lab.folder / f"{self.name}.ipynb", as_version=4)

    def open(self, browser: Browser, address: str) -> None:
        self.page = browser.new_page(viewport={"width": 1300, "height": 1000}, reduced_motion="reduce")
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.trouble.append(said.text))
        self.page.on("request", lambda request: self._about(request.url))
        self.page.goto(address)
        cells(self.page).first.wait_for()

    def _about(self, url: str) -> None:
        if not url.startswith((self.lab.root, "blob:", "data:")):
            self.trouble.append(f"the page wants {url}")

    def run(self) -> None:
        """Run All Cells, then saves; a kernel that dies, and a cell that fails, stop it at once."""
        expect(self.page.get_by_text(IDLE).or_(self.page.locator(".jp-Dialog")).first).to_be_visible(timeout=60_000)
        self._fail_fast()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_text("Run All Cells", exact=True).click()
        self.page.wait_for_function(RUN_THROUGH, arg=len(self.notebook.cells), timeout=DONE)
        self._fail_fast()
        self.save()

    def _fail_fast(self) -> None:
        words = self.page.locator(TROUBLE).all_inner_texts()
        assert not words, "\n".join([f"{self.name}:", *words, *self.lab.log[-20:]])

    def save(self) -> None:
        self.page.get_by_role("menuitem", name="File", exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile("^Save Notebook(?! As)")).click()
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0, timeout=30_000)
        self.notebook = self._on_disk()

    def open_again(self) -> None:
        """In a page and a kernel that know nothing of what was; all cells are there after that."""
        self.lab.shut_down_kernels()
        self.page.reload()
        # JupyterLab makes cells out of view in its spare time. Whoever scrolls meanwhile waits for longer.
        expect(cells(self.page)).to_have_count(len(self.notebook.cells), timeout=60_000)

    # ------------------------------------------------------------------ what there is

    def numbers(self, tag: str) -> list[int]:
        """The numbers of the cells with a tag."""
        return [i for i, cell in enumerate(self.notebook.cells) if tag in cell.metadata.get("tags", [])]

    def cell(self, number: int) -> Locator:
        return cells(self.page).nth(number)

    def said(self, number: int) -> Locator:
        """What a cell shows."""
        return self.cell(number).locator(".jp-OutputArea-output")

    @property
    def shows(self) -> list[int]:
        """The numbers of the cells that show a player of any kind."""
        return [i for i, cell in enumerate(self.notebook.cells) if any(
            output.get("data", {}).get("text/plain", "").startswith("emviz ") for output in cell.get("outputs", ()))]

    def roots(self, number: int) -> Locator:
        """The players of a cell: one, or a map and its run."""
        return self.cell(number).locator(".emviz")

    def printed(self) -> list[list]:
        return self.page.locator(".jp-Notebook .jp-RenderedText[data-mime-type*=stdout] pre").evaluate_all(LINES)

    # ------------------------------------------------------------------ exercises

    def exercises(self) -> Iterator[tuple[int, str, str]]:
        """Of each exercise: the number of its cell, the learner's name, and code that gives it the solution."""
        for exercise, check, solution in zip(*map(self.numbers, ("exercise", "check", "solution"))):
            assert (check, solution) == (exercise + 1, exercise + 2)
            learners = re.search(r'check\("[\w.]+", (\w+)\)', self.notebook.cells[check].source)[1]
            source = self.notebook.cells[solution].source
            theirs = re.search(r"^(?:def )?(\w+_solution)\b", source, re.MULTILINE)[1]
            code = re.sub(r"^check\(.*\)$", "", source, flags=re.MULTILINE).strip()
            yield exercise, learners, f"{code}\n\n\n{learners} = {theirs}"

    def answer(self, number: int, code: str) -> str:
        """Writes an answer over an exercise, runs it and its check with Shift + Enter; what the check says."""
        editor = self.cell(number).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        prompts = [self.cell(at).locator(".jp-InputPrompt") for at in (number, number + 1)]
        for prompt in prompts:
            prompt.evaluate("(prompt) => { prompt.textContent = ''; }")
        for prompt in prompts:
            self.page.keyboard.press("Shift+Enter")
            expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
        expect(self.said(number)).to_have_count(0)  # a slip in the code would be an error here
        return " ".join(self.said(number + 1).inner_text().split())


class Player(Hands):
    """A player or an explorer on the page."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page, self.root = page, root
        self.picture = root.locator(".emviz-picture")
        self.step, self.dial = root.locator(".emviz-step input"), root.locator(".emviz-dial input")
        self.caption = root.locator(".emviz-caption [aria-live]")
        self.overlay, self.centers = root.locator(".emviz-overlay"), root.locator(".emviz-center")

    @property
    def last(self) -> int:
        return int(self.step.get_attribute("max") or 0)

    def seen(self) -> tuple[str, str]:
        """Its words, and its picture: all that can move."""
        return self.caption.inner_text(), self.painted()

    def painted(self) -> str:
        return self.root.locator("[data-mover]").evaluate_all("(all) => all.map((one) => one.outerHTML).join('')")

    def press(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)
        self.page.mouse.down()

    def at(self, x: float, y: float) -> tuple[float, float]:
        return x, y

    def until_another(self, before: str, look: Callable[[], object] = lambda: None) -> None:
        """Until something else is painted than before; look() is done before every look."""
        deadline = time.monotonic() + ANSWER
        while look() or self.painted() == before:
            assert time.monotonic() < deadline, "the kernel does not answer, or the picture stays as it was"
            self.page.wait_for_timeout(50)

    def walk(self) -> tuple[Sequence[str], Sequence[int]]:
        """The captions of all states, and the states that look like the one before."""
        return tuple(self.root.evaluate(WALK))

