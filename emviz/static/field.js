// Who would claim a new point: at a place of a picture, and everywhere, as regions.

import { dress, html, svg } from "./elements.js";
import { mixAll } from "./gliding.js";
import { at } from "./recording.js";

const [COLUMNS, ROWS] = [120, 90]; // cells of a panel; what is between their corners is interpolated
const FAR = 12; // nats behind the winner: too small a share to change a color

// ------------------------------------------------------------------ at a place

/** Of a component: (x, y) -> log p(x, z), but for what all components have in common. */
function scoreOf(scores, k) {
  const [placeX, placeY, constant, slopeX, slopeY, xx, xy, yy] = scores.map((column) => column[k]);
  return (x, y) => {
    const [right, down] = [x - placeX, y - placeY];
    return constant + (slopeX - (xx * right) / 2 - xy * down) * right + (slopeY - (yy * down) / 2) * down;
  };
}

/** The share of each component in a new point at a place, 0 to 1; null before the first E. */
export function sharesAt({ scores, hard, components }, step, { x, y }) {
  if (!scores[step]) return null;
  const values = components.map((_, k) => scoreOf(scores[step], k)(x, y));
  const top = Math.max(...values);
  if (hard) return values.map((_, k) => Number(k === values.indexOf(top)));
  const odds = values.map((value) => Math.exp(value - top));
  const sum = odds.reduce((a, b) => a + b);
  return odds.map((odd) => odd / sum);
}

/** The field around a place, by its number, and the nearest place there that has a value; or null. */
export function placeIn({ fields }, { x, y }) {
  const field = fields.findIndex(({ box: [left, top, right, bottom] }) => (
    x >= left && x <= right && y >= top && y <= bottom));
  return field < 0 ? null : { field, x: onGrid(fields[field].axes[0], x), y };
}

const onGrid = ({ zero, unit, grid }, x) => (grid ? zero + unit * grid * Math.round((x - zero) / unit / grid) : x);

/** A place in words: "petal length 4.1, petal width 1.3". */
export function wordsAt({ axes }, { x, y }) {
  return axes.map(({ name, zero, unit, grid }, i) => {
    const decimals = Math.ceil(-Math.log10(grid || Math.abs(10 / unit)));
    const text = (([x, y][i] - zero) / unit).toFixed(Math.max(0, Math.min(20, decimals)));
    return `${name} ${text.replace("-", Number(text) ? "−" : "")}`;
  }).join(", ");
}

/** The colors of the components, red, green and blue; null where no marks have them. */
export function colorsOf(painted, mover, count) {
  const [marks] = painted[mover] ?? [];
  if (marks?.kind !== "points" || marks.x.length !== count) return null;
  return Array.from(marks.x, (_, k) => marks.fills.slice(0, 3).map((column) => at(column, k)));
}

// ------------------------------------------------------------------ everywhere

/** The regions of all fields as a layer of a picture; of those that the picture shows anyway, nothing. */
export function regions({ fields, width, height }) {
  const element = html("div", { class: "emviz-regions", "aria-hidden": "true", hidden: "" });
  const painters = fields.map((field) => {
    if (field.drawn) return () => {};
    const { panel, paint } = regionsOf(field);
    const [left, top, right, bottom] = field.box;
    Object.assign(panel.style, {
      left: `${(100 * left) / width}%`, width: `${(100 * (right - left)) / width}%`,
      top: `${(100 * top) / height}%`, height: `${(100 * (bottom - top)) / height}%`,
    });
    element.append(panel);
    return paint;
  });
  let last = () => {}; // what to show, once it is uncovered

  function show(painting) {
    last = painting;
    if (!element.hidden) painting();
  }

  return {
    element,
    /** The state i, or what is between i and j, in the colors of what is painted. */
    paint: (painted, i, j = i, t = 1) => show(() => (
      painters.forEach((paint, n) => paint(painted, fields[n].scores[i], fields[n].scores[j], t)))),
    /** The only state of these fields, which are of another recording. */
    preview: (painted, others) => show(() => (
      others.forEach(({ scores: [scores] }, n) => painters[n]?.(painted, scores, scores, 1)))),
    uncover(on) {
      element.hidden = !on;
      show(last);
    },
  };
}

/** The regions of a field: a panel to place, and what paints it. */
function regionsOf({ box, components, colors, hard }) {
  const canvas = html("canvas", { width: COLUMNS + 1, height: ROWS + 1 });
  Object.assign(canvas.style, { // the middle of a pixel is the corner of a cell
    left: `${-50 / COLUMNS}%`, width: `${(100 * (COLUMNS + 1)) / COLUMNS}%`,
    top: `${-50 / ROWS}%`, height: `${(100 * (ROWS + 1)) / ROWS}%`,
  });
  const border = svg("path");
  const lines = svg("svg", { viewBox: `0 0 ${COLUMNS} ${ROWS}`, preserveAspectRatio: "none" }, border);
  const panel = html("div", {}, canvas, lines);
  const brush = canvas.getContext("2d");
  const count = components.length;
  let shown; // the scores

  return {
    panel,
    /** What is between two states, by their scores; null before the first E. */
    paint(painted, from, to, t) {
      panel.style.opacity = to ? (from ? 1 : t) : 0;
      const rgb = colorsOf(painted, colors, count);
      if (!to || !rgb) return;
      const now = from && from !== to && t < 1 ? to.map((column, c) => mixAll(from[c], column, t)) : to;
      if (now === shown) return;
      shown = now;
      const values = valuesOf(now, box, count);
      const winners = winnersOf(values, count);
      const picture = brush.createImageData(COLUMNS + 1, ROWS + 1);
      colorIn(picture.data, winners, values, rgb, hard);
      brush.putImageData(picture, 0, 0);
      dress(border, { d: bordersOf(winners, values, count) });
    },
  };
}

/** The score of every component in every corner of a cell: corner by corner, row by row. */
function valuesOf(scores, [left, top, right, bottom], count) {
  const values = new Float64Array((COLUMNS + 1) * (ROWS + 1) * count);
  for (let k = 0; k < count; k++) {
    const score = scoreOf(scores, k);
    for (let row = 0, value = k; row <= ROWS; row++) {
      const y = top + ((bottom - top) * row) / ROWS;
      for (let column = 0; column <= COLUMNS; column++, value += count) {
        values[value] = score(left + ((right - left) * column) / COLUMNS, y);
      }
    }
  }
  return values;
}

/** In every corner the component with the highest score, the first among equals. */
function winnersOf(values, count) {
  return new Uint8Array(values.length / count).map((_, corner) => {
    let winner = 0;
    for (let k = 1; k < count; k++) if (values[corner * count + k] > values[corner * count + winner]) winner = k;
    return winner;
  });
}

/** Fills in the pixels of the corners: the colors of the components, blended by their shares. */
function colorIn(pixels, winners, values, rgb, hard) {
  const count = rgb.length;
  const [reds, greens, blues] = [0, 1, 2].map((c) => rgb.map((color) => LIGHT[color[c]]));
  winners.forEach((winner, corner) => {
    const first = corner * count;
    let [total, red, green, blue] = [0, 0, 0, 0];
    for (let k = 0; k < count; k++) {
      const behind = values[first + winner] - values[first + k];
      if (k !== winner && (hard || behind > FAR)) continue;
      const odds = Math.exp(-behind);
      total += odds;
      red += odds * reds[k];
      green += odds * greens[k];
      blue += odds * blues[k];
    }
    pixels[4 * corner] = LEVELS[Math.round((FINE * red) / total)];
    pixels[4 * corner + 1] = LEVELS[Math.round((FINE * green) / total)];
    pixels[4 * corner + 2] = LEVELS[Math.round((FINE * blue) / total)];
    pixels[4 * corner + 3] = 255;
  });
}

/**
 * Where the winner changes, as the `d` of a path in cells. Between two corners, that is where the scores of their
 * winners are equal, and in a cell a line between two such places, or a star of more.
 */
function bordersOf(winners, values, count) {
  const crossing = (one, other) => {
    const [a, b] = [winners[one], winners[other]];
    if (a === b) return null;
    const ahead = values[one * count + a] - values[one * count + b];
    const behind = values[other * count + b] - values[other * count + a];
    const share = ahead + behind > 0 ? ahead / (ahead + behind) : 0.5;
    const [row, column] = [Math.floor(one / (COLUMNS + 1)), one % (COLUMNS + 1)];
    return other === one + 1 ? [column + share, row] : [column, row + share];
  };
  let d = "";
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const corner = row * (COLUMNS + 1) + column;
      const below = corner + COLUMNS + 1;
      const winner = winners[corner];
      if (winner === winners[corner + 1] && winner === winners[below] && winner === winners[below + 1]) continue;
      const places = [crossing(corner, corner + 1), crossing(below, below + 1), crossing(corner, below),
        crossing(corner + 1, below + 1)].filter(Boolean);
      const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
      const ends = places.length === 2 ? [places[1]] : places.map(() => middle);
      ends.forEach((end, i) => (d += `M${places[i].map(brief).join(" ")}L${end.map(brief).join(" ")}`));
    }
  }
  return d;
}

const brief = (cells) => cells.toFixed(2);

// Colors mix as light does, in linear RGB (IEC 61966-2-1).
const FINE = 4095;
const LIGHT = Array.from({ length: 256 }, (_, level) => (
  level <= 10 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4));
const LEVELS = Uint8ClampedArray.from({ length: FINE + 1 }, (_, i) => {
  const light = i / FINE;
  return 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055);
});
