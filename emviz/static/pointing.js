// Tells whose a mark is: a ring around it, and a card with the share of every component.

import { slider } from "./controls.js";
import { html } from "./elements.js";
import { at } from "./recording.js";

const ROOM = 6; // components on a card; of more, the largest and the rest

/**
 * What tells about the marks of a picture; `now()` is { recording, step, shown }, what is to be seen. A mark is told
 * about while the pointer is near, or for good when it is chosen: by a click, or with the slider.
 */
export function pointing(now) {
  const ring = html("div", { class: "emviz-ring", "aria-hidden": "true" });
  const card = html("div", { class: "emviz-card", "aria-hidden": "true" });
  let hovered = null;
  let chosen = null;
  let order = []; // what the slider goes through
  const walk = slider("Point", 0, (rank) => choose(order[rank]));
  walk.element.classList.add("emviz-walk");
  walk.input.addEventListener("focus", () => {
    order = fromLeftToRight(now());
    choose(chosen ?? order[0]);
  });

  function choose(mark) {
    [hovered, chosen] = [null, mark];
    refresh();
  }

  /** Tells it again, in what is to be seen now. */
  function refresh() {
    const scene = now();
    const there = (mark) => mark && mark.row < count(scene, mark.reading);
    [hovered, chosen] = [hovered, chosen].map((mark) => (there(mark) ? mark : null));
    const mark = hovered ?? chosen;
    ring.hidden = card.hidden = !mark;
    if (mark) show(scene, mark);
    const rank = order.findIndex((other) => chosen && other.reading === chosen.reading && other.row === chosen.row);
    walk.set(Math.max(0, rank), total(scene) - 1, chosen ? sentence(scene, chosen) : "none");
  }

  function show(scene, mark) {
    const { width, height } = scene.recording;
    const box = boxOf(scene, mark);
    const [x, y] = [box.x / width, box.y / height].map((share) => `${100 * share}%`);
    const [wide, high] = [box.halfWidth / width, box.halfHeight / height].map((share) => `${100 * share}%`);
    Object.assign(ring.style, {
      left: x, top: y, width: `calc(2 * ${wide} + 14px)`, height: `calc(2 * ${high} + 14px)`,
      borderRadius: box.round ? "50%" : "8px",
    });
    const below = 2 * box.y < height;
    Object.assign(card.style, {
      left: x, translate: `-${x} 0`, // so it stays between left and right
      top: below ? `calc(${y} + ${high} + 14px)` : "auto",
      bottom: below ? "auto" : `calc(100% - ${y} + ${high} + 14px)`,
    });
    const shares = sharesOf(scene, mark);
    card.replaceChildren(
      html("b", {}, nameOf(scene, mark)),
      ...(shares ? shares.flatMap(bar) : [html("span", {}, UNASKED)]),
    );
  }

  return {
    ring,
    card,
    walk,
    refresh,
    /** Tells about what is within reach of a place of the picture, while the pointer is there; null is nowhere. */
    hover(place) {
      hovered = place && nearest(now(), place);
      refresh();
    },
    /** Tells about it for good; null is about nothing more. */
    choose: (place) => choose(place && nearest(now(), place)),
  };
}

// ------------------------------------------------------------------ words

const UNASKED = "not asked yet"; // before the first E

const nameOf = ({ recording }, { reading, row }) => recording.readings[reading].names[row];

/** The share of each component in a mark: a name, percent and color; null before the first E. */
function sharesOf({ recording, step, shown }, { reading, row }) {
  const { mover, components, percents } = recording.readings[reading];
  if (!percents[step]) return null;
  const [means] = shown.painted[mover.replace(/\S+$/, "means")] ?? []; // beside "1 points" there are "1 means"
  const colored = means?.kind === "points" && means.x.length === components.length;
  const shares = components.map((name, j) => ({
    name,
    percent: percents[step][j][row],
    color: colored ? `rgb(${means.fills.slice(0, 3).map((column) => at(column, j)).join(" ")})` : "",
  }));
  if (shares.length <= ROOM) return shares;
  const others = [...shares].sort((a, b) => b.percent - a.percent).slice(ROOM - 1);
  const percent = others.reduce((sum, share) => sum + share.percent, 0);
  const large = shares.filter((share) => !others.includes(share));
  return [...large, { name: `${others.length} others`, percent, color: "" }];
}

function sentence(scene, mark) {
  const shares = sharesOf(scene, mark)?.map(({ name, percent }) => `${name} ${percent} %`);
  return `${nameOf(scene, mark)}; ${shares?.join(", ") ?? UNASKED}`;
}

function bar({ name, percent, color }) {
  const filled = html("i");
  Object.assign(filled.style, { width: `${percent}%`, backgroundColor: color });
  return [html("span", {}, name), html("span", {}, filled), html("span", {}, `${percent} %`)];
}

// ------------------------------------------------------------------ places

const marksOf = ({ recording, shown }, reading) => shown.painted[recording.readings[reading]?.mover] ?? [];
const count = (scene, reading) => {
  const marks = marksOf(scene, reading);
  return marks[0]?.kind === "points" ? marks[0].x.length : marks.length;
};
const total = (scene) => scene.recording.readings.reduce((sum, _, reading) => sum + count(scene, reading), 0);

/** Every mark that can be told about. */
const allOf = (scene) => scene.recording.readings.flatMap(
  (_, reading) => Array.from({ length: count(scene, reading) }, (_, row) => ({ reading, row })));

function fromLeftToRight(scene) {
  const placed = allOf(scene).map((mark) => ({ ...mark, ...boxOf(scene, mark) }));
  return placed.sort((a, b) => a.x - b.x || a.y - b.y);
}

/** The mark around a place or within reach of it, all in pixels of the picture; or null. */
function nearest(scene, { x, y, reach }) {
  let found = null;
  let [gap, far] = [reach, Infinity];
  for (const mark of allOf(scene)) {
    const box = boxOf(scene, mark);
    const [right, down] = [Math.abs(x - box.x), Math.abs(y - box.y)];
    const outside = Math.hypot(Math.max(0, right - box.halfWidth), Math.max(0, down - box.halfHeight));
    const away = Math.hypot(right, down);
    if (outside < gap || (outside === gap && away < far)) [found, gap, far] = [mark, outside, away];
  }
  return found;
}

/** The middle and half the size of a mark: of a point among points, or of a path. */
function boxOf(scene, { reading, row }) {
  const marks = marksOf(scene, reading);
  const round = marks[0].kind === "points";
  const { x, y, outline, scale } = round ? pointOf(marks[0], row) : { ...marks[row], scale: 1 };
  const { left, right, top, bottom } = (outline.bounds ??= boundsOf(outline));
  return {
    round,
    x: x + (scale * (left + right)) / 2, halfWidth: (scale * (right - left)) / 2,
    y: y + (scale * (top + bottom)) / 2, halfHeight: (scale * (bottom - top)) / 2,
  };
}

const pointOf = ({ x, y, outlines, which, scales }, row) => (
  { x: x[row], y: y[row], outline: outlines[at(which, row)], scale: at(scales, row) });

const boundsOf = ({ x, y }) => (
  { left: Math.min(...x), right: Math.max(...x), top: Math.min(...y), bottom: Math.max(...y) });
