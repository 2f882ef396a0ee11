"""The explorer inside JupyterLab, with a real kernel: prompt, slow, failing, restarted and gone."""

import json
import re
import time

import numpy as np
import pytest
from hands import Hands
from lab_in_browser import cells, wait_for_kernel
from painted import assert_painted, movers_of
from playwright.sync_api import expect

import emviz
from emviz.explorer.situations import situation

pytestmark = pytest.mark.browser

MODEL = {emviz.KMeans: "kmeans", emviz.GaussianMixture: "gaussian", emviz.BinomialMixture: "coins"}
ASKING, SHOWING, NEXT = range(3)  # cells: one that asks the kernel, above the explorer and a further one


class Wire:
    """What the page and the kernel say to each other about explorers."""

    def __init__(self):
        self.asked, self.answered, self.benches = [], {}, {}
        self.waited = 0  # so many questions a test has waited for

    def listen(self, socket):
        socket.on("framesent", self.sent)
        socket.on("framereceived", self.received)

    def sent(self, frame):
        said = content_of(frame).get("data", {})
        if said.get("method") == "custom":
            self.asked.append(said["content"])

    def received(self, frame):
        content = content_of(frame)
        said = content.get("data", {})
        if not isinstance(said, dict):
            return
        if "bench" in said.get("state", {}):
            self.benches[content["comm_id"]] = said["state"]["bench"]
        if said.get("method") == "custom":
            self.answered[said["content"]["re"]] = said["content"]


def content_of(frame):
    """The content of a message to or from a kernel; {} for any other frame.

    Eight bytes for the number of offsets, eight for each: channel, header, parent, metadata, content, buffers.
    """
    if not isinstance(frame, bytes):
        return {}
    offsets = np.frombuffer(frame, "<u8", count=1 + int.from_bytes(frame[:8], "little"))[1:]
    return json.loads(frame[int(offsets[4]):int(offsets[5])])


class Notebook:
    """A notebook of three cells that a test may fill."""

    def __init__(self, page, wire):
        self.page, self.wire = page, wire

    def run(self, number, code=None):
        """Runs a cell, with other code in it, and waits until the kernel is done."""
        cell = cells(self.page).nth(number)
        prompt = cell.locator(".jp-InputPrompt")
        prompt.evaluate("(prompt) => { prompt.textContent = ''; }")  # a kernel that is new counts from 1 again
        if code is not None:
            self.edit(number)
            self.page.keyboard.insert_text(code)
        else:
            prompt.click()
        self.page.keyboard.press("Control+Enter")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=30_000)
        return cell

    def edit(self, number):
        """Chooses all of a cell's code."""
        cells(self.page).nth(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")

    def kernel(self, expression, before="pass"):
        """What an expression is in the kernel, after some code."""
        cell = self.run(ASKING, f"import json\n{before}\nprint(json.dumps({expression}))")
        output = cell.locator(".jp-OutputArea-output").first
        told = output.inner_text()
        assert "Traceback" not in told, told
        return json.loads(told)

    def explore(self, *given, cell=SHOWING, name="explorer", **named):
        """A new explorer, shown by a cell."""
        words = ", ".join([*map(repr, given), *(f"{key}={value!r}" for key, value in named.items())])
        known = set(self.wire.benches)
        shown = self.run(cell, f"import emviz\n{name} = emviz.explore({words})\n{name}")
        shown.locator(".emviz-overlay").wait_for(state="attached")
        (comm,) = set(self.wire.benches) - known
        return Desk(self, shown.locator(".emviz"), comm)


class Desk(Hands):
    """An explorer in a notebook; places are pixels of its picture."""

    def __init__(self, notebook, root, comm):
        self.notebook, self.page, self.wire, self.comm = notebook, notebook.page, notebook.wire, comm
        self.root = root
        self.overlay = root.locator(".emviz-overlay")
        self.alert = root.get_by_role("alert")
        self.caption = root.locator(".emviz-caption p").first
        self.verdict = root.locator(".emviz-verdict")
        self.step = root.get_by_label("Step", exact=True)

    @property
    def bench(self):
        """What the kernel said last."""
        return self.wire.benches[self.comm]

    def data_at(self, x, y):
        """What a place is on the axes."""
        left, top, right, bottom = self.bench["box"]
        shares = (x - left) / (right - left), (bottom - y) / (bottom - top)
        return [low + share * (high - low) for share, (low, high) in zip(shares, self.bench["axes"])]

    @property
    def pixel(self):
        """How much a pixel is on the axes, at most."""
        left, top, right, bottom = self.bench["box"]
        return max(abs(high - low) / pixels for (low, high), pixels in
                   zip(self.bench["axes"], (right - left, bottom - top)))

    def at(self, x, y):
        """A place in pixels of the page."""
        box = self.overlay.bounding_box()
        zoom = box["width"] / 960
        return box["x"] + zoom * x, box["y"] + zoom * y

    def handles(self):
        """Where the rings around the centers are."""
        return self.root.locator(".emviz-center").evaluate_all("""(all) => all.map((ring) => {
            const {width, height} = ring.closest(".emviz-overlay").querySelector("svg").viewBox.baseVal;
            return [parseFloat(ring.style.left) * width / 100, parseFloat(ring.style.top) * height / 100];
        })""")

    def empty(self):
        """A place of the picture with nothing near."""
        left, top, *_ = self.bench["box"]
        return left + 30, top + 30

    def press(self, x, y):
        self.overlay.scroll_into_view_if_needed()
        self.page.mouse.move(*self.at(x, y))
        self.page.mouse.down()

    def click(self, x, y):
        self.overlay.scroll_into_view_if_needed()
        self.page.mouse.click(*self.at(x, y))

    def answer(self, act, **like):
        """Waits until the kernel has answered what is asked like this next; returns the question and the answer."""
        deadline = time.monotonic() + 30
        like = {"do": act, "rest": True, **like} if act in ("move", "axis") else {"do": act, **like}
        while True:
            for number, asked in enumerate(self.wire.asked[self.wire.waited:], self.wire.waited + 1):
                if asked["id"] in self.wire.answered and like.items() <= asked.items():
                    self.wire.waited = number
                    return asked, self.wire.answered[asked["id"]]
            assert time.monotonic() < deadline, f"no answer to {like} among {self.wire.asked[self.wire.waited:]}"
            self.page.wait_for_timeout(10)  # Playwright hears of frames meanwhile

    def more(self):
        self.root.get_by_role("button", name="More").click()

    def take(self, tool):
        self.more()
        self.root.get_by_label(tool, exact=True).check(force=True)
        self.more()


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """One notebook and one kernel for all tests."""
    wire = Wire()
    lab.write("explorer", ["", "", ""])
    page = lab.open(browser, "explorer", wire.listen)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 1300, "height": 1400})
    wait_for_kernel(page)
    yield Notebook(page, wire)
    page.close()
    lab.shut_down_kernels()


def near(place, other, gap):
    return bool((abs(np.subtract(place, other)) <= gap).all())


# ---------------------------------------------------------------------- centers


def test_a_click_places_a_center(notebook):
    desk = notebook.explore("blobs")
    desk.click(*desk.empty())
    desk.answer("place")
    expect(desk.root.locator(".emviz-center")).to_have_count(5)
    means, step = notebook.kernel("[explorer.trace[0].params.means.tolist(), explorer.step]")
    assert len(means) == 5 and step == 0
    assert near(means[4], desk.data_at(*desk.empty()), 1.5 * desk.pixel)
    expect(desk.root.get_by_label("k", exact=True)).to_have_value("5")


def test_the_picture_follows_a_drag_and_the_run_begins_where_it_ended(notebook):
    desk = notebook.explore("blobs")
    desk.step.fill("3")
    x, y = desk.bench["centers"][0]
    before = [point["fill"].tolist() for point in movers_of(desk.root)["points"]]
    first = desk.bench
    desk.press(x, y)
    desk.pull(x + 150, y + 60)
    expect(desk.caption).to_contain_text("iteration 1:")  # the E-step that would come first
    assert [point["fill"].tolist() for point in movers_of(desk.root)["points"]] != before
    assert desk.bench is first  # nothing has changed yet
    desk.drop()
    desk.answer("move", row=0)
    expect(desk.step).to_have_value("0")
    expect(desk.caption).to_contain_text("Start")
    means, step = notebook.kernel("[explorer.trace[0].params.means.tolist(), explorer.step]")
    assert step == 0 and near(means[0], desk.data_at(x + 150, y + 60), 1.5 * desk.pixel)
    twin = emviz.explore("blobs")
    assert means[1:] == twin.params.means[1:].tolist()
    twin.move(0, means[0])
    assert assert_painted(desk.root, twin.dial[0], 0) > 300
    assert near(desk.handles()[0], (x + 150, y + 60), 1.5)


# ---------------------------------------------------------------------- points


def test_two_groups_are_painted_with_the_brush(notebook):
    desk = notebook.explore("blobs", k=2)
    data = desk.root.get_by_label("Data", exact=True)
    data.select_option("Paint your own")
    desk.answer("set", name="data")
    expect(desk.caption).to_contain_text("paint 3 points")
    group = desk.root.get_by_role("group", name="Group")
    left, top, right, bottom = desk.bench["box"]
    middle = (top + bottom) / 2
    desk.more()
    group.get_by_label("2").check(force=True)
    desk.drag((left + 50, middle), (left + 150, middle))
    asked, _ = desk.answer("paint", group=1)
    assert near(desk.bench["points"], asked["places"], 0.1)  # they stay where they were painted
    expect(desk.root.locator(".emviz-dab")).to_have_count(0)
    expect(group.get_by_label("2")).to_be_checked()
    group.get_by_label("1").check(force=True)
    desk.drag((right - 150, middle), (right - 50, middle))
    asked, _ = desk.answer("paint", group=0)
    rows, groups, agreement = notebook.kernel(
        "[explorer.data.tolist(), rows.groups.tolist(), explorer.verdict]", "rows = explorer._setup.rows")
    assert len(rows) == len(groups) > 25 and set(groups) == {0, 1}
    assert near(rows[-len(asked["places"]):], [desk.data_at(*place) for place in asked["places"]], 0.1 * desk.pixel)
    border = desk.data_at((left + right) / 2, 0)[0]
    assert [int(x < border) for x, _ in rows] == groups
    assert re.search("Agreement .*: 1.00", agreement)
    expect(desk.verdict).to_have_text(agreement)
    data.select_option("blobs")  # which nobody wants to paint on
    expect(desk.root.get_by_label("Centers", exact=True)).to_be_checked()
    expect(desk.root.locator(".emviz-center")).to_have_count(2)


def test_points_are_erased_deleted_and_brought_back(notebook):
    desk = notebook.explore("blobs")
    rows = notebook.kernel("explorer.data.tolist()")
    desk.take("Eraser")
    x, y = desk.bench["points"][7]
    desk.drag((x - 30, y), (x + 30, y))
    asked, _ = desk.answer("erase")
    gone = asked["rows"]
    assert 7 in gone and 0 < len(gone) < len(rows)
    left = [row for i, row in enumerate(rows) if i not in gone]
    assert notebook.kernel("explorer.data.tolist()") == left
    desk.take("Points")
    desk.click(*desk.bench["points"][3])
    desk.keys("Delete")
    desk.answer("remove", what="point", row=3)
    left.pop(3)
    assert notebook.kernel("explorer.trace.data.tolist()") == left
    assert cells(notebook.page).count() == 3
    desk.more()
    for _ in range(2):
        desk.root.get_by_role("button", name="Undo").click()
        desk.answer("undo")
    assert notebook.kernel("explorer.data.tolist()") == rows


def test_a_point_is_added_and_dragged(notebook):
    desk = notebook.explore("blobs")
    n = len(desk.bench["points"])
    desk.take("Points")
    desk.click(*desk.empty())
    desk.answer("add")
    x, y = desk.empty()
    desk.drag((x, y), (x + 120, y + 90))
    desk.answer("move", what="point", row=n)
    rows, start = notebook.kernel("[explorer.trace.data.tolist(), explorer.params.means.tolist()]")
    assert len(rows) == n + 1 and near(rows[n], desk.data_at(x + 120, y + 90), 1.5 * desk.pixel)
    assert start == emviz.explore("blobs").params.means.tolist()  # only the data make the difference


# ---------------------------------------------------------------------- ellipses


def test_the_tip_of_an_axis_makes_a_covariance(notebook):
    desk = notebook.explore("blobs", model="gaussian", max_iterations=5)
    desk.take("Ellipses")
    (x, y), axes = desk.bench["centers"][1], np.array(desk.bench["ellipses"][1])
    tip, end = (x + axes[0][0], y + axes[0][1]), (x + 90, y - 70)
    before = desk.verdict.inner_text()
    desk.press(*tip)
    desk.pull(*end, steps=3)
    expect(desk.verdict).not_to_have_text(before)  # the likelihood follows the hand
    desk.drop()
    desk.answer("axis", row=1)
    covariance, theirs, log_likelihood, best = notebook.kernel(
        "[start.covariances[1].tolist(), start.covariances[0].tolist(), bounds[0], bounds[1]]",
        "trace = explorer.trace; start = trace[0].params; bounds = trace[0].log_likelihood, trace.lower_bounds[-1]")
    pulled = np.subtract(desk.data_at(*end), desk.data_at(x, y))
    values, vectors = np.linalg.eigh(covariance)
    blobs = emviz.datasets.blobs()
    twin = emviz.GaussianMixture(4).start(blobs, "k-means++", rng=0).covariances
    assert values[0] == pytest.approx(np.linalg.eigvalsh(twin[1])[0])  # the other axis keeps its length
    assert np.sqrt(values[1]) == pytest.approx(np.hypot(*pulled), rel=0.02)
    assert abs(vectors[:, 1] @ pulled) == pytest.approx(np.hypot(*pulled), rel=1e-3)
    assert theirs == twin[0].tolist()
    here, there = (float(number.replace(",", "").replace("−", "-")) for number in re.findall(
        r"[−-]?[\d,]+\.\d", desk.verdict.inner_text())[:2])
    assert (here, there) == pytest.approx((log_likelihood, best), abs=0.06) and here < there


# ---------------------------------------------------------------------- controls


def test_a_situation_comes_with_its_data_model_start_and_question(notebook):
    desk = notebook.explore("blobs")
    for name in ("two centers in one blob", "two identical components", "a spike", "two equal coins"):
        desk.root.get_by_label("Data", exact=True).select_option(name)
        desk.answer("set", name="data")
        staged, twin = situation(name), emviz.explore(name)
        expect(desk.root.locator(".emviz-question")).to_have_text(staged.question)
        expect(desk.root.get_by_label("Model", exact=True)).to_have_value(MODEL[type(staged.make_model())])
        start, rows, verdict = notebook.kernel(
            "[{name: array.tolist() for name, array in start.items()}, explorer.data.tolist(), explorer.verdict]",
            "start = explorer.trace[0].params.arrays()")
        data = staged.make_data()
        assert start == {name: array.tolist() for name, array in staged.make_start(data).arrays().items()}
        assert rows == data.data.tolist()
        expect(desk.verdict).to_have_text(verdict)
        assert_painted(desk.root, twin.dial[0], 0)


def test_what_python_changes_is_shown(notebook):
    desk = notebook.explore("blobs")
    notebook.kernel("0", "explorer.set(data='moons', k=3); explorer.step = 2")
    for label, value in {"Data": "moons", "k": "3", "Step": "2"}.items():
        expect(desk.root.get_by_label(label, exact=True)).to_have_value(value)
    twin = emviz.explore("blobs")
    twin.set(data="moons", k=3)
    assert_painted(desk.root, twin.dial[0], 2)
    assert near(desk.handles(), twin.bench["centers"], 0.1)


def test_numbers_are_typed(notebook):
    desk = notebook.explore("blobs", model="gaussian", k=2, max_iterations=5)
    desk.more()

    def enter(label, value):
        field = desk.root.locator(".emviz-numbers").get_by_label(label, exact=True)
        field.fill(str(value))
        field.press("Enter")
        desk.answer("number")
        return field

    desk.root.get_by_label("Center", exact=True).select_option(desk.bench["names"][1])
    typed = {"x": 1.25, "weight": 0.25, "long axis": 3, "short axis": 1.5, "angle in degrees": 90}
    for label, value in typed.items():
        expect(enter(label, value)).to_have_value(str(value))
    desk.root.get_by_label("Points", exact=True).check(force=True)
    desk.root.locator(".emviz-numbers").get_by_label("Point", exact=True).fill("12")
    desk.keys("Enter")
    desk.answer("point", row=12)
    enter("y", -1.5)
    means, weights, covariance, rows = notebook.kernel(
        "[start.means.tolist(), start.weights.tolist(), start.covariances[1].tolist(), explorer.trace.data.tolist()]",
        "start = explorer.trace[0].params")
    assert means[1][0] == 1.25 and weights == [0.75, 0.25]
    np.testing.assert_allclose(covariance, [[1.5**2, 0], [0, 3**2]], atol=1e-12)
    assert rows[12][1] == -1.5


def test_all_of_it_with_keys_only(notebook):
    desk = notebook.explore("blobs")
    desk.root.get_by_label("Data", exact=True).focus()
    desk.keys("Shift+Tab")
    expect(desk.overlay).to_be_focused()
    desk.keys("Space")  # a center, in the middle
    desk.answer("place")
    desk.keys("n", "Space", *["ArrowRight"] * 4, "ArrowUp", "Space")
    x, y = desk.bench["centers"][0]
    desk.answer("move", row=0)
    moved = desk.bench["centers"][0]
    assert near(moved, (x + 40, y - 10), 0.2)
    desk.keys("p", "Delete")  # back to the one in the middle
    desk.answer("remove", what="center", row=4)
    assert near(desk.bench["centers"], [moved, *desk.bench["centers"][1:]], 0) and len(desk.bench["centers"]) == 4
    desk.keys("Tab", "f")
    desk.answer("set", name="data", value="faithful")
    expect(desk.root.get_by_label("Data", exact=True)).to_be_focused()
    desk.keys("Tab", "Tab", "ArrowRight")  # past the model
    desk.answer("set", name="k", value=5)
    expect(desk.root.get_by_label("k", exact=True)).to_be_focused()
    more = desk.root.get_by_role("button", name="More")
    tab_to(desk, more)
    desk.keys("Enter", "Tab", "ArrowRight")
    expect(desk.root.get_by_label("Points", exact=True)).to_be_focused()
    n = len(desk.bench["points"])
    tab_to(desk, desk.overlay, "Shift+Tab")
    desk.keys("n", "Delete")
    desk.answer("remove", what="point", row=0)
    tab_to(desk, desk.root.get_by_label("Points", exact=True))
    desk.keys("ArrowRight")
    tab_to(desk, desk.overlay, "Shift+Tab")
    desk.keys("Space", "ArrowRight", "ArrowRight", "ArrowDown", "Space")
    painted = len(desk.answer("paint")[0]["places"])
    tab_to(desk, desk.root.get_by_role("button", name="Undo"))
    desk.keys("Enter")
    desk.answer("undo")
    assert painted >= 3
    rows, k = notebook.kernel("[explorer.data.tolist(), explorer.trace.model.n_clusters]")
    assert (len(rows), k) == (n - 1, 5) and rows == emviz.datasets.faithful().data[1:].tolist()
    assert cells(notebook.page).count() == 3


def tab_to(desk, element, key="Tab"):
    for _ in range(30):
        if element.evaluate("(element) => element === document.activeElement"):
            return
        desk.keys(key)
    raise AssertionError(f"{key} does not reach {element}")


# ---------------------------------------------------------------------- a kernel that fails


def test_what_python_refuses_is_told_and_nothing_changes(notebook):
    desk = notebook.explore("blobs")
    before = notebook.kernel("explorer.code")
    desk.more()
    temperature = desk.root.get_by_label("Temperature", exact=True)
    temperature.fill("-1")
    temperature.press("Enter")
    expect(desk.alert).to_have_text(re.compile("^temperature.*-1.*0 or more"))
    expect(temperature).to_have_value("0")
    assert notebook.kernel("explorer.code") == before
    assert_painted(desk.root, emviz.explore("blobs").dial[0], 0)
    temperature.fill("2")
    temperature.press("Enter")
    expect(desk.alert).to_have_count(0)
    expect(temperature).to_have_value("2")
    assert notebook.kernel("explorer.trace.model.temperature") == 2


def test_an_error_in_the_kernel_is_told_and_put_back(notebook):
    desk = notebook.explore("blobs")
    twin = emviz.explore("blobs")
    x, y = desk.bench["centers"][2]
    start = notebook.kernel("explorer.trace[0].params.means.tolist()",
                            "from emviz.explorer.shown import Shown\nof = Shown.of\nShown.of = lambda *_: 1 / 0")
    desk.drag((x, y), (x + 60, y + 60))
    desk.answer("move")
    expect(desk.alert).to_contain_text("This did not work")
    expect(desk.alert).to_contain_text("division by zero")
    assert near(desk.handles()[2], (x, y), 0.1)
    assert_painted(desk.root, twin.dial[0], 0)
    desk.root.get_by_label("k", exact=True).fill("6")
    desk.answer("set", name="k")
    expect(desk.root.get_by_label("k", exact=True)).to_have_value("4")
    desk.click(*desk.empty())
    desk.answer("place")
    expect(desk.root.locator(".emviz-center")).to_have_count(4)
    assert notebook.kernel("explorer.trace[0].params.means.tolist()", "Shown.of = of") == start
    expect(desk.alert).to_contain_text("division by zero")  # as long as nothing has worked
    desk.drag((x, y), (x + 60, y + 60))
    desk.answer("move")
    expect(desk.alert).to_have_count(0)
    notebook.kernel("0", "explorer._glanced = lambda setup: 1 / 0")
    desk.press(x + 60, y + 60)
    desk.pull(x + 90, y + 30)
    expect(desk.alert).to_contain_text("division by zero")
    assert near(desk.handles()[2], (x + 90, y + 30), 1.5)  # it is still in the hand
    desk.drop()
    desk.answer("move")
    expect(desk.alert).to_have_count(0)
    assert near(notebook.kernel("explorer.trace[0].params.means[2].tolist()"), desk.data_at(x + 90, y + 30), desk.pixel)


SLOW = """import os, time
answer = explorer._answer
def slowly(message):
    while not os.path.exists("go"):
        time.sleep(0.01)
    return answer(message)
explorer._answer = slowly"""


def test_a_slow_kernel_has_no_queue_and_the_last_place_wins(notebook, lab):
    desk = notebook.explore("blobs")
    x, y = desk.bench["centers"][0]
    notebook.kernel("0", SLOW)
    before = len(desk.wire.asked)
    desk.press(x, y)
    for far in range(5, 155, 5):
        desk.pull(x + far, y + far / 2)
        desk.page.evaluate("new Promise(requestAnimationFrame)")
        assert near(desk.handles()[0], (x + far, y + far / 2), 1.5)  # at once, whatever the kernel does
    assert len(desk.wire.asked) == before + 1
    (lab.folder / "go").touch()
    desk.page.wait_for_function("document.querySelector('.emviz-caption p').innerText.includes('iteration 1:')")
    desk.drop()
    desk.answer("move")
    (lab.folder / "go").unlink()
    asked = desk.wire.asked[before:]
    assert [message["rest"] for message in asked] == [False, False, True]
    assert near([[message["x"], message["y"]] for message in asked[1:]], (x + 150, y + 75), 1)
    place = notebook.kernel("explorer.trace[0].params.means[0].tolist()")
    assert near(place, desk.data_at(x + 150, y + 75), desk.pixel)


# ---------------------------------------------------------------------- code


def test_the_copied_code_makes_the_same_run(notebook):
    desk = notebook.explore("blobs", model="gaussian", k=3, max_iterations=5)
    x, y = desk.bench["centers"][0]
    desk.drag((x, y), (x + 40, y - 30))
    desk.answer("move")
    desk.take("Points")
    desk.click(*desk.empty())
    desk.answer("add")
    desk.more()
    desk.root.get_by_role("button", name="Copy as code").click()
    expect(desk.root.get_by_role("status")).to_contain_text("Copied")
    notebook.edit(NEXT)
    desk.keys("Control+v")
    cell = cells(notebook.page).nth(NEXT)
    expect(cell.locator(".cm-content")).to_contain_text("emviz.show(trace)")
    notebook.run(NEXT)
    cell.locator(".emviz").wait_for()
    same, rows = notebook.kernel(
        "[[same(a, b) for a, b in zip(trace, explorer.trace, strict=True)], len(trace.data)]",
        "def same(a, b): return all((v == b.params.arrays()[k]).all() for k, v in a.params.arrays().items())")
    assert len(same) > 3 and all(same) and rows == len(emviz.explore("blobs").data) + 1


# ---------------------------------------------------------------------- more than one


def test_two_explorers_do_not_disturb_each_other(notebook):
    desk = notebook.explore("blobs")
    other = notebook.explore("moons", cell=NEXT, name="other")
    codes = "[explorer.code, other.code]"
    first, second = notebook.kernel(codes)
    x, y = desk.bench["centers"][0]
    desk.drag((x, y), (x + 50, y + 20))
    desk.answer("move")
    moved, untouched = notebook.kernel(codes)
    assert moved != first and untouched == second
    assert_painted(other.root, emviz.explore("moons").dial[0], 0)
    other.click(*other.empty())
    other.answer("place")
    still, more = notebook.kernel(codes)
    assert still == moved and more != second
    expect(desk.root.locator(".emviz-center")).to_have_count(4)
    expect(other.root.locator(".emviz-center")).to_have_count(3)


def test_an_explorer_that_is_shown_twice_stays_in_step(notebook):
    desk = notebook.explore("blobs")
    cell = notebook.run(NEXT, "explorer")
    cell.locator(".emviz-overlay").wait_for()
    again = Desk(notebook, cell.locator(".emviz"), desk.comm)
    for hand, far in [(desk, 60), (again, -40)]:
        x, y = desk.bench["centers"][0]
        hand.drag((x, y), (x + far, y + 30))
        hand.answer("move")
        for shown in (desk, again):
            expect(shown.caption).to_contain_text("Start")
            assert near(shown.handles(), desk.bench["centers"], 0.1) and near(shown.handles()[0], (x + far, y + 30), 1)
    again.root.get_by_label("k", exact=True).fill("2")
    again.answer("set")
    expect(desk.root.get_by_label("k", exact=True)).to_have_value("2")
    expect(desk.root.locator(".emviz-center")).to_have_count(2)
    again.click(*again.empty())
    desk.answer("place")
    expect(desk.root.locator(".emviz-center")).to_have_count(3)
    expect(desk.caption).to_have_text(again.caption.inner_text())
    assert painted(desk) == painted(again)
    assert len(notebook.kernel("explorer.params.means.tolist()")) == 3
    notebook.run(NEXT, "pass")


def painted(desk):
    """Where everything is that can move, and its color."""
    return {name: [(path["place"].tolist(), path["fill"].tolist()) for path in paths]
            for name, paths in movers_of(desk.root).items()}


# ---------------------------------------------------------------------- a kernel that goes


def test_after_a_restart_the_run_stays_and_the_cell_may_run_again(notebook):
    desk = notebook.explore("blobs")
    page = notebook.page
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Restart Kernel…")).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(desk.alert).to_contain_text("The kernel was restarted: run the cell again")
    steps_without_a_kernel(desk)
    desk = notebook.explore("blobs")
    expect(desk.alert).to_have_count(0)
    x, y = desk.bench["centers"][0]
    desk.drag((x, y), (x + 60, y - 40))
    desk.answer("move")
    place = notebook.kernel("explorer.trace[0].params.means[0].tolist()")
    assert near(place, desk.data_at(x + 60, y - 40), desk.pixel)


def steps_without_a_kernel(desk):
    """The explorer asks for nothing, and every step of its run is painted."""
    asked = len(desk.wire.asked)
    expect(desk.overlay).to_be_hidden()
    scene = emviz.explore("blobs").dial[0]
    desk.step.focus()
    for step in range(1, 4):
        desk.keys("ArrowRight")
        expect(desk.step).to_have_value(str(step))
        assert_painted(desk.root, scene, step)
    expect(desk.root.locator(".emviz-main")).to_have_js_property("inert", True)
    assert len(desk.wire.asked) == asked


def test_a_kernel_that_was_shut_down(notebook, lab):
    desk = notebook.explore("blobs")
    lab.shut_down_kernels()
    x, y = desk.bench["centers"][0]
    desk.drag((x, y), (x + 60, y - 40))
    expect(desk.alert).to_contain_text("The kernel is", timeout=15_000)
    desk.step.focus()
    desk.keys("Home", "ArrowRight")
    expect(desk.step).to_have_value("1")
    assert_painted(desk.root, emviz.explore("blobs").dial[0], 1)
