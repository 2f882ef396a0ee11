// The player: a picture, the words of its state, and what steps through it.

import { button, choice, offer, slider } from "./controls.js";
import { html, unique } from "./elements.js";
import { follow } from "./hand.js";
import { picture } from "./painting.js";
import { pointing } from "./pointing.js";
import { projector } from "./projector.js";
import { frontOf } from "./turning.js";

const NUDGE = 5; // degrees that a key turns a scene in space

/** Milliseconds from state to state while playing; a fifth of it is the glide. */
const pace = (speed) => 1500 * 2 ** ((5 - speed) / 2);

const KEYS = { "←": "back", "→": "forward", space: "play", Home: "start", End: "end", "1 … 9": "speed", F: "projector" };
const TURN_KEYS = { "Shift + ← ↑ → ↓": "turn" };

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

/**
 * Puts a player into `parent`. `run` is what `decode` gives: the recordings of a dial. `onChange` hears of every
 * { step, turnedTo } that the reader or the playing brings about; turnedTo is the number of the recording.
 * Returns show({ step, turnedTo }), load(run, { step, turnedTo }) and remove().
 */
export function mount(parent, run, { step = 0, turnedTo = 0, onChange = () => {} } = {}) {
  let recording; // the one that the dial is turned to
  let pictures; // recording -> its picture
  let needed = new AbortController(); // these pictures
  const gone = new AbortController(); // the player
  let shown; // the picture on the stage
  let last; // the last step
  let only = ""; // the kind of states to stop at; "" is all of them
  let speed = 5; // 1 to 9
  let view = null; // from where a scene in space is seen
  let playing = 0; // a timer
  let gliding = 0; // an animation frame

  // ---------------------------------------------------------------- what is there

  const root = html("div", { class: "emviz", role: "group", tabindex: -1 });
  const lead = html("b");
  const words = html("span");
  const ghost = html("p", { "aria-hidden": "true" }); // the longest caption, unseen: it keeps the height
  const spoken = html("p", { "aria-live": "polite", "aria-atomic": "true" }, lead, words);
  const stage = html("div", { class: "emviz-stage" });
  const told = pointing(() => ({ recording, step, shown }));

  const toStart = button("start", "To the start", "Home", () => go(0));
  const back = button("back", "Back one step", "←", () => go(before()));
  const play = button("play", "Play", "space", () => (playing ? pause() : start()));
  const forward = button("forward", "Forward one step", "→", () => go(after()));
  const toEnd = button("end", "To the end", "End", () => go(last));
  const buttons = html("div", { class: "emviz-buttons" }, toStart, back, play, forward, toEnd);
  const steps = slider("Step", 0, slide);
  const dial = slider("", 0, (to) => {
    open(to, step);
    onChange({ step, turnedTo });
  });
  const fill = projector(root);
  const screen = button("projector", "Projector mode", "F", fill);
  const more = button("more", "More", "", () => unfold(panel.hidden), true);
  const controls = html("div", { class: "emviz-controls" }, dial.element, buttons, steps.element, screen, more);

  const stops = choice("Stop at", { "": "E and M", E: "E only", M: "M only" }, (kind) => {
    only = kind;
    go(nearest(step));
  });
  const speeds = slider("Speed", 1, setSpeed);
  const yaw = slider("Turn", 0, (degrees) => turn({ ...view, yaw: degrees }));
  const tilt = slider("Tilt", -90, (degrees) => turn({ ...view, tilt: degrees }));
  const front = button("front", "Front view", "double click", () => turn(frontOf(recording)), true);
  const turning = html("div", { class: "emviz-turning" }, yaw.element, tilt.element, front);
  const keys = html("p", { class: "emviz-keys" });
  const panel = html("div", { class: "emviz-panel", id: unique() },
    stops, speeds.element, told.walk.element, turning, keys);

  root.append(html("div", { class: "emviz-caption" }, spoken, ghost), stage, controls, panel);
  steps.element.classList.add("emviz-step");
  dial.element.classList.add("emviz-dial");
  more.setAttribute("aria-controls", panel.id);
  unfold(false);

  function unfold(open) {
    panel.hidden = !open;
    more.setAttribute("aria-expanded", open);
  }

  // ---------------------------------------------------------------- what is shown

  function load(next, { step: at, turnedTo: to }) {
    pause();
    if (!recording?.turn) view = null; // else the reader keeps it
    run = next;
    pictures = new Map();
    needed.abort();
    needed = new AbortController();
    const captions = run.scenes.flatMap((scene) => scene.captions);
    ghost.textContent = captions.reduce((long, text) => (text.length > long.length ? text : long));
    dial.name(run.dial.charAt(0).toUpperCase() + run.dial.slice(1));
    dial.element.hidden = run.scenes.length === 1;
    open(to, at);
  }

  /** Turns the dial to a recording, to show one of its states. */
  function open(to, at) {
    stopGliding();
    turnedTo = to;
    recording = run.scenes[to];
    last = recording.states.length - 1;
    step = clamp(at, 0, last);
    if (!pictures.has(recording)) pictures.set(recording, picture(recording, needed.signal));
    shown = pictures.get(recording);
    shown.element.append(told.ring, told.card);
    stage.replaceChildren(shown.element);
    stage.classList.toggle("emviz-turns", Boolean(recording.turn));
    root.setAttribute("aria-label", recording.title);
    root.style.setProperty("--emviz-width", recording.width);
    root.style.setProperty("--emviz-height", recording.height);
    dial.set(to, run.scenes.length - 1, run.labels[to]);
    controls.hidden = last === 0 && run.scenes.length === 1;
    told.walk.element.hidden = !recording.readings.length;
    turning.hidden = !recording.turn;
    const all = Object.entries(recording.turn ? { ...KEYS, ...TURN_KEYS } : KEYS);
    keys.replaceChildren(...all.flatMap(([key, act]) => [html("span", {}, html("kbd", {}, key), act), " "]));
    tell();
    turn(view ?? frontOf(recording));
  }

  /** What happened, and where this is. */
  function tell() {
    const [, head, tail] = recording.captions[step].match(/^([^:]*: )?(.*)$/s);
    lead.textContent = head ?? "";
    words.textContent = tail;
    steps.set(step, last, `${recording.steps[step]} of ${recording.steps[last]}`);
    for (const button of [toStart, back]) button.setAttribute("aria-disabled", step === 0);
    for (const button of [forward, toEnd]) button.setAttribute("aria-disabled", step === last);
  }

  function paint() {
    shown.show(step);
    told.refresh();
  }

  /** From another side, which stays until the next turn. */
  function turn(next) {
    view = { yaw: (next.yaw + 360) % 360, tilt: clamp(next.tilt, -90, 90) };
    yaw.set(Math.round(view.yaw), 360, `${Math.round(view.yaw)}°`);
    tilt.set(Math.round(view.tilt), 90, `${Math.round(view.tilt)}°`);
    shown.turn(view);
    if (!gliding) paint();
  }

  // ---------------------------------------------------------------- stepping

  const isStop = (at) => !only || at <= 0 || at >= last || recording.kinds[at] === only;

  /** The next state to stop at, from `at` on, forward (way 1) or back (way -1). */
  function stopFrom(at, way) {
    while (!isStop(at)) at += way;
    return clamp(at, 0, last);
  }

  const before = () => stopFrom(step - 1, -1);
  const after = () => stopFrom(step + 1, 1);

  function nearest(at) {
    const [up, down] = [stopFrom(at, 1), stopFrom(at, -1)];
    return up - at <= at - down ? up : down;
  }

  /** To a step at once; returns whether that is another one. */
  function moveTo(next) {
    if (next === step) return false;
    stopGliding();
    step = next;
    tell();
    paint();
    return true;
  }

  /** As the reader wants. */
  function go(next) {
    pause();
    if (moveTo(next)) onChange({ step, turnedTo });
  }

  let dragging = false; // the slider's thumb
  steps.input.addEventListener("pointerdown", () => (dragging = true));
  for (const end of ["pointerup", "pointercancel"]) steps.input.addEventListener(end, () => (dragging = false));

  function slide(to) {
    go(dragging ? nearest(to) : stopFrom(to, Math.sign(to - step)));
    if (steps.input.valueAsNumber !== step) tell();
  }

  // ---------------------------------------------------------------- playing

  function start() {
    if (step === last && moveTo(0)) onChange({ step, turnedTo });
    offer(play, "pause", "Pause", "space");
    playing = setTimeout(advance, pace(speed) / 2);
  }

  function advance() {
    if (step === last) return stopPlaying();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) moveTo(after());
    else glideTo(after());
    onChange({ step, turnedTo });
    playing = setTimeout(advance, pace(speed));
  }

  function glideTo(next) {
    const from = step;
    let began;
    const frame = (now) => {
      began ??= now;
      const t = (now - began) / (pace(speed) / 5);
      if (t >= 1) return stopGliding();
      shown.between(from, step, t * t * (3 - 2 * t));
      told.refresh();
      gliding = requestAnimationFrame(frame);
    };
    step = next;
    tell();
    gliding = requestAnimationFrame(frame);
  }

  /** Ends a glide where it goes to. */
  function stopGliding() {
    if (!gliding) return;
    cancelAnimationFrame(gliding);
    gliding = 0;
    paint();
  }

  function stopPlaying() {
    clearTimeout(playing);
    playing = 0;
    offer(play, "play", "Play", "space");
  }

  function pause() {
    if (playing) stopPlaying();
    stopGliding();
  }

  function setSpeed(next) {
    speed = next;
    speeds.set(speed, 9, `${(pace(speed) / 1000).toFixed(1)} s a step`);
    if (!playing) return;
    clearTimeout(playing);
    playing = setTimeout(advance, pace(speed));
  }

  // ---------------------------------------------------------------- hands and keys

  follow(stage, () => ({ recording, shown, view }), told, turn);
  stage.addEventListener("dblclick", () => turn(frontOf(recording)));

  const moves = {
    ArrowLeft: () => go(before()), ArrowRight: () => go(after()), Home: () => go(0), End: () => go(last),
  };
  const turns = {
    ArrowLeft: () => turn({ ...view, yaw: view.yaw - NUDGE }), ArrowUp: () => turn({ ...view, tilt: view.tilt - NUDGE }),
    ArrowRight: () => turn({ ...view, yaw: view.yaw + NUDGE }), ArrowDown: () => turn({ ...view, tilt: view.tilt + NUDGE }),
  };

  root.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("button, input, label")) root.focus({ preventScroll: true });
  });
  function press(event) {
    const path = event.composedPath();
    if (!path.includes(root)) return;
    const [target] = path;
    const { key, shiftKey } = event;
    const shortcut = event.ctrlKey || event.metaKey || event.altKey;
    if (key === "Escape") told.choose(null);
    if (shortcut || key === "Escape" || (key === "Enter" && shiftKey)) return; // the notebook's
    event.stopPropagation();
    const arrows = shiftKey && recording.turn ? turns : moves;
    const busy = target.matches("input") && target !== steps.input; // it has a use for the arrows
    if (key in arrows && !busy) arrows[key]();
    else if (key === " " && !target.matches("button, [type=radio]")) play.click(); // a button answers itself
    else if (/^[1-9]$/.test(key)) setSpeed(Number(key));
    else if (key.toLowerCase() === "f") fill();
    else return;
    event.preventDefault();
  }
  // On the way down, and first of all: Notebook 7 listens on the document.
  addEventListener("keydown", press, { capture: true, signal: gone.signal });

  load(run, { step, turnedTo });
  setSpeed(speed);
  parent.append(root);
  return {
    show({ step: at, turnedTo: to }) {
      if (to === turnedTo) moveTo(clamp(at, 0, last));
      else open(to, at);
    },
    load,
    remove() {
      pause();
      needed.abort();
      gone.abort();
      root.remove();
    },
  };
}
