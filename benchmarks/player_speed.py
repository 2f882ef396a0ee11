"""The player against `ipywidgets.interact` redrawing an inline figure: JupyterLab in a real Chromium, one run.

Run it with `python benchmarks/player_speed.py`, which takes about three minutes, or with `--quick` for a glance. It
needs a Chromium and what the tests need. Machines are noisy: the two take turns, and what counts is the ratio of the
medians.

A step is timed in the page, from the key press to the second animation frame after the picture changed (an image:
after it was decoded). By Chromium's own traces that is when it draws the new pixels, within a few milliseconds. The
wait for the next refresh of the screen, up to 17 ms, is in it for both.
"""

from __future__ import annotations

import json
import os
import statistics
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from matplotlib.text import Text

import emviz
from emviz.marks import record

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from lab_in_browser import Lab, cells, find_chromium, run_cell, running_lab
from playwright.sync_api import Browser, Locator, Page, WebSocket, sync_playwright

QUICK = "--quick" in sys.argv
PRESSES, ROUNDS = (6, 1) if QUICK else (20, 3)
LAST = 40    # the last step
DRAG = 36    # how many values a drag crosses
PACE = 0.04  # seconds for each of them: a second and a half from end to end is a quick hand
CALM = 100   # milliseconds without a change: a picture is at rest

RUN = """import emviz.player
trace = emviz.run(emviz.GaussianMixture(4), emviz.datasets.blobs({n}), max_iterations=20, tolerance=0, rng=0)"""
OURS = "emviz.show(trace)"
# The same picture as a learner writes it. The labels are ready, so that a step only draws.
DRAW = """import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact
from matplotlib.patches import Ellipse

labels = [np.zeros(len(trace.data))] + [trace.labels(step) for step in range(1, len(trace))]

def draw(step):
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 5.4), width_ratios=(2, 1))
    params = trace[step].params
    left.scatter(*trace.data.T, c=labels[step], cmap="tab10", s=12)
    left.plot(*params.means.T, "kx")
    for mean, covariance in zip(params.means, params.covariances):
        (short, long), axes = np.linalg.eigh(covariance)
        angle = np.degrees(np.arctan2(axes[1, 1], axes[0, 1]))
        for sigmas in (1, 2, 3):
            left.add_patch(Ellipse(mean, *(2 * sigmas * np.sqrt([long, short])), angle=angle, fill=False))
    left.set_title(f"{trace[step].kind}, iteration {trace[step].iteration}")
    right.plot(trace.log_likelihoods[:step + 1])
    right.set(xlim=(0, len(trace)), xlabel="step", title="log-likelihood")
    plt.show()"""
RIVAL = "interact(draw, step=(0, 40));"

IN_PAGE = """() => {
const frame = () => new Promise(requestAnimationFrame);
const everything = { subtree: true, childList: true, attributes: true };

// What tells a state from the others: where "now" is in the curve of the player, or the image.
const look = (root) => {
    const image = root.querySelector("img");
    return root.querySelector("[data-mover=now]")?.innerHTML ?? (image?.complete ? image.src : undefined);
};

// When a key was last pressed: heard before the player, which keeps its keys to itself.
let began;
addEventListener("keydown", (event) => { began = event.timeStamp; }, { capture: true });

// Resolves to the milliseconds from the next key press to new pixels.
window.pressed = (root) => new Promise((done, fail) => {
    const before = look(root);
    setTimeout(fail, 30_000, new Error("no new picture in half a minute"));
    began = undefined;
    const observer = new MutationObserver(async () => {
        await root.querySelector("img")?.decode().catch(() => null); // gone again, if another one has come
        if (began === undefined || [undefined, before].includes(look(root))) return;
        observer.disconnect();
        await frame();
        await frame();
        done(performance.now() - began);
    });
    observer.observe(root, everything);
});

// Resolves when nothing in an element has changed for some milliseconds.
window.rested = (root, calm) => new Promise((done) => {
    let timer;
    const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => done(observer.disconnect()), calm);
    };
    const observer = new MutationObserver(wait);
    observer.observe(root, everything);
    wait();
});

// Keeps what is painted frame by frame, until it is called: then it returns how many different pictures there were.
window.filmed = (root, see = look) => {
    const pictures = new Set();
    let next;
    const shoot = () => {
        pictures.add(see(root));
        next = requestAnimationFrame(shoot);
    };
    shoot();
    return () => {
        cancelAnimationFrame(next);
        return pictures.size;
    };
};
}"""


# ------------------------------------------------------------------ hands and eyes


class Notebook:
    """An open notebook whose first cell has run."""

    def __init__(self, lab: Lab, browser: Browser, name: str, code: list[str]) -> None:
        lab.write(name, code)
        self.messages: list[str] = []  # between the page and its kernel
        self.page = lab.open(browser, name, self._listen)
        self.page.evaluate(IN_PAGE)
        run_cell(self.page, 0)

    def _listen(self, socket: WebSocket) -> None:
        if "/kernels/" in socket.url:
            socket.on("framesent", lambda data: self.messages.append(f"{_kind(data)} to the kernel"))
            socket.on("framereceived", lambda data: self.messages.append(f"{_kind(data)} back"))

    def select(self, number: int) -> None:
        """Make a cell the one that a key runs."""
        self.page.bring_to_front()
        cells(self.page).nth(number).locator(".jp-InputPrompt").click()
        self.page.wait_for_timeout(CALM)

    def display(self, number: int) -> float:
        """Milliseconds from running a cell to its picture."""
        self.select(number)
        return _timed(self.page, cells(self.page).nth(number), "Control+Enter")

    def messages_of(self, picture: Picture) -> str:
        """What a step sends to the kernel, and what comes back."""
        self.messages.clear()
        picture.press("ArrowRight")
        self.page.wait_for_timeout(1000)
        return ", ".join(f"{count} {message}" for message, count in Counter(self.messages).items())

    def player(self, number: int) -> Picture:
        """The player below a cell."""
        root = cells(self.page).nth(number).locator(".emviz")
        slider = root.get_by_label("Step", exact=True)
        return Picture(self.page, root.locator(".emviz-picture"), slider, slider, inset=12)

    def interact(self) -> Picture:
        root = self.page.locator(".widget-interact")
        return Picture(self.page, root.locator(".widget-output"), root.locator(".noUi-handle"),
                       root.locator(".noUi-base"), inset=0)


@dataclass
class Picture:
    """A picture with a slider below or above it."""

    page: Page
    root: Locator    # the picture
    handle: Locator  # takes the keys
    track: Locator   # what a handle is dragged along
    inset: float     # pixels from the end of the track to the middle of the handle at its end

    def rewind(self) -> None:
        """To the first step, whatever is shown."""
        self.page.bring_to_front()
        self.handle.press("Home")
        self._rest(1000)

    def press(self, key: str) -> float:
        """Milliseconds from a key press to new pixels."""
        self.page.bring_to_front()
        self.handle.focus()
        self._rest(CALM)
        return _timed(self.page, self.root, key)

    def drag(self) -> int:
        """How many of the values that a quick drag crosses are painted."""
        self.rewind()
        film = self.root.evaluate_handle("(root) => filmed(root)")
        box = self.track.bounding_box()
        assert box is not None
        start, y = box["x"] + self.inset, box["y"] + box["height"] / 2
        unit = (box["width"] - 2 * self.inset) / LAST
        self.page.mouse.move(start, y)
        self.page.mouse.down()
        began = time.perf_counter()
        for value in range(1, DRAG + 1):
            time.sleep(max(0.0, began + value * PACE - time.perf_counter()))
            self.page.mouse.move(start + value * unit, y)
        self.page.mouse.up()
        self._rest(1000)
        return film.evaluate("(film) => film()") - 1  # the first was there before


    def _rest(self, calm: int) -> None:
        """Wait until the picture has been still for that many milliseconds."""
        self.root.evaluate("(root, calm) => rested(root, calm)", calm)


def _timed(page: Page, root: Locator, key: str) -> float:
    timing = root.evaluate_handle("(root) => [pressed(root)]")  # in a list: a promise would be waited for here
    page.keyboard.press(key)
    return timing.evaluate("([pressed]) => pressed")


def _kind(message: bytes) -> str:
    """Of a message in the kernel protocol v1 of Jupyter: a count, as many offsets, then the parts."""
    (count,) = struct.unpack_from("<Q", message)
    _, start, end, *_ = struct.unpack_from(f"<{count}Q", message, 8)
    return json.loads(message[start:end])["msg_type"]


def in_turns(pictures: list[Picture]) -> list[float]:
    """Of each picture, the median over many key presses; the first two do not count."""
    for picture in pictures:
        picture.rewind()
    times = [[picture.press("ArrowRight") for picture in pictures] for _ in range(2 + PRESSES)]
    return [statistics.median(column) for column in zip(*times[2:], strict=True)]


# ------------------------------------------------------------------ the table


def line(work: str, ours: str, rival: str, ratio: str, goal: str = "", reached: bool | None = None) -> None:
    verdict = {True: "reached", False: "MISSED", None: ""}[reached]
    print(f"{work:<56} {ours:>9} {rival:>9} {ratio:>6} {goal:>6}  {verdict}", flush=True)


def times(work: str, ours: float, rival: float, goal: float | None = None) -> None:
    """A line for two times in milliseconds; goal: how many times as long the rival should take."""
    ratio = rival / ours
    line(work, f"{ours:.1f} ms", f"{rival:.1f} ms", f"{ratio:.1f}", f"≥ {goal:g}" if goal else "",
         ratio >= goal if goal else None)


def painted(work: str, ours: int, rival: int) -> None:
    line(work, f"{ours} of {DRAG}", f"{rival} of {DRAG}", "", "all", ours >= DRAG)


def recording() -> None:
    """What a state costs in this process."""
    def each(work: Callable[[emviz.scenes.Scene], object]) -> float:
        scene = emviz.scene(trace)
        begin = time.process_time()  # whatever else the machine does
        work(scene)
        return 1000 * (time.process_time() - begin) / len(trace)

    def draw(scene: emviz.scenes.Scene) -> None:
        for step in range(len(scene)):
            scene.show(step)
            scene.figure.canvas.draw()

    def frames(scene: emviz.scenes.Scene) -> None:
        for step in range(len(scene)):
            scene.frame(step)

    trace = emviz.run(emviz.GaussianMixture(4), emviz.datasets.blobs(500), max_iterations=20, tolerance=0, rng=0)
    rounds = [[each(work) for work in (record, draw, frames)] for _ in range(ROUNDS)]
    recorded, drawn, framed = (statistics.median(column) for column in zip(*rounds, strict=True))
    times("a recorded state, against an Agg draw", recorded, drawn, goal=3)
    times("a recorded state, against scene.frame", recorded, framed)


def few_points(lab: Lab, browser: Browser) -> None:
    run = RUN.format(n=500)
    ours = Notebook(lab, browser, "ours", [run.replace(".player", ""), OURS])
    theirs = Notebook(lab, browser, "theirs", [f"{run}\n{DRAW}", RIVAL])
    loading, _ = ours.display(1), theirs.display(1)
    player, interact = ours.player(1), theirs.interact()

    step, rival_step = in_turns([player, interact])
    times("a key press, 500 points", step, rival_step, goal=10)
    drags = [[picture.drag() for picture in (player, interact)] for _ in range(ROUNDS)]
    painted("values painted of a quick drag", *map(statistics.median_low, zip(*drags, strict=True)))
    sent = [ours.messages_of(player), theirs.messages_of(interact)]
    displays(lab, browser, interact)
    times("… the first, where it has to load the libraries, too", loading, 3 * rival_step)
    lab.shut_down_kernels()
    painted("values painted of a quick drag, with no kernel", player.drag(), interact.drag())
    for name, messages in zip(("player", "interact"), sent, strict=True):
        print(f"    a step of {name}: {messages}")
    for notebook in (ours, theirs):
        notebook.page.close()


def displays(lab: Lab, browser: Browser, interact: Picture) -> None:
    """From running a cell to its picture, in new kernels, beside three steps of interact."""
    rounds = []
    for number in range(ROUNDS):
        new = Notebook(lab, browser, f"new-{number}", [RUN.format(n=500), OURS, OURS])
        first = new.display(1)
        steps = sum(interact.press("ArrowLeft") for _ in range(3))
        rounds.append((first, new.display(2), steps))
        new.page.close()
    first, second, steps = (statistics.median(column) for column in zip(*rounds, strict=True))
    times("the first display, against three steps", first, steps, goal=1)
    times("… the second", second, steps)


def many_points(lab: Lab, browser: Browser) -> None:
    run, more = (RUN.format(n=n) for n in (10_000, 100_000))
    ours = Notebook(lab, browser, "many", [run, OURS])
    theirs = Notebook(lab, browser, "their-many", [f"{run}\n{DRAW}", RIVAL])
    most = Notebook(lab, browser, "most", [more, OURS])
    for notebook in (ours, theirs, most):
        notebook.display(1)
    ten, rival_ten, hundred = in_turns([ours.player(1), theirs.interact(), most.player(1)])
    times("a key press, 10,000 points", ten, rival_ten, goal=3)
    times("a key press, 100,000 points, against the player's 10,000", hundred, ten, goal=0.8)
    scene = emviz.scene(emviz.run(emviz.GaussianMixture(4), emviz.datasets.blobs(100_000), max_iterations=0))
    texts = [artist.get_text() for artist in scene.figure.findobj(Text)]
    print(f"    the picture of 100,000 points says: {', '.join(text for text in texts if 'shown' in text)}")


def main() -> None:
    print(f"medians; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'work':<56} {'player':>9} {'rival':>9} {'ratio':>6} {'goal':>6}")
    recording()
    with TemporaryDirectory() as folder, running_lab(Path(folder)) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(playwright))
        few_points(lab, browser)
        many_points(lab, browser)
        browser.close()


if __name__ == "__main__":
    main()
