"""A center under the hand in the explorer against one redraw of `ipywidgets.interact`: JupyterLab in a real Chromium.

Run it with `python benchmarks/explorer_speed.py`, which takes about two minutes, or with `--quick` for a glance. It
needs what `player_speed.py` needs, and times the same way: the two take turns, from the event in the page to the
second animation frame after the picture changed. Each move of the hand runs EM again for 40 iterations and repaints
every point, the ellipses, and the way of each center to its end. The rival draws one state of a run that it has.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from player_speed import (
    CALM,
    DRAG,
    DRAW,
    PACE,
    QUICK,
    RIVAL,
    Lab,
    Notebook,
    Picture,
    find_chromium,
    line,
    running_lab,
    times,
)
from playwright.sync_api import Browser, Page, sync_playwright

MOVES, ROUNDS = (6, 1) if QUICK else (8, 3)

DATA = "data = emviz.datasets.blobs({n}, spread=1.6)  # so wide that EM needs all 40 iterations"
OURS = """emviz.explore(data, model="gaussian", k=4)"""
RUN = """import emviz
{data}
trace = emviz.run(emviz.GaussianMixture(4), data, max_iterations=20, tolerance=0, rng=0)"""

WAYS = '(root) => root.querySelector("[data-mover=trails]").innerHTML'  # what every move changes

MOVED = """(root) => new Promise((done, fail) => {
    const look = () => (WAYS)(root);
    const before = look();
    let began;
    addEventListener("pointermove", (event) => { began ??= event.timeStamp; }, { capture: true, once: true });
    setTimeout(fail, 30_000, new Error("no new picture in half a minute"));
    const observer = new MutationObserver(async () => {
        if (began === undefined || look() === before) return;
        observer.disconnect();
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        done(performance.now() - began);
    });
    observer.observe(root, { subtree: true, childList: true, attributes: true });
})""".replace("WAYS", WAYS)


class Hand:
    """A mouse that takes the last center and moves it around."""

    def __init__(self, picture: Picture) -> None:
        self._page: Page = picture.page
        self._root = picture.root

    def drag(self) -> list[float]:
        """Milliseconds from each move of a drag to new pixels; the first two do not count."""
        x, y = self._take()
        taken = [self._to(*_around(x, y, turn)) for turn in range(1, 3 + MOVES)]
        self._let_go()
        return taken[2:]

    def sweep(self) -> float:
        """Milliseconds from picture to picture while the hand moves on and on."""
        x, y = self._take()
        film = self._root.evaluate_handle(f"(root) => filmed(root, {WAYS})")
        began = time.perf_counter()
        for turn in range(1, DRAG + 1):
            time.sleep(max(0.0, began + turn * PACE - time.perf_counter()))
            self._page.mouse.move(*_around(x, y, turn))
        taken = time.perf_counter() - began
        pictures = film.evaluate("(film) => film()") - 1  # the first was there before
        self._let_go()
        return 1000 * taken / pictures

    def _take(self) -> tuple[float, float]:
        """Press the mouse on the center; returns where."""
        self._page.bring_to_front()
        box = self._root.locator("[data-mover=means] path").last.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self._page.mouse.move(x, y)
        self._page.mouse.down()
        return x, y

    def _let_go(self) -> None:
        """Release the mouse, and give the kernel time to record the new run."""
        self._page.mouse.up()
        self._page.wait_for_timeout(3000)

    def _to(self, x: float, y: float) -> float:
        self._root.evaluate("(root, calm) => rested(root, calm)", CALM)
        moved = self._root.evaluate_handle(f"(root) => [({MOVED})(root)]")  # in a list: not waited for here
        self._page.mouse.move(x, y)
        return moved.evaluate("([moved]) => moved")


def _around(x: float, y: float, turn: int) -> tuple[float, float]:
    """Places on a circle, never twice the same, so that the hand stays in the picture."""
    return x + 30 * math.sin(turn), y + 30 * (1 - math.cos(turn))


def drag(lab: Lab, browser: Browser, n: int, goal: float) -> None:
    data = DATA.format(n=n)
    ours = Notebook(lab, browser, f"ours-{n}", [f"import emviz\n{data}\nprint(len({OURS}.trace) // 2)", OURS])
    theirs = Notebook(lab, browser, f"theirs-{n}", [f"{RUN.format(data=data)}\n{DRAW}", RIVAL])
    for notebook in (ours, theirs):
        notebook.display(1)
    iterations = ours.page.locator(".jp-OutputArea-output").first.inner_text().strip()
    interact, hand = theirs.interact(), Hand(ours.player(1))
    interact.rewind()
    rounds = [(hand.drag(), [interact.press("ArrowRight") for _ in range(MOVES)]) for _ in range(ROUNDS)]
    mine, rival = (statistics.median(sum(column, [])) for column in zip(*rounds, strict=True))
    times(f"a center that moves once, {n:,} points, {iterations} iterations", mine, rival, goal=goal)
    times("… a new picture of one that moves on and on", statistics.median(hand.sweep() for _ in range(ROUNDS)), rival)
    lab.shut_down_kernels()
    for notebook in (ours, theirs):
        notebook.page.close()


def main() -> None:
    print(f"medians; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    line("work", "explorer", "rival", "ratio", "goal")
    with TemporaryDirectory() as folder, running_lab(Path(folder)) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(playwright))
        drag(lab, browser, 500, goal=3)
        drag(lab, browser, 5_000, goal=1)
        browser.close()


if __name__ == "__main__":
    main()
