"""Hands on an explorer: a mouse, a finger, keys and numbers, with a kernel that is prompt, slow, silent or gone."""

import re
from pathlib import Path

import explorer_page
import pytest
from hands import Hands
from painted import movers_of
from playwright.sync_api import expect
from style_sheets import changed_by

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")


class Desk(Hands):
    """An opened explorer; places are pixels of the picture."""

    def __init__(self, page, trouble, bench):
        self.page, self.trouble, self.bench = page, trouble, bench
        self.overlay = page.locator(".emviz-overlay")

    def at(self, x, y):
        box = self.overlay.bounding_box()
        zoom = box["width"] / 960
        return box["x"] + zoom * x, box["y"] + zoom * y

    def center(self, row):
        return self.bench["centers"][row]

    def handles(self):
        """Where the rings around the centers are."""
        return self.page.locator(".emviz-center").evaluate_all("""(all) => all.map(({style}) => [
            parseFloat(style.left) * 9.60,
            parseFloat(style.top) / 100 * document.querySelector(".emviz-overlay svg").viewBox.baseVal.height])""")

    def press(self, x, y):
        self.page.mouse.move(*self.at(x, y))
        self.page.mouse.down()

    def click(self, x, y):
        self.page.mouse.click(*self.at(x, y))

    def sent(self, *acts):
        """The messages to the kernel, of these kinds only."""
        messages = self.page.evaluate("kernel.sent")
        return [message for message in messages if message["do"] in acts] if acts else messages

    def kernel(self, script):
        return self.page.evaluate(f"kernel.{script}")

    def settled(self):
        """Waits until the kernel has nothing left to answer."""
        self.page.wait_for_function("!kernel.waiting.length")

    def more(self):
        self.page.get_by_role("button", name="More").click()

    def take(self, tool):
        self.more()
        self.page.get_by_label(tool, exact=True).check(force=True)
        self.more()

    @property
    def empty(self):
        """A place of the picture with nothing near."""
        left, top, *_ = self.bench["box"]
        return left + 30, top + 30


@pytest.fixture
def desk(visit, tmp_path):
    def open_page(width=1000, height=1000, changes=None, **options):
        bench = explorer_page.write(tmp_path / "explorer.html", **(changes or {}))
        page, trouble = visit(tmp_path / "explorer.html", width, height, **options)
        page.locator(".emviz-overlay").wait_for()
        return Desk(page, trouble, bench)
    return open_page


def near(place, other, gap=1.5):
    return abs(place[0] - other[0]) <= gap and abs(place[1] - other[1]) <= gap


def colors_and_places(player):
    """Of the points on the page."""
    points = movers_of(player)["points"]
    return [point["fill"].tolist() for point in points], [point["place"].tolist() for point in points]


# ---------------------------------------------------------------------- a mouse


def test_a_drag_moves_a_center_and_a_click_places_one(desk):
    opened = desk()
    x, y = opened.center(0)
    opened.drag((x, y), (x + 60, y - 40))
    opened.settled()
    moves = opened.sent("move")
    assert moves[-1]["rest"] and near((moves[-1]["x"], moves[-1]["y"]), (x + 60, y - 40))
    assert all(not message["rest"] and message["what"] == "center" and message["row"] == 0 for message in moves[:-1])
    assert near(opened.handles()[0], (x + 60, y - 40))
    opened.click(*opened.empty)
    opened.settled()
    assert len(opened.handles()) == 4 and near(opened.handles()[3], opened.empty)
    opened.keys("Delete")  # the one that was just placed
    opened.settled()
    assert opened.sent("remove")[0]["row"] == 3 and len(opened.handles()) == 3
    assert opened.trouble.errors == []


def test_a_click_on_a_center_chooses_it_and_changes_nothing(desk):
    opened = desk()
    opened.click(*opened.center(1))
    assert opened.sent() == []
    opened.more()
    expect(opened.page.get_by_label("Center", exact=True)).to_have_value("1")


def test_a_click_among_points_places_a_center_instead_of_a_card(desk):
    opened = desk()
    point = next(place for place in opened.bench["points"]
                 if all(not near(place, center, 40) for center in opened.bench["centers"]))
    opened.page.mouse.move(*opened.at(*point))
    expect(opened.page.locator(".emviz-card")).to_be_visible()
    opened.click(*point)
    opened.settled()
    assert len(opened.sent("place")) == 1
    opened.page.mouse.move(5, 5)
    expect(opened.page.locator(".emviz-card")).to_be_hidden()


def test_a_click_beside_the_axes_does_nothing_here(desk):
    opened = desk()
    left, top, right, bottom = opened.bench["box"]
    opened.click(right + 20, bottom + 10)
    opened.keys("n", "Escape")  # and nothing is held
    expect(opened.page.locator(".emviz-heard")).to_contain_text("cluster 0")
    assert opened.sent() == []


def test_a_handle_hides_the_cards_of_points_below_it(desk):
    opened = desk()
    point = next(place for place in opened.bench["points"]
                 if all(not near(place, center, 40) for center in opened.bench["centers"]))
    opened.page.mouse.move(*opened.at(*point))
    expect(opened.page.locator(".emviz-card")).to_be_visible()
    opened.page.mouse.move(*opened.at(*opened.center(0)))
    expect(opened.page.locator(".emviz-card")).to_be_hidden()
    opened.take("Points")  # there the points are what can be held
    opened.page.mouse.move(*opened.at(*point))
    expect(opened.page.locator(".emviz-card")).to_be_visible()


def test_while_something_is_dragged_no_card_is_in_the_way(desk):
    opened = desk()
    opened.press(*opened.center(0))
    for point in opened.bench["points"][:5]:
        opened.pull(*point)
        expect(opened.page.locator(".emviz-card")).to_be_hidden()
    opened.drop()


def test_the_kernel_shows_what_a_drag_would_do_and_it_stays_nowhere(desk):
    opened = desk()
    player = opened.page.locator(".emviz")
    before = colors_and_places(player)
    x, y = opened.center(0)
    opened.press(x, y)
    opened.pull(x + 30, y + 30)
    expect(opened.page.locator(".emviz-caption p").first).to_have_text("E, iteration 1: a glimpse")
    expect(opened.page.locator(".emviz-verdict")).to_have_text("on the way")
    shown = colors_and_places(player)
    assert shown[0] != before[0] and shown[1] == before[1]
    clips = "(all) => all.filter((group) => !document.querySelector(group.getAttribute('clip-path').slice(4, -1)))"
    assert player.locator("[clip-path]").evaluate_all(clips) == []
    opened.keys("Escape")
    expect(opened.page.locator(".emviz-caption p").first).to_contain_text("Start")
    assert colors_and_places(player) == before
    assert near(opened.handles()[0], (x, y))
    opened.drop()
    opened.settled()
    assert not any(message["rest"] for message in opened.sent("move"))


def test_a_glimpse_keeps_the_elements_of_the_points(desk):
    opened = desk()
    opened.page.evaluate("window.paths = [...document.querySelectorAll('[data-mover=points] path')]")
    x, y = opened.center(0)
    opened.press(x, y)
    opened.pull(x + 30, y + 30)
    expect(opened.page.locator(".emviz-caption p").first).to_have_text("E, iteration 1: a glimpse")
    assert opened.page.evaluate("paths.length === 120 && paths.every((path) => path.isConnected)")
    opened.drop()


def test_the_tip_of_an_axis_stretches_and_turns_an_ellipse(desk):
    opened = desk()
    opened.take("Ellipses")
    x, y = opened.center(0)
    right, down = opened.bench["ellipses"][0][0]
    for end in (1, -1):  # both ends of an axis do the same
        start = x + end * right, y + end * down
        opened.drag(start, (start[0] + end * 20, start[1] + end * 15))
        opened.settled()
        last = opened.sent("axis")[-1]
        assert (last["row"], last["axis"], last["rest"]) == (0, 0, True)
        right, down = right + 20, down + 15
        assert near((last["x"], last["y"]), (x + right, y + down), 2.5)
    opened.drag((x, y), (x + 30, y))
    assert opened.sent("move")[-1]["what"] == "center"


def test_an_ellipse_follows_its_tip_before_the_kernel_answers(desk):
    opened = desk()
    opened.take("Ellipses")
    opened.kernel("delay = null")
    x, y = opened.center(0)
    right, down = opened.bench["ellipses"][0][0]
    opened.press(x + right, y + down)
    opened.pull(x, y - 100)  # a quarter turn
    a, b, c, d, *_ = opened.page.locator(".emviz-ellipse").first.evaluate(
        "(circle) => circle.getAttribute('transform').match(/-?[\\d.]+(e-?\\d+)?/g).map(Number)")
    assert near((a, b), (0, -100)) and abs(a * c + b * d) < 100
    opened.drop()


def test_points_are_added_moved_chosen_and_removed(desk):
    opened = desk()
    opened.take("Points")
    opened.click(*opened.empty)
    opened.settled()
    added = opened.sent("add")
    assert len(added) == 1 and near((added[0]["x"], added[0]["y"]), opened.empty) and added[0]["group"] == 0
    x, y = opened.empty
    opened.drag((x, y), (x + 40, y + 10))
    opened.settled()
    last = opened.sent("move")[-1]
    assert (last["what"], last["row"], last["rest"]) == ("point", 120, True)
    assert opened.sent()[-1]["do"] == "point"  # its numbers are others now
    opened.click(*opened.bench["points"][3])
    opened.click(x + 40, y + 10)
    opened.more()
    expect(opened.page.locator(".emviz-numbers").get_by_label("x", exact=True)).to_have_value("120")
    opened.overlay.focus()
    opened.keys("Delete")
    opened.settled()
    assert opened.sent("remove")[0] | {"id": 0} == {"id": 0, "do": "remove", "what": "point", "row": 120}


def test_the_brush_paints_into_the_chosen_group(desk):
    opened = desk()
    opened.more()
    opened.page.get_by_label("Brush", exact=True).check(force=True)
    opened.page.get_by_role("group", name="Group").get_by_label("2").check(force=True)
    opened.more()
    opened.kernel("delay = null")
    x, y = opened.empty
    opened.press(x + 30, y + 30)
    opened.pull(x + 150, y + 30, steps=4)
    dots = opened.page.locator(".emviz-dab")
    assert dots.count() == 21  # one at the press, and one each 6 pixels
    expect(dots.first).to_have_attribute("fill", "#d55e00")
    opened.drop()
    assert dots.count() == 21  # until the kernel has them
    opened.kernel("answer()")
    expect(dots).to_have_count(0)
    (message,) = opened.sent()
    assert message["group"] == 1 and len(message["places"]) == 21
    assert all(x + 8 <= right <= x + 172 and y + 8 <= down <= y + 52 for right, down in message["places"])


def test_the_eraser_shows_what_goes_and_erases_it_once(desk):
    opened = desk()
    opened.take("Eraser")
    opened.kernel("delay = null")
    x, y = opened.bench["points"][7]
    opened.press(x - 60, y)
    opened.pull(x + 60, y)  # in one leap
    gone = [row for row, place in enumerate(opened.bench["points"])
            if abs(place[1] - y) < 21 and x - 60 <= place[0] <= x + 60]
    assert opened.page.locator(".emviz-gone").count() >= len(gone) > 0
    opened.drop()
    (message,) = opened.sent()
    assert 7 in message["rows"] and set(gone) <= set(message["rows"]) and len(set(message["rows"])) < 120
    opened.kernel("answer()")
    expect(opened.page.locator(".emviz-gone")).to_have_count(0)


def test_a_stroke_hides_the_card_that_was_there(desk):
    opened = desk()
    opened.take("Eraser")
    opened.page.mouse.move(*opened.at(*opened.bench["points"][7]))
    expect(opened.page.locator(".emviz-card")).to_be_visible()
    opened.page.mouse.down()
    expect(opened.page.locator(".emviz-card")).to_be_hidden()
    opened.drop()


@pytest.mark.parametrize("tool", ["Brush", "Eraser"])
def test_escape_takes_a_stroke_back(desk, tool):
    opened = desk()
    opened.take(tool)
    x, y = opened.bench["points"][7]
    opened.press(x, y)
    opened.pull(x + 30, y)
    assert opened.page.locator(".emviz-dab, .emviz-gone").count() > 0
    opened.keys("Escape")
    expect(opened.page.locator(".emviz-dab, .emviz-gone")).to_have_count(0)
    opened.drop()
    assert opened.sent() == []


def test_on_a_line_only_the_horizontal_counts(desk):
    opened = desk(changes={"upright": True, "base": 200, "centers": [[100, 200], [200, 200], [300, 200]]})
    opened.drag((200, 200), (260, 90))
    opened.settled()
    last = opened.sent("move")[-1]
    assert near((last["x"], last["y"]), (260, 200))


def test_points_beside_a_line_are_reached_where_they_are_drawn(desk):
    opened = desk(changes={"upright": True, "base": 200, "centers": [[100, 200], [200, 200], [300, 200]],
                           "points": [[150, 300], [250, 310]]})
    opened.take("Points")
    opened.overlay.focus()
    opened.keys("n", "Space", "ArrowRight", "Space")
    opened.drag((250, 310), (300, 310))
    opened.settled()
    first, second = [message for message in opened.sent("move") if message["rest"]]
    assert first["row"] == 0 and near((first["x"], first["y"]), (160, 300))
    assert second["row"] == 1 and near((second["x"], second["y"]), (300, 310))


def test_nothing_can_be_grabbed_where_the_picture_has_no_places(desk, visit, tmp_path):
    explorer_page.write(tmp_path / "none.html", box=None, tools=[], centers=[], ellipses=None, points=None)
    page, trouble = visit(tmp_path / "none.html")
    expect(page.get_by_label("Data", exact=True)).to_be_visible()
    expect(page.locator(".emviz-overlay")).to_be_hidden()
    page.locator(".emviz-picture").click(position={"x": 200, "y": 200})
    page.get_by_label("Step", exact=True).fill("3")
    assert trouble.errors == [] and page.evaluate("kernel.sent") == []


# ---------------------------------------------------------------------- a finger


def touch(client, kind, *places):
    client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]})


def test_a_finger_drags_a_center_and_scrolls_beside_it(desk):
    opened = desk(400, 300, has_touch=True)
    client = opened.page.context.new_cdp_session(opened.page)
    opened.overlay.scroll_into_view_if_needed()
    x, y = opened.at(*opened.center(0))
    before = opened.page.evaluate("scrollY")
    touch(client, "touchStart", (x + 12, y))  # fingers are thick
    for far in range(10, 60, 10):
        touch(client, "touchMove", (x + 12 + far, y + far / 2))
    touch(client, "touchEnd")
    opened.settled()
    moves = opened.sent("move")
    assert moves and moves[-1]["rest"] and opened.page.evaluate("scrollY") == before
    action = "(element) => getComputedStyle(element).touchAction"
    assert opened.page.locator(".emviz-center").first.evaluate(action) == "none"
    assert opened.overlay.evaluate(action) == "pan-y pinch-zoom"
    opened.take("Brush")
    assert opened.overlay.evaluate(action) == "none"


def test_what_fingers_grab_is_large(desk):
    opened = desk(400, 800)
    assert all(side >= 24 for side in opened.page.locator(".emviz-center").first.evaluate(
        "(handle) => [handle.offsetWidth, handle.offsetHeight]"))
    opened.more()
    small = opened.page.locator(".emviz :is(button, select, input[type=number], .emviz-choice label)").evaluate_all(
        "(all) => all.filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML)")
    assert small == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 400


# ---------------------------------------------------------------------- keys


def test_the_cross_places_moves_and_removes_centers(desk):
    opened = desk()
    opened.overlay.focus()
    opened.keys("Space")
    opened.settled()
    left, top, right, bottom = opened.bench["box"]
    assert near(opened.handles()[3], ((left + right) / 2, (top + bottom) / 2))
    opened.keys("n")  # from the new one, which is chosen, to the first
    opened.keys("Space", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter")
    opened.settled()
    x, y = opened.center(0)
    last = opened.sent("move")[-1]
    assert (last["row"], last["rest"]) == (0, True) and near((last["x"], last["y"]), (x + 20, y + 1), 0.2)
    opened.keys("p", "p", "Delete")
    opened.settled()
    assert opened.sent("remove")[-1]["row"] == 2
    expect(opened.page.get_by_label("Step", exact=True)).to_have_value("0")  # the arrows stepped nowhere


def test_escape_puts_back_what_the_cross_carries(desk):
    opened = desk()
    opened.overlay.focus()
    opened.keys("n", "Space", "ArrowLeft", "ArrowLeft", "Escape")
    opened.settled()
    assert near(opened.handles()[0], opened.center(0))
    assert not any(message["rest"] for message in opened.sent("move"))


def test_the_cross_says_where_it_is_and_what_is_there(desk):
    opened = desk()
    heard = opened.page.locator(".emviz-heard")
    opened.overlay.focus()
    opened.keys("n")
    expect(heard).to_contain_text(": cluster 0")
    told = re.fullmatch(r"x (\S+), y (\S+): cluster 0", heard.inner_text())
    assert [*map(float, told.groups())] == pytest.approx(opened.bench["numbers"]["centers"][0], abs=0.03)
    for _ in range(4):
        opened.keys("ArrowUp")
    expect(heard).not_to_contain_text("cluster")
    expect(opened.page.locator(".emviz-cross")).to_be_visible()


def test_the_cross_finds_the_tips_of_ellipses(desk):
    opened = desk()
    opened.take("Ellipses")
    opened.overlay.focus()
    opened.keys("n", "n", "n", "n", "n")  # three centers, then the axes of the first
    expect(opened.page.locator(".emviz-heard")).to_contain_text("cluster 0, second axis")
    opened.keys("Space", "ArrowUp", "Space")
    opened.settled()
    (x, y), (right, down) = opened.center(0), opened.bench["ellipses"][0][1]
    last = opened.sent("axis")[-1]
    assert (last["row"], last["axis"], last["rest"]) == (0, 1, True)
    assert near((last["x"], last["y"]), (x + right, y + down - 10), 0.2)


def test_the_cross_brushes_and_erases(desk):
    opened = desk()
    opened.take("Brush")
    opened.overlay.focus()
    opened.keys("Space", "ArrowRight", "ArrowRight", "ArrowRight", "Space")
    opened.settled()
    assert len(opened.sent("paint")[0]["places"]) >= 5
    opened.take("Eraser")
    opened.overlay.focus()
    opened.keys("n", "Space", "ArrowLeft", "Space")
    opened.settled()
    assert opened.sent("erase")[0]["rows"]


def test_what_is_typed_into_a_field_is_not_a_key_of_the_player(desk):
    opened = desk()
    opened.more()
    speed = opened.page.get_by_label("Speed", exact=True)
    before = speed.input_value()
    seed = opened.page.get_by_label("Seed", exact=True)
    seed.focus()
    seed.select_text()
    opened.keys("7", "3", "ArrowUp", "Enter")
    opened.settled()
    assert opened.sent("set")[-1] | {"id": 0} == {"id": 0, "do": "set", "name": "seed", "value": 74}
    opened.page.get_by_label("Data", exact=True).focus()
    opened.keys("m", "2", "f")
    opened.page.get_by_label("Show regions").focus()
    opened.keys("Space")
    opened.settled()
    assert opened.sent("set")[-1] | {"id": 0} == {"id": 0, "do": "set", "name": "regions", "value": True}
    assert speed.input_value() == before
    expect(opened.page.locator(".emviz:fullscreen")).to_have_count(0)
    expect(opened.page.get_by_role("button", name="Play")).to_be_attached()


def test_a_long_number_is_shown_in_full(desk):
    opened = desk()
    opened.more()
    seed = opened.page.get_by_label("Seed", exact=True)
    seed.fill("20261121")
    seed.press("Enter")
    opened.settled()
    expect(seed).to_have_value("20261121")


def test_numbers_move_a_center_without_any_pointer(desk):
    opened = desk()
    opened.more()
    opened.page.get_by_label("Center", exact=True).select_option("cluster 1")
    field = opened.page.locator(".emviz-numbers").get_by_label("y", exact=True)
    field.fill("2.5")
    field.press("Enter")
    opened.settled()
    assert opened.sent()[-1] | {"id": 0} == {
        "id": 0, "do": "number", "what": "center", "row": 1, "column": 1, "value": 2.5}
    expect(field).to_be_focused()
    opened.page.get_by_role("button", name="Remove").click()
    opened.settled()
    assert opened.sent("remove")[0]["row"] == 1


# ---------------------------------------------------------------------- kernels


def test_a_slow_kernel_has_no_queue_and_the_last_place_wins(desk):
    opened = desk()
    opened.kernel("delay = null")
    x, y = opened.center(0)
    opened.press(x, y)
    for far in range(1, 41):
        opened.pull(x + far, y - far)
        assert near(opened.handles()[0], (x + far, y - far)) or far < 5  # at once; a click may slip
    assert len(opened.sent()) == 1
    opened.kernel("model.trigger('msg:custom', { re: 'asked by another view' }, [])")
    assert len(opened.sent()) == 1
    opened.kernel("answer()")
    assert len(opened.sent()) == 2 and near((opened.sent()[1]["x"], opened.sent()[1]["y"]), (x + 40, y - 40))
    opened.pull(x + 50, y - 50)
    opened.drop()
    opened.kernel("answer()")  # to a place on the way: it undoes nothing
    assert near(opened.handles()[0], (x + 50, y - 50))
    expect(opened.page.locator(".emviz-center").first).to_have_class(re.compile("emviz-held"))
    opened.kernel("answer()")
    assert [message["rest"] for message in opened.sent()] == [False, False, True]
    assert near(opened.handles()[0], (x + 50, y - 50))
    assert opened.page.evaluate("kernel.waiting.length") == 0


def test_a_release_is_never_lost_to_the_next_drag(desk):
    opened = desk()
    opened.kernel("delay = null")
    (x, y), (x2, y2) = opened.center(0), opened.center(1)
    opened.drag((x, y), (x - 30, y - 30))
    opened.press(x2, y2)
    for far in (10, 20, 30):
        opened.pull(x2 + far, y2 - far)
    for _ in range(3):
        opened.kernel("answer()")
    opened.drop()
    opened.kernel("answer()")
    opened.settled()
    finals = [message for message in opened.sent("move") if message["rest"]]
    assert [message["row"] for message in finals] == [0, 1]
    assert near(opened.handles()[0], (x - 30, y - 30)) and near(opened.handles()[1], (x2 + 30, y2 - 30))
    assert len(opened.sent()) <= 5


def test_what_waits_stays_where_it_was_put_when_the_picture_changes(desk):
    opened = desk()
    opened.page.evaluate("""() => {
        kernel.change = (bench) => {
            const [left, top, right, bottom] = bench.box;
            bench.box = [left + 50, top, right + 50, bottom - 20];
        };
    }""")
    opened.kernel("delay = null")
    opened.take("Points")
    left, top, right, bottom = opened.bench["box"]
    opened.click(*opened.empty)
    opened.click(right - 40, (top + bottom) / 2)
    opened.kernel("answer()")
    moved = opened.sent("add")[-1]
    assert near((moved["x"], moved["y"]), (right + 10, (top + bottom - 20) / 2))
    dot = opened.page.locator(".emviz-dab")
    assert [float(dot.get_attribute(name)) for name in ("cx", "cy")] == pytest.approx([moved["x"], moved["y"]])


def test_a_hand_lets_go_when_the_picture_under_it_is_another(desk):
    opened = desk()
    opened.kernel("delay = null")
    x, y = opened.center(0)
    opened.press(x, y)
    opened.pull(x + 40, y)
    opened.page.evaluate("""() => {
        const bench = structuredClone(kernel.model.get("bench"));
        bench.box[0] += 50;
        bench.box[2] += 50;
        bench.centers = bench.centers.map(([x, y]) => [x + 50, y]);
        kernel.model.set({ bench });
    }""")
    opened.pull(x, y + 80)
    opened.kernel("answer()")
    last = opened.sent("move")[-1]
    assert last["rest"] and near((last["x"], last["y"]), (x + 90, y))
    opened.drop()
    opened.kernel("answer()")
    assert near(opened.handles()[0], (x + 90, y)) and len(opened.sent()) == 2


def test_a_slider_asks_for_the_first_and_the_last_value_of_a_slow_kernel(desk):
    opened = desk()
    opened.kernel("delay = null")
    slider = opened.page.get_by_label("Clusters", exact=True)
    for value in "45678":
        slider.fill(value)
    expect(opened.page.locator(".emviz-main output")).to_have_text("8")
    opened.kernel("answer()")
    expect(slider).to_have_value("8")  # the kernel says 4, but is about to say 8
    opened.kernel("answer()")
    assert [message["value"] for message in opened.sent("set")] == [4, 8]
    expect(slider).to_have_value("8")


def test_rows_that_get_other_numbers_are_not_touched_meanwhile(desk):
    opened = desk()
    opened.kernel("delay = null")
    opened.click(*opened.center(0))
    opened.keys("Delete", "Delete")
    opened.drag(opened.center(1), opened.empty)
    opened.kernel("answer()")
    assert [message["do"] for message in opened.sent()] == ["remove"]
    assert len(opened.handles()) == 2


def test_what_python_refuses_is_told_and_put_back(desk):
    opened = desk()
    opened.more()
    alert = opened.page.get_by_role("alert")
    expect(alert).to_have_count(0)
    seed = opened.page.get_by_label("Seed", exact=True)
    for _ in range(2):  # also when it is refused with the same words again
        seed.fill("13")
        seed.press("Enter")
        expect(alert).to_have_text("13 is too many: give 1 to 8")
        expect(seed).to_have_value("4")
    seed.fill("5")
    seed.press("Enter")
    expect(alert).to_have_count(0)
    expect(seed).to_have_value("5")


def test_a_silent_kernel_is_told_until_it_answers(desk):
    opened = desk()
    opened.page.clock.install()
    opened.kernel("delay = null")
    x, y = opened.center(0)
    opened.drag((x, y), (x + 40, y))
    alert = opened.page.get_by_role("alert")
    opened.page.clock.run_for(3000)
    expect(alert).to_have_count(0)
    opened.page.clock.run_for(3000)
    expect(alert).to_contain_text("The kernel is busy or gone")
    assert near(opened.handles()[0], (x + 40, y))
    opened.kernel("answer()")
    expect(alert).to_have_count(0)


def test_without_a_kernel_the_run_is_still_stepped_through(desk):
    opened = desk()
    x, y = opened.center(0)
    opened.press(x, y)
    opened.pull(x + 40, y)
    opened.kernel("lose()")
    expect(opened.page.get_by_role("alert")).to_contain_text("The kernel was restarted: run the cell again")
    opened.drop()
    expect(opened.overlay).to_be_hidden()
    before = len(opened.sent())
    slider = opened.page.get_by_label("Step", exact=True)
    slider.focus()
    opened.keys("ArrowRight", "ArrowRight")
    expect(slider).to_have_value("2")
    expect(opened.page.locator(".emviz-caption p").first).to_contain_text("M (update), iteration 1")
    expect(opened.page.locator(".emviz-picture")).to_be_visible()
    opened.page.get_by_label("Clusters", exact=True).evaluate(
        "(slider) => { slider.value = 5; slider.dispatchEvent(new Event('input')); }")
    assert len(opened.sent()) == before


# ---------------------------------------------------------------------- what else there is


def test_the_code_is_shown_and_can_be_pasted(desk):
    opened = desk(permissions=["clipboard-read", "clipboard-write"])
    opened.more()
    opened.page.get_by_role("button", name="Copy as code").click()
    expect(opened.page.get_by_role("region", name="Code")).to_have_text("import emviz")
    expect(opened.page.get_by_role("status")).to_contain_text("Copied")


def test_the_code_of_another_run_goes_away(desk):
    opened = desk()
    opened.more()
    opened.page.get_by_role("button", name="Copy as code").click()
    code = opened.page.get_by_role("region", name="Code")
    expect(code).to_be_visible()
    opened.click(*opened.empty)
    expect(code).to_have_count(0)


def test_what_the_hand_can_do_is_said_without_opening_anything(desk):
    opened = desk()
    hint = opened.page.locator(".emviz-invitation")
    expect(hint).to_be_visible()
    for _, name, words in opened.bench["tools"]:
        opened.take(name)
        expect(hint).to_have_text(words)
    opened.kernel("lose()")
    expect(hint).to_be_hidden()


def test_a_kernel_at_work_is_shown_until_it_answers(desk):
    opened = desk()
    opened.kernel("delay = null")
    opened.click(*opened.empty)
    busy = opened.page.locator(".emviz.emviz-busy")
    expect(busy).to_be_attached()
    opened.kernel("answer()")
    expect(busy).to_have_count(0)


def test_buttons_ask_and_those_that_are_off_do_not(desk):
    opened = desk()
    opened.more()
    opened.page.get_by_role("button", name="Undo").click(force=True)
    assert opened.sent() == []
    opened.page.get_by_role("button", name="Draw a new start").click()
    opened.settled()
    assert [message["do"] for message in opened.sent()] == ["again"]


def test_at_most_three_controls_are_in_view(desk):
    opened = desk()
    assert opened.page.locator(".emviz-main > *").count() == 3
    expect(opened.page.get_by_label("Seed", exact=True)).to_be_hidden()


def test_a_change_keeps_the_focus_and_what_was_made(desk):
    opened = desk()
    slider = opened.page.get_by_label("Clusters", exact=True)
    slider.focus()
    opened.keys("ArrowRight")
    opened.settled()
    expect(slider).to_be_focused()
    expect(slider).to_have_value("4")
    opened.overlay.focus()
    opened.keys("Space")
    opened.settled()
    expect(opened.overlay).to_be_focused()


def test_the_question_of_a_situation_is_above_everything(desk):
    opened = desk(changes={"question": "Will one of them leave?"})
    expect(opened.page.locator(".emviz > :first-child")).to_have_text("Will one of them leave?")


def test_on_the_whole_screen_hands_still_meet_the_picture(desk):
    opened = desk()
    opened.page.get_by_role("button", name="Projector mode").click()
    expect(opened.page.locator(".emviz:fullscreen")).to_be_attached()
    assert opened.overlay.bounding_box() == opened.page.locator(".emviz-picture").bounding_box()
    x, y = opened.center(0)
    opened.drag((x, y), (x + 40, y - 20))
    opened.settled()
    last = opened.sent("move")[-1]
    assert near((last["x"], last["y"]), (x + 40, y - 20))


@pytest.mark.parametrize("width", [600, 1300])
def test_the_sheets_of_other_widgets_change_nothing(desk, width):
    opened = desk(width)
    opened.more()
    opened.click(*opened.center(0))
    opened.settled()
    expect(opened.page.locator(".emviz-center.emviz-chosen")).to_be_attached()
    assert changed_by(opened.page, "player.css", "basins.css", "questions.css") == []


def test_a_view_that_is_closed_hears_nothing_more(desk):
    opened = desk()
    opened.page.evaluate("remove()")
    opened.page.evaluate("kernel.model.set({ bench: null, recording: null })")
    expect(opened.page.locator(".emviz")).to_have_count(0)
    assert opened.trouble.errors == []


@pytest.mark.parametrize("width", [360, 1300])
def test_axe_finds_no_fault(desk, width):
    opened = desk(width)
    opened.page.evaluate(AXE)
    assert faults(opened.page) == []
    opened.more()
    opened.click(*opened.center(0))
    assert faults(opened.page) == []
    opened.page.get_by_label("Points", exact=True).check(force=True)
    opened.page.get_by_role("button", name="Copy as code").click()
    seed = opened.page.get_by_label("Seed", exact=True)
    seed.fill("13")
    seed.press("Enter")
    expect(opened.page.get_by_role("alert")).to_be_visible()
    assert faults(opened.page) == []
    opened.kernel("lose()")
    assert faults(opened.page) == []


def faults(page):
    """(rule, where), of any impact."""
    return [(fault["id"], [node["html"] for node in fault["nodes"]])
            for fault in page.evaluate("axe.run('.emviz')")["violations"]]
