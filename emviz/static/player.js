// Paints a recorded scene and steps through it: the player in a notebook, and the exported page.

const MANY = 3000; // points; where there are more, a canvas paints them
const HOLD = 1200; // milliseconds that a state stays while playing
const GLIDE = 300; // milliseconds from one state to the next while playing

// ------------------------------------------------------------------ reading

const TYPES = { i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array, f4: Float32Array };

/** Turns the bytes that emviz/marks/payload.py wrote into marks: what is equal is one object. */
export function decode(bytes) {
  const start = bytes.byteOffset;
  const end = start + 4 + new DataView(bytes.buffer, start).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes.buffer, start + 4, end - start - 4)));
  const { unit } = header;

  let offset = end;
  const grids = []; // each a list of columns
  for (const [type, rows, columns, base] of header.grids) {
    const size = rows * TYPES[type].BYTES_PER_ELEMENT;
    grids.push(Array.from({ length: columns }, (_, c) => {
      const column = new TYPES[type](bytes.buffer.slice(offset, (offset += size)));
      return base === null ? column : column.map((change, i) => change + grids[base][c][i]);
    }));
  }

  const outlines = header.outlines.map(([bends, codes]) => ({
    x: unbend(grids[bends][0], unit), y: unbend(grids[bends][1], unit), codes: grids[codes][0], drawn: new Map(),
  }));
  const placed = ([x, y, outline]) => ({ x: x * unit, y: y * unit, outline: outlines[outline] });
  const clips = header.clips.map((row) => row.map(placed));
  const looks = header.looks.map(([fill, stroke, width, dashes, dashOffset, cap, join]) => (
    { fill, stroke, width, dashes, dashOffset, cap, join }));
  const path = ([shape, look, clip]) => (
    { kind: "path", ...placed(shape), look: looks[look], clips: clips[clip] });
  const points = ([places, shapes, which, scales, fills, strokes, widths, join, clip]) => ({
    kind: "points", join, clips: clips[clip],
    x: Float64Array.from(grids[places][0], (value) => value * unit),
    y: Float64Array.from(grids[places][1], (value) => value * unit),
    outlines: shapes.map((shape) => outlines[shape]), which: grids[which][0], scales: grids[scales][0],
    fills: grids[fills], strokes: grids[strokes], widths: grids[widths][0],
  });
  const image = ([png, width, height, matrix, opacity, smooth, clip]) => (
    { kind: "image", png: grids[png][0], width, height, matrix, opacity, smooth, clips: clips[clip] });

  const marks = header.marks.map(([kind, ...fields]) => [path, points, image][kind](fields));
  const slots = header.slots.map((row) => row.map((mark) => marks[mark]));
  const states = (rows) => rows.map((row) => row.map((slot) => slots[slot]));
  const scenes = header.scenes.map((scene) => ({
    ...scene, clips, static: slots[scene.static], states: states(scene.states),
    readings: scene.readings.map((reading) => ({
      ...reading, names: header.names[reading.names],
      percents: reading.percents.map((number) => (number === null ? null : grids[number])),
    })),
    turn: scene.turn && { ...scene.turn, sides: states(scene.turn.sides) },
  }));
  return { dial: header.dial, labels: header.labels, scenes };
}

function unbend(bends, unit) {
  let slope = 0;
  let place = 0;
  return Float64Array.from(bends, (bend) => (place += slope += bend) * unit);
}

// ------------------------------------------------------------------ painting

const SVG = "http://www.w3.org/2000/svg";
const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

const at = (column, i) => column[i % column.length]; // fewer rows than points: the rows repeat
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

function create(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  dress(element, attributes);
  element.append(...children);
  return element;
}

/** Sets the attributes that differ from those of the last time. */
function dress(element, attributes) {
  const worn = (element.worn ??= {});
  for (const name in attributes) {
    if (worn[name] !== attributes[name]) element.setAttribute(name, (worn[name] = attributes[name]));
  }
}

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
      if (i === points.length) element.append((points[i] = create("path")));
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
        const element = create(TAGS[mark.kind]);
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

/** A function that shows marks, all of them points, on a canvas. */
function onCanvas(canvas, width) {
  let shown = [];
  const paint = () => {
    canvas.width = canvas.clientWidth * devicePixelRatio; // which also clears it
    canvas.height = canvas.clientHeight * devicePixelRatio;
    shown.forEach((mark) => stamp(canvas.getContext("2d"), mark, canvas.width / width));
  };
  new ResizeObserver(paint).observe(canvas);
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

/** The picture of a recording: an element, and what shows a state or a moment between two states in it. */
function picture(recording) {
  const { width, height, states } = recording;
  const element = html("div", { class: "emviz-picture" });
  const unique = `emviz-${Math.random().toString(36).slice(2)}`; // several players share a page
  const stencils = new Map(recording.clips.flat().map((clip, i) => [clip, `${unique}-${i}`]));
  const clipped = (inner, clips) => clips.reduce(
    (content, clip) => create("g", { "clip-path": `url(#${stencils.get(clip)})` }, content), inner);

  let layer = null; // the last one, if it is an svg
  const newLayer = (made) => element.appendChild(made);
  const paper = () => {
    layer ??= newLayer(create("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }));
    return layer;
  };
  const painter = (name, everShown) => {
    const dots = everShown.flat();
    if (dots.every((mark) => mark.kind === "points") && dots.some((mark) => mark.x.length > MANY)) {
      layer = null;
      return onCanvas(newLayer(html("canvas", { "data-mover": name, "aria-hidden": "true" })), width);
    }
    return onSvg(paper().appendChild(create("g", { "data-mover": name })), clipped);
  };

  const front = paper();
  front.append(create("defs", {}, ...[...stencils].map(([{ x, y, outline }, id]) => create(
    "clipPath", { id }, create("path", { d: trace(outline), transform: translate(x, y) })))));
  front.removeAttribute("aria-hidden");
  front.setAttribute("role", "img");

  recording.static.forEach((mark) => painter("", [[mark]])([mark]));
  const painters = recording.movers.map((name, k) => painter(name, states.map((state) => state[k])));

  return {
    element,
    show(i) {
      front.setAttribute("aria-label", recording.alts[i]);
      painters.forEach((paint, k) => paint(states[i][k]));
    },
    between(i, j, t) {
      painters.forEach((paint, k) => {
        const [from, to] = [states[i][k], states[j][k]];
        if (from === to) return;
        const gone = from.slice(to.length).map((mark) => faded(mark, 1 - t));
        paint([...to.map((mark, m) => (m < from.length ? blend(from[m], mark, t) : faded(mark, t))), ...gone]);
      });
    },
  };
}

// ------------------------------------------------------------------ gliding

const mix = (from, to, t) => from + (to - from) * t;

function mixAll(from, to, t) {
  if (from === to || !from.length || !to.length) return to;
  return (from.length > to.length ? from : to).map((_, i) => mix(at(from, i), at(to, i), t));
}

/** A mark on its way to another; where their structures differ, the other. */
function blend(from, to, t) {
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
function faded(mark, share) {
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

// ------------------------------------------------------------------ stepping

function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

const ICONS = {
  back: "M15 5 8 12l7 7", forward: "M9 5l7 7-7 7", play: "M8 5v14l11-7z", pause: "M8 5h3v14H8zM14 5h3v14h-3z",
};

function button(icon, label, act) {
  const element = html("button", { type: "button", class: `emviz-${icon}` });
  element.addEventListener("click", act);
  return offering(element, icon, label);
}

function offering(element, icon, label) {
  const sign = create("path", { d: ICONS[icon] });
  element.replaceChildren(create("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, sign));
  element.setAttribute("aria-label", label);
  return element;
}

/**
 * Puts a player into `parent`. `onStep` hears of every step that the reader or the playing takes.
 * Returns show(step), load(recording, step) and remove().
 */
export function mount(parent, recording, { step = 0, onStep = () => {} } = {}) {
  let shown; // the picture
  let last; // the last step
  let playing = 0; // a timer
  let gliding = 0; // an animation frame

  const lead = html("b");
  const words = html("span");
  const ghost = html("p", { "aria-hidden": "true" }); // the longest caption, unseen: it keeps the height
  const spoken = html("p", { "aria-live": "polite", "aria-atomic": "true" }, lead, words);
  const caption = html("div", { class: "emviz-caption" }, spoken, ghost);
  const stage = html("div");
  const range = html("input", { type: "range", min: 0, step: 1 });
  const count = html("output", { "aria-hidden": "true" });
  const back = button("back", "Back one step", () => go(step - 1));
  const play = button("play", "Play", () => (playing ? pause() : start()));
  const forward = button("forward", "Forward one step", () => go(step + 1));
  const steps = html("div", { class: "emviz-steps" }, html("label", {}, html("span", {}, "Step"), range), count);
  const controls = html("div", { class: "emviz-controls" }, back, play, forward, steps);
  const root = html("div", { class: "emviz", role: "group", tabindex: -1 }, caption, stage, controls);

  function load(next, at) {
    pause();
    recording = next;
    shown = picture(recording);
    last = recording.states.length - 1;
    stage.replaceChildren(shown.element);
    root.setAttribute("aria-label", recording.title);
    root.style.setProperty("--emviz-width", recording.width);
    root.style.setProperty("--emviz-height", recording.height);
    ghost.textContent = recording.captions.reduce((long, text) => (text.length > long.length ? text : long));
    range.max = last;
    controls.hidden = last === 0;
    step = Math.min(at, last);
    tell();
    shown.show(step);
  }

  /** Everything but the picture. */
  function tell() {
    const [, head, tail] = recording.captions[step].match(/^([^:]*: )?(.*)$/s);
    lead.textContent = head ?? "";
    words.textContent = tail;
    range.value = step;
    range.style.setProperty("--emviz-at", last ? step / last : 0);
    count.textContent = `${recording.steps[step]} of ${recording.steps[last]}`;
    range.setAttribute("aria-valuetext", count.textContent);
    back.setAttribute("aria-disabled", step === 0);
    forward.setAttribute("aria-disabled", step === last);
  }

  /** To a step at once. */
  function show(next) {
    next = Math.max(0, Math.min(last, next));
    if (next === step) return false;
    cancelAnimationFrame(gliding);
    step = next;
    tell();
    shown.show(step);
    return true;
  }

  /** To the next step, as a glide. */
  function glide() {
    const from = step;
    const picture = shown;
    let began;
    const frame = (now) => {
      began ??= now;
      const t = Math.min(1, (now - began) / GLIDE);
      if (t === 1) return picture.show(from + 1);
      picture.between(from, from + 1, t * t * (3 - 2 * t));
      gliding = requestAnimationFrame(frame);
    };
    step = from + 1;
    tell();
    gliding = requestAnimationFrame(frame);
  }

  function go(next) {
    pause();
    if (show(next)) onStep(step);
  }

  function start() {
    if (step === last && show(0)) onStep(step);
    offering(play, "pause", "Pause");
    playing = setTimeout(advance, HOLD / 2);
  }

  function advance() {
    if (step === last) return stopPlaying();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) show(step + 1);
    else glide();
    onStep(step);
    playing = setTimeout(advance, still ? HOLD : GLIDE + HOLD);
  }

  function stopPlaying() {
    if (!playing) return;
    clearTimeout(playing);
    playing = 0;
    offering(play, "play", "Play");
  }

  function pause() {
    stopPlaying();
    cancelAnimationFrame(gliding);
    shown?.show(step);
  }

  range.addEventListener("input", () => go(Number(range.value)));
  root.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("button, input")) root.focus({ preventScroll: true });
  });
  root.addEventListener("keydown", (event) => {
    const shortcut = event.ctrlKey || event.metaKey || event.altKey;
    if (shortcut || event.key === "Escape" || (event.key === "Enter" && event.shiftKey)) return; // the notebook's
    event.stopPropagation();
    const steps = { ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: last };
    if (event.key in steps) go(steps[event.key]);
    else if (event.key === " " && !event.target.closest("button")) play.click(); // a button answers itself
    else return;
    event.preventDefault();
  });

  load(recording, step);
  parent.append(root);
  return {
    show,
    load,
    remove() {
      pause();
      root.remove();
    },
  };
}

/** What anywidget calls. */
function render({ model, el }) {
  const player = mount(el, decode(model.get("recording")).scenes[0], {
    step: model.get("step"),
    onStep(step) {
      model.set("step", step);
      model.save_changes();
    },
  });
  const onStep = () => player.show(model.get("step"));
  const onRecording = () => player.load(decode(model.get("recording")).scenes[0], model.get("step"));
  model.on("change:step", onStep);
  model.on("change:recording", onRecording);
  return () => {
    model.off("change:step", onStep);
    model.off("change:recording", onRecording);
    player.remove();
  };
}

export default { render };
