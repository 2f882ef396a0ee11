// Tells whose a mark is, or a new point at a place: a ring around it, and a card with the share of every component.

import { slider } from "./controls.js";
import { html } from "./elements.js";
import { colorsOf, placeIn, sharesAt, wordsAt } from "./field.js";
import { at } from "./recording.js";

const ROOM = 6; // components on a card; of more, the largest and the rest
const STEPS = 100; // of the sliders that move a place from end to end of a panel

/**
 * What tells about the marks of a picture, and where no mark is near about places; `now()` is { recording, step,
 * shown }, what is to be seen. A mark or a place is told about while the pointer is there, or for good when it is
 * chosen: by a click, or with the sliders.
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
    choose(chosen && !isPlace(chosen) ? chosen : order[0]);
  });
  const across = slider("Place across", 0, (to) => moveTo({ across: to }));
  const up = slider("Place up", 0, (to) => moveTo({ up: to }));
  const look = html("div", { class: "emviz-look" }, across.element, up.element);
  for (const { input } of [across, up]) input.addEventListener("focus", () => moveTo({}));

  function choose(mark) {
    [hovered, chosen] = [null, mark];
    refresh();
  }

  /** To another place; the first one is in the middle. */
  function moveTo(to) {
    const { recording } = now();
    const from = chosen && isPlace(chosen) ? stepsOf(recording, chosen) : { across: STEPS / 2, up: STEPS / 2 };
    choose(placeAfter(recording, { ...from, ...to }));
  }

  /** Tells it again, in what is to be seen now. */
  function refresh() {
    const scene = now();
    [hovered, chosen] = [hovered, chosen].map((mark) => (isThere(scene, mark) ? mark : null));
    const mark = hovered ?? chosen;
    ring.hidden = card.hidden = !mark;
    if (mark) show(scene, mark);
    tellPlace(scene, chosen && isPlace(chosen) ? chosen : null);
    const rank = order.findIndex((other) => chosen && other.reading === chosen.reading && other.row === chosen.row);
    walk.set(Math.max(0, rank), total(scene) - 1, chosen && !isPlace(chosen) ? sentence(scene, chosen) : "none");
  }

  /** With the sliders that move a place. */
  function tellPlace(scene, place) {
    const { fields } = scene.recording;
    const steps = place ? stepsOf(scene.recording, place) : { across: 0, up: 0 };
    const words = place ? sentence(scene, place) : "none";
    across.set(steps.across, Math.max(1, fields.length) * (STEPS + 1) - 1, words);
    up.set(steps.up, STEPS, words);
    look.hidden = fields.length === 0;
    up.element.hidden = fields.every(({ axes }) => axes.length === 1);
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
    ring.classList.toggle("emviz-place", isPlace(mark));
    const below = 2 * box.y < height;
    Object.assign(card.style, {
      left: x, translate: `-${x} 0`, // so it stays between left and right
      top: below ? `calc(${y} + ${high} + 14px)` : "auto",
      bottom: below ? "auto" : `calc(100% - ${y} + ${high} + 14px)`,
    });
    const shares = sharesOf(scene, mark);
    const { note } = toldBy(scene, mark);
    card.replaceChildren(
      html("b", {}, nameOf(scene, mark)),
      ...(shares ? shares.flatMap(bar) : [html("span", {}, UNASKED)]),
      ...(shares && note ? [html("small", {}, note)] : []),
    );
  }

  return {
    ring,
    card,
    walk,
    look,
    refresh,
    /** Tells about what is within reach of a place of the picture, while the pointer is there; null is nowhere. */
    hover(place) {
      hovered = place && meant(now(), place);
      refresh();
    },
    /** Tells about it for good; null is about nothing more. */
    choose: (place) => choose(place && meant(now(), place)),
  };
}

const meant = (scene, place) => nearest(scene, place) ?? placeIn(scene.recording, place);
const isPlace = (mark) => "field" in mark;

function isThere(scene, mark) {
  if (!mark) return false;
  return isPlace(mark) ? mark.field < scene.recording.fields.length : mark.row < count(scene, mark.reading);
}

// ------------------------------------------------------------------ words

const UNASKED = "not asked yet"; // before the first E

const nameOf = ({ recording }, mark) => (
  isPlace(mark) ? wordsAt(recording.fields[mark.field], mark) : recording.readings[mark.reading].names[mark.row]);

/** The share of each component in a mark or a place: a name, percent and color; null before the first E. */
function sharesOf(scene, mark) {
  const { components, colors } = toldBy(scene, mark);
  const percents = percentsOf(scene, mark);
  if (!percents) return null;
  const rgb = colorsOf(scene.shown.painted, colors, components.length);
  const shares = components.map((name, j) => (
    { name, percent: percents[j], color: rgb ? `rgb(${rgb[j].join(" ")})` : "" }));
  if (shares.length <= ROOM) return shares;
  const others = [...shares].sort((a, b) => b.percent - a.percent).slice(ROOM - 1);
  const percent = others.reduce((sum, share) => sum + share.percent, 0);
  const large = shares.filter((share) => !others.includes(share));
  return [...large, { name: `${others.length} others`, percent, color: "" }];
}

/** Which components it is about, and which mover has their colors. */
function toldBy({ recording }, mark) {
  if (isPlace(mark)) return recording.fields[mark.field];
  const { mover, components } = recording.readings[mark.reading];
  return { components, colors: mover.replace(/\S+$/, "means") }; // beside "1 points" there are "1 means"
}

function percentsOf({ recording, step }, mark) {
  if (isPlace(mark)) return sharesAt(recording.fields[mark.field], step, mark)?.map(percentOf);
  const { mover, percents, field } = recording.readings[mark.reading];
  const stored = percents[step]?.map((column) => column[mark.row]);
  if (!stored || field === null) return stored;
  const [{ x, y }] = recording.states[step][recording.movers.indexOf(mover)];
  const told = sharesAt(recording.fields[field], step, { x: x[mark.row], y: y[mark.row] });
  return stored.map((change, j) => (change + percentOf(told[j])) & 255);
}

const percentOf = (share) => Math.round(100 * share);

function sentence(scene, mark) {
  const { note } = toldBy(scene, mark);
  const shares = sharesOf(scene, mark)?.map(({ name, percent }) => `${name} ${percent} %`);
  return [nameOf(scene, mark), shares?.join(", ") ?? UNASKED, ...(shares && note ? [note] : [])].join("; ");
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

/** The middle and half the size of a mark: of a point among points, or of a path; a place has no size. */
function boxOf(scene, mark) {
  if (isPlace(mark)) return { ...mark, round: true, halfWidth: 0, halfHeight: 0 };
  const { reading, row } = mark;
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

/** A place as steps of the sliders: across one panel after the other, and up. */
function stepsOf({ fields }, { field, x, y }) {
  const [left, top, right, bottom] = fields[field].box;
  const steps = (share) => Math.round(STEPS * Math.max(0, Math.min(1, share)));
  return {
    across: field * (STEPS + 1) + steps((x - left) / (right - left)), up: steps((bottom - y) / (bottom - top)),
  };
}

function placeAfter(recording, { across, up }) {
  const field = Math.floor(across / (STEPS + 1));
  const [left, top, right, bottom] = recording.fields[field].box;
  const share = (across % (STEPS + 1)) / STEPS;
  return placeIn(recording, { x: left + (right - left) * share, y: bottom - ((bottom - top) * up) / STEPS });
}

const boundsOf = ({ x, y }) => (
  { left: Math.min(...x), right: Math.max(...x), top: Math.min(...y), bottom: Math.max(...y) });
