// The map of basins: a start is chosen on it, and the player beside it shows the run from there.

import { asking } from "./asking.js";
import { html, unique } from "./elements.js";
import { hearKeys } from "./keyboard.js";
import { picture } from "./painting.js";
import { decode } from "./recording.js";
import { attach } from "./sync.js";

const LEAP = 5; // cells that an arrow goes with the shift key
const NO_ANSWER = "No answer from the kernel for 5 seconds: it is busy, or gone. The last place you chose waits for it.";
const NO_KERNEL = "The kernel was restarted: run the cell again to choose another start. The run that is shown can "
  + "still be stepped through.";

const between = (value, least, most) => Math.max(least, Math.min(most, value));

/**
 * The map as an element, until `signal` is aborted. `about` is what emviz/basin_player.py tells of it, and
 * `onChoose(place, held)` hears of every [x, y] that the reader chooses; held: the pointer may move on. put(place) marks
 * a start, warn(text) is for trouble, close(text) for the last one: nothing can be chosen any more.
 */
function basinMap(recording, about, onChoose, signal) {
  const { axes, limits, box, cells, reached, told, mark, decimals } = about;
  const [left, top, right, bottom] = box;
  let place = [0, 0];
  let held = false; // by a pointer

  // ---------------------------------------------------------------- what is there

  const shown = picture(recording, signal);
  shown.show(0);
  const aim = html("button", { type: "button", class: "emviz-aim", "aria-label": "Start: the arrows move it" }, mark);
  shown.element.append(aim);
  const how = html("p", { class: "emviz-how" }, "Click on the map to start a run there, or drag the mark.");
  const words = html("p", { "aria-live": "polite" });
  const trouble = html("p", { class: "emviz-trouble", role: "alert" });
  const fields = axes.map((name, axis) => {
    const [least, most] = limits[axis];
    const input = html("input", { type: "number", min: least, max: most, step: "any", id: unique() });
    input.addEventListener("change", () => {
      const typed = [...place];
      if (Number.isFinite(input.valueAsNumber)) typed[axis] = between(input.valueAsNumber, least, most);
      choose(typed);
    });
    return { input, element: html("label", { for: input.id }, html("span", {}, name), input) };
  });
  const root = html("div", { class: "emviz emviz-map", role: "group", "aria-label": recording.title },
    html("div", { class: "emviz-caption" }, html("p", {}, recording.captions[0])),
    html("div", { class: "emviz-stage" }, shown.element),
    html("div", { class: "emviz-beginning" },
      how, ...fields.map(({ element }) => element), words, trouble));
  root.style.setProperty("--emviz-width", recording.width);
  root.style.setProperty("--emviz-height", recording.height);

  // ---------------------------------------------------------------- places

  /** How far along its axis a place is, from 0 to 1. */
  const along = (value, axis) => (value - limits[axis][0]) / (limits[axis][1] - limits[axis][0]);
  const cellAt = (share, axis) => between(Math.floor(share * cells[axis]), 0, cells[axis] - 1);
  const middleOf = (cell, axis) => (
    limits[axis][0] + ((limits[axis][1] - limits[axis][0]) * (cell + 0.5)) / cells[axis]);
  const cellsOf = (shares) => shares.map((share, axis) => cellAt(share, axis));

  function put(next) {
    place = next;
    const [across, up] = place.map(along);
    aim.style.left = `${100 * (left + across * (right - left))}%`;
    aim.style.top = `${100 * (bottom - up * (bottom - top))}%`;
    const [column, row] = cellsOf([across, up]);
    const numbers = place.map((value, axis) => value.toFixed(decimals[axis]));
    fields.forEach(({ input }, axis) => (input.value = Number(numbers[axis])));
    const where = axes.map((name, axis) => `${name} at ${numbers[axis].replace("-", "−")}`).join(", ");
    words.textContent = `${where}: ${told.at(reached[row * cells[0] + column])}`;
  }

  function choose(next) {
    put(next);
    onChoose(place, held);
  }

  /** To the middle of a cell: there the map has been. */
  function chooseCell(cell) {
    const next = cell.map((number, axis) => middleOf(between(number, 0, cells[axis] - 1), axis));
    if (next.some((value, axis) => value !== place[axis])) choose(next);
  }

  // ---------------------------------------------------------------- hands and keys

  function warn(text) {
    trouble.textContent = text;
  }

  function point({ clientX, clientY }) {
    const { x, y, width, height } = shown.element.getBoundingClientRect();
    const [across, down] = [(clientX - x) / width, (clientY - y) / height];
    chooseCell(cellsOf([(across - left) / (right - left), (bottom - down) / (bottom - top)]));
  }
  shown.element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault(); // selects no text
    held = true;
    shown.element.setPointerCapture(event.pointerId);
    aim.focus({ preventScroll: true });
    point(event);
  });
  shown.element.addEventListener("pointermove", (event) => held && point(event));
  for (const end of ["pointerup", "pointercancel"]) shown.element.addEventListener(end, () => {
    if (!held) return;
    held = false;
    onChoose(place, held);
  });

  const step = (across, up) => () => {
    const [column, row] = cellsOf(place.map(along));
    chooseCell([column + across, row + up]);
  };
  hearKeys(root, null, {
    first: () => false,
    escape() {},
    space() {},
    digit() {},
    fill() {},
    arrows(shift) {
      const far = shift ? LEAP : 1;
      return { ArrowLeft: step(-far, 0), ArrowRight: step(far, 0), ArrowUp: step(0, far), ArrowDown: step(0, -far) };
    },
  }, signal);

  return {
    element: root,
    put: (next) => held || put(next), // the hand knows better
    warn,
    close(text) {
      how.hidden = true;
      for (const part of [shown.element, ...fields.map(({ element }) => element)]) part.inert = true;
      warn(text);
    },
  };
}

function render({ model, el }) {
  const gone = new AbortController();
  const questions = asking((message) => model.send(message), (silent) => map.warn(silent ? NO_ANSWER : ""));
  const map = basinMap(decode(model.get("map")).scenes[0], model.get("about"), ([x, y], held) => {
    run.settle();
    questions.ask({ do: "set", name: "start", x, y, held }, ({ trouble, caption }, [marks]) => {
      if (marks) return run.player.preview(decode(marks).scenes[0], caption);
      if (trouble) run.player.restore();
      map.warn(trouble);
      follow();
    });
  }, gone.signal);
  const side = html("div", { class: "emviz-run" });
  const root = html("div", { class: "emviz-basins" }, html("div", { class: "emviz-pair" }, map.element, side));
  const run = attach(model, side);
  const follow = () => questions.expects(() => true) || map.put(model.get("place")); // else the reader is further
  const onLost = () => { // Jupyter says so when the kernel was restarted
    questions.forget();
    follow();
    map.close(NO_KERNEL);
  };
  model.on("change:place", follow);
  model.on("msg:custom", questions.answer);
  model.on("comm_live_update", onLost);
  follow();
  el.append(root);
  return () => {
    model.off("change:place", follow);
    model.off("msg:custom", questions.answer);
    model.off("comm_live_update", onLost);
    questions.forget();
    gone.abort();
    run.remove();
    root.remove();
  };
}

export default { render };
