// Marks on their way to others: what is between two states.

import { at } from "./recording.js";

const mix = (from, to, t) => from + (to - from) * t;

/** Numbers on their way to others. */
export function mixAll(from, to, t) {
  if (from === to || !from.length || !to.length) return to;
  return (from.length > to.length ? from : to).map((_, i) => mix(at(from, i), at(to, i), t));
}

/** A mark on its way to another; where their structures differ, the other. */
export function blend(from, to, t) {
  if (from === to || from.kind !== to.kind) return to;
  if (to.kind === "path") {
    const outline = blendOutline(from.outline, to.outline, t);
    const look = {
      ...to.look, width: mix(from.look.width, to.look.width, t),
      fill: blendColor(from.look.fill, to.look.fill, t), stroke: blendColor(from.look.stroke, to.look.stroke, t),
    };
    return outline ? { ...to, outline, look, x: mix(from.x, to.x, t), y: mix(from.y, to.y, t) } : to;
  }
  if (to.kind === "points" && from.x.length === to.x.length) {
    return {
      ...to, ...blendShapes(from, to, t),
      x: mixAll(from.x, to.x, t), y: mixAll(from.y, to.y, t), scales: mixAll(from.scales, to.scales, t),
      widths: mixAll(from.widths, to.widths, t),
      fills: to.fills.map((column, c) => mixAll(from.fills[c], column, t)),
      strokes: to.strokes.map((column, c) => mixAll(from.strokes[c], column, t)),
    };
  }
  return to;
}

/** A mark as it comes or goes. */
export function faded(mark, share) {
  if (mark.kind === "image") return { ...mark, opacity: mark.opacity * share };
  if (mark.kind === "points") {
    const [fills, strokes] = [mark.fills, mark.strokes].map(
      ([red, green, blue, alphas]) => [red, green, blue, alphas.map((alpha) => alpha * share)]);
    return { ...mark, fills, strokes };
  }
  const [fill, stroke] = [mark.look.fill, mark.look.stroke].map(
    (rgba) => rgba && [...rgba.slice(0, 3), Math.round(rgba[3] * share)]);
  return { ...mark, look: { ...mark.look, fill, stroke } };
}

const blendColor = (from, to, t) => (from && to ? mixAll(from, to, t).map(Math.round) : to);

function blendOutline(from, to, t) {
  if (from === to) return to;
  if (from.codes !== to.codes) return null;
  return { ...to, x: mixAll(from.x, to.x, t), y: mixAll(from.y, to.y, t), drawn: new Map() };
}

/** The outlines of points that change their shape: one for each pair of old and new. */
function blendShapes(from, to, t) {
  const outlines = [];
  const number = new Map();
  const which = Uint16Array.from(to.x, (_, i) => {
    const [old, now] = [at(from.which, i), at(to.which, i)];
    const pair = 256 * old + now;
    if (!number.has(pair)) {
      number.set(pair, outlines.length);
      outlines.push(blendOutline(from.outlines[old], to.outlines[now], t) ?? to.outlines[now]);
    }
    return number.get(pair);
  });
  return { outlines, which };
}
