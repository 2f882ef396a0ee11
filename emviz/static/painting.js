// Paints marks: as SVG, or on a canvas where there are many points.

import { dress, html, svg, unique } from "./elements.js";
import { regions } from "./field.js";
import { blend, faded } from "./gliding.js";
import { at } from "./recording.js";
import { frontOf, turned } from "./turning.js";

const MANY = 3000; // points; where there are more, a canvas paints them

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

const colorAt = (columns, i) => (columns[0].length ? color(columns.map((column) => at(column, i))) : "none");
const color = (rgba) => (rgba ? `#${HEX[rgba[0]]}${HEX[rgba[1]]}${HEX[rgba[2]]}${HEX[rgba[3]]}` : "none");
const short = (value) => Math.round(value * 1000) / 1000;
const translate = (x, y) => `translate(${short(x)} ${short(y)})`;

/** An outline as the `d` of an SVG path. */
function trace({ x, y, codes, drawn }, scale = 1) {
  if (!drawn.has(scale)) {
    let d = "";
    let more = 0; // vertices that the last letter still takes
    codes.forEach((code, i) => {
      if (more === 0) d += "MLQCZ"[code];
      more = (more || [1, 1, 2, 3, 1][code]) - 1;
      if (code !== 4) d += `${short(x[i] * scale)} ${short(y[i] * scale)} `;
    });
    drawn.set(scale, d);
  }
  return drawn.get(scale);
}

const traceAt = (mark, i) => trace(mark.outlines[at(mark.which, i)], at(mark.scales, i));

const TAGS = { path: "path", points: "g", image: "image" };
const BRUSHES = {
  path(element, { x, y, outline, look }) {
    dress(element, {
      d: trace(outline), transform: translate(x, y), fill: color(look.fill), stroke: color(look.stroke),
      "stroke-width": look.width, "stroke-dasharray": look.dashes.join(" ") || "none",
      "stroke-dashoffset": look.dashOffset, "stroke-linecap": look.cap, "stroke-linejoin": look.join,
    });
  },
  points(element, mark) {
    dress(element, { "stroke-linejoin": mark.join });
    const points = (element.points ??= []);
    while (points.length > mark.x.length) points.pop().remove();
    mark.x.forEach((x, i) => {
      if (i === points.length) element.append((points[i] = svg("path")));
      dress(points[i], {
        d: traceAt(mark, i), transform: translate(x, mark.y[i]), fill: colorAt(mark.fills, i),
        stroke: colorAt(mark.strokes, i), "stroke-width": short(at(mark.widths, i)),
      });
    });
  },
  image(element, { png, width, height, matrix, opacity, smooth }) {
    const binary = Array.from(png, (byte) => String.fromCharCode(byte)).join("");
    dress(element, {
      href: `data:image/png;base64,${btoa(binary)}`, width, height, transform: `matrix(${matrix.join(" ")})`,
      opacity, preserveAspectRatio: "none", "image-rendering": smooth ? "auto" : "pixelated",
    });
  },
};

/** A function that shows marks as elements of `group`; elements stay where the kind of mark stays. */
function onSvg(group, clipped) {
  const shown = [];
  return (marks) => {
    while (shown.length > marks.length) shown.pop().outer.remove();
    marks.forEach((mark, i) => {
      if (shown[i]?.mark === mark) return;
      if (shown[i]?.mark.kind !== mark.kind || shown[i].mark.clips !== mark.clips) {
        const element = svg(TAGS[mark.kind]);
        const outer = clipped(element, mark.clips);
        if (shown[i]) shown[i].outer.replaceWith(outer);
        else group.append(outer);
        shown[i] = { element, outer };
      }
      shown[i].mark = mark;
      BRUSHES[mark.kind](shown[i].element, mark);
    });
  };
}

/** A function that shows marks, all of them points, on a canvas, as crisp as the screen is. */
function onCanvas(canvas, width, signal) {
  let shown = [];
  const paint = () => {
    canvas.width = canvas.clientWidth * devicePixelRatio; // which also clears it
    canvas.height = canvas.clientHeight * devicePixelRatio;
    shown.forEach((mark) => stamp(canvas.getContext("2d"), mark, canvas.width / width));
  };
  new ResizeObserver(paint).observe(canvas);
  const watchDensity = () => { // of the screen that the window is moved to
    const now = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    now.addEventListener("change", () => [paint(), watchDensity()], { once: true, signal });
  };
  watchDensity();
  return (marks) => {
    shown = marks;
    paint();
  };
}

function stamp(brush, mark, scale) {
  const stamps = new Map();
  brush.save();
  for (const { x, y, outline } of mark.clips) {
    brush.setTransform(scale, 0, 0, scale, x * scale, y * scale);
    brush.clip(new Path2D(trace(outline)));
  }
  brush.lineJoin = mark.join;
  mark.x.forEach((x, i) => {
    const d = traceAt(mark, i);
    if (!stamps.has(d)) stamps.set(d, new Path2D(d));
    brush.setTransform(scale, 0, 0, scale, x * scale, mark.y[i] * scale);
    brush.lineWidth = at(mark.widths, i);
    brush.fillStyle = mark.fills[0].length ? colorAt(mark.fills, i) : "transparent";
    brush.strokeStyle = mark.strokes[0].length ? colorAt(mark.strokes, i) : "transparent";
    brush.fill(stamps.get(d));
    brush.stroke(stamps.get(d));
  });
  brush.restore();
}

/** The same for clips that are equal, whichever recording they are from. */
const nameOfClips = (clips) => JSON.stringify(clips.map(({ x, y, outline }) => [x, y, [...outline.x], [...outline.y]]));

/**
 * The picture of a recording: an element, and what shows a state or a moment between two states in it. `signal` is
 * aborted when nobody needs it any more.
 */
export function picture(recording, signal) {
  const { width, height, states, movers } = recording;
  const element = html("div", { class: "emviz-picture" });
  const own = unique();
  const defs = svg("defs");
  const stencils = new Map(); // clip -> the name of its stencil
  const stencil = (clip) => {
    if (!stencils.has(clip)) {
      const { x, y, outline } = clip;
      const id = `${own}-${stencils.size}`;
      stencils.set(clip, id);
      defs.append(svg("clipPath", { id }, svg("path", { d: trace(outline), transform: translate(x, y) })));
    }
    return stencils.get(clip);
  };
  const clipped = (inner, clips) => clips.reduce(
    (content, clip) => svg("g", { "clip-path": `url(#${stencil(clip)})` }, content), inner);
  const known = new Map(recording.clips.map((clips) => [nameOfClips(clips), clips]));

  let layer = null; // the last one, if it is an svg
  const newLayer = (made) => element.appendChild(made);
  const paper = () => {
    layer ??= newLayer(svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }));
    return layer;
  };
  const painter = (name, everShown) => {
    const dots = everShown.flat();
    if (dots.every((mark) => mark.kind === "points") && dots.some((mark) => mark.x.length > MANY)) {
      layer = null;
      return onCanvas(newLayer(html("canvas", { "data-mover": name, "aria-hidden": "true" })), width, signal);
    }
    return onSvg(paper().appendChild(svg("g", { "data-mover": name })), clipped);
  };

  const front = paper();
  front.append(defs);
  front.removeAttribute("aria-hidden");
  front.setAttribute("role", "img");

  recording.static.forEach((mark) => painter("", [[mark]])([mark]));
  const ground = regions(recording);
  if (recording.fields.length) {
    newLayer(ground.element);
    layer = null;
  }
  const painters = movers.map((name, k) => painter(name, states.map((state) => state[k])));
  const painted = {}; // the marks of each mover
  const put = (k, marks) => {
    if (painted[movers[k]] !== marks) painters[k]((painted[movers[k]] = marks));
  };
  let marksOf = turned(recording, frontOf(recording));

  return {
    element,
    painted,
    show(i) {
      front.setAttribute("aria-label", recording.alts[i]);
      painters.forEach((_, k) => put(k, marksOf(i, k)));
      ground.paint(painted, i);
    },
    between(i, j, t) {
      painters.forEach((_, k) => {
        const [from, to] = [marksOf(i, k), marksOf(j, k)];
        if (from === to) return put(k, to);
        const gone = from.slice(to.length).map((mark) => faded(mark, 1 - t));
        put(k, [...to.map((mark, m) => (m < from.length ? blend(from[m], mark, t) : faded(mark, t))), ...gone]);
      });
      ground.paint(painted, i, j, t);
    },
    /** Shows the regions from now on, or hides them. */
    uncover: ground.uncover,
    /** Shows marks of another recording, by the names of their movers; what it does not name stays as it is. */
    preview({ movers: names, states: [state], fields }) {
      const own = (mark) => ({ ...mark, clips: known.get(nameOfClips(mark.clips)) ?? mark.clips });
      names.forEach((name, i) => {
        if (painters[movers.indexOf(name)]) put(movers.indexOf(name), state[i].map(own));
      });
      ground.preview(painted, fields);
    },
    /** What is shown from now on is seen from there. */
    turn(view) {
      marksOf = turned(recording, view);
    },
  };
}
