// The player: a picture, the words of its state, and what steps through it.

import { button, offer, slider } from "./controls.js";
import { html } from "./elements.js";
import { follow } from "./hand.js";
import { hearKeys } from "./keyboard.js";
import { picture } from "./painting.js";
import { panel } from "./panel.js";
import { pointing } from "./pointing.js";
import { projector } from "./projector.js";
import { frontOf } from "./turning.js";

const NUDGE = 5; // degrees that a key turns a scene in space
const FOCUSED = "button, input, label, select, textarea, summary, [tabindex='0']"; // by a pointer

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

/** A caption, from "E, iteration 2: every point asks" its "E, iteration 2: " and what is behind it. */
const parted = (text) => text.match(/^([^:]*: |)(.*)$/s).slice(1);

/** Every caption of a run, unseen: together they keep the room for the longest. A 0 stands for all digits. */
function ghosts(run) {
  const captions = run.scenes.flatMap((scene) => scene.captions);
  return [...new Set(captions.map((text) => text.replace(/\d/g, "0")))].map((text) => {
    const [head, tail] = parted(text);
    return html("p", { "aria-hidden": "true" }, html("b", {}, head), tail);
  });
}

/**
 * Puts a player into `parent`. `run` is what `decode` gives: the recordings of a dial, and as `playing` how to play
 * them: at the usual speed `pace` seconds from state to state and `hold` seconds on the first and the last one, whether
 * with a `glide` between them, whether in a `loop`, whether captions are `told` to the eye, and a `heading` above them. `onChange` hears of every
 * { step, turnedTo } that the reader or the playing brings about; turnedTo is the number of the recording. `first`
 * are elements for the beginning of the row of controls, and `onKey(event)` is true for a key that was for them.
 * Returns show({ step, turnedTo }), load(run, { step, turnedTo }), preview(recording, caption) of a state that is not
 * of the run, restore() after it, remove(), now(), told, and the elements root, caption, stage, controls and panel.
 */
export function mount(parent, run, {
  step = 0, turnedTo = 0, onChange = () => {}, first = [], onKey = () => false,
} = {}) {
  let recording; // the one that the dial is turned to
  let pictures; // recording -> its picture
  let needed = new AbortController(); // these pictures
  const gone = new AbortController(); // the player
  let shown; // the picture on the stage
  let last; // the last step
  let only = ""; // the kind of states to stop at; "" is all of them
  let speed = 5; // 1 to 9
  let covered = true; // whether regions are hidden
  let view = null; // from where a scene in space is seen
  let playing = 0; // a timer
  let gliding = 0; // an animation frame
  const { pace = 1.5, hold, glide = true, loop = false, told: isTold = true, heading } = run.playing ?? {};

  // ---------------------------------------------------------------- what is there

  const root = html("div", { class: "emviz", role: "group", tabindex: -1 });
  const lead = html("b");
  const words = html("span");
  const spoken = html("p", { "aria-live": "polite", "aria-atomic": "true" }, lead, words);
  const caption = html("div", { class: "emviz-caption" }, spoken);
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
  const more = panel({ stopAt, setSpeed, uncover, turn, walk: told.walk, look: told.look });
  const controls = html("div", { class: "emviz-controls" },
    ...first, dial.element, buttons, steps.element, screen, more.button);
  if (heading) root.append(html("p", { class: "emviz-heading" }, heading));
  root.append(caption, stage, controls, more.element);
  root.classList.toggle("emviz-untold", !isTold);
  steps.element.classList.add("emviz-step");
  dial.element.classList.add("emviz-dial");

  // ---------------------------------------------------------------- what is shown

  function load(next, { step: at, turnedTo: to }) {
    pause();
    if (!recording?.turn) view = null; // else the reader keeps it
    run = next;
    pictures = new Map();
    needed.abort();
    needed = new AbortController();
    caption.replaceChildren(spoken, ...ghosts(run));
    dial.name(run.dial.replace(/^[a-z](?=[a-z])/, (letter) => letter.toUpperCase())); // a word, not a sign such as σ
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
    shown.uncover(!covered);
    shown.element.append(told.ring, told.card);
    stage.querySelector(".emviz-picture")?.remove();
    stage.prepend(shown.element);
    stage.classList.toggle("emviz-turns", Boolean(recording.turn));
    root.setAttribute("aria-label", recording.title);
    root.style.setProperty("--emviz-width", recording.width);
    root.style.setProperty("--emviz-height", recording.height);
    dial.set(to, run.scenes.length - 1, run.labels[to]);
    controls.hidden = last === 0 && run.scenes.length === 1 && first.length === 0;
    more.suit(recording);
    tell();
    turn(view);
  }

  /** What happened, and where this is. */
  function tell() {
    say(recording.captions[step]);
    steps.set(step, last, `${recording.steps[step]} of ${recording.steps[last]}`);
    for (const button of [toStart, back]) button.setAttribute("aria-disabled", step === 0);
    for (const button of [forward, toEnd]) button.setAttribute("aria-disabled", step === last);
  }

  function say(text) {
    [lead.textContent, words.textContent] = parted(text);
  }

  function paint() {
    shown.show(step);
    told.refresh();
  }

  function uncover(on) {
    covered = !on;
    shown.uncover(on);
  }

  /** To another side of a scene in space, for as long as the reader likes; null is the front. */
  function turn(next) {
    const { yaw, tilt } = next ?? frontOf(recording);
    view = { yaw: ((yaw % 360) + 360) % 360, tilt: clamp(tilt, -90, 90) };
    more.tellView(view);
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

  function stopAt(kind) {
    only = kind;
    go(nearest(step));
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

  /** Milliseconds for what takes so many seconds at the usual speed. */
  const paced = (seconds) => 1000 * seconds * 2 ** ((5 - speed) / 2);

  /** How long playing stays in a state. */
  const rest = () => paced((step === 0 || step === last) && hold ? hold : pace);

  function start() {
    if (step === last && moveTo(0)) onChange({ step, turnedTo });
    offer(play, "pause", "Pause", "space");
    playing = setTimeout(advance, step === 0 && hold ? rest() : paced(pace) / 2);
  }

  function advance() {
    if (step === last && !(loop && last > 0)) return stopPlaying();
    if (step === last) moveTo(0);
    else if (!glide || matchMedia("(prefers-reduced-motion: reduce)").matches) moveTo(after());
    else glideTo(after());
    onChange({ step, turnedTo });
    playing = setTimeout(advance, rest());
  }

  function glideTo(next) {
    const from = step;
    let began;
    const frame = (now) => {
      began ??= now;
      const t = (now - began) / (paced(pace) / 5);
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
    more.tellSpeed(speed, paced(pace) / 1000);
    if (!playing) return;
    clearTimeout(playing);
    playing = setTimeout(advance, rest());
  }

  // ---------------------------------------------------------------- hands and keys

  follow(stage, () => ({ recording, shown, view }), told, turn);
  root.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(FOCUSED)) root.focus({ preventScroll: true });
  });
  const steppings = {
    ArrowLeft: () => go(before()), ArrowRight: () => go(after()), Home: () => go(0), End: () => go(last),
  };
  const clicker = { ...steppings, PageUp: steppings.ArrowLeft, PageDown: steppings.ArrowRight }; // a presenter's
  const turnings = {
    ArrowLeft: () => turn({ ...view, yaw: view.yaw - NUDGE }),
    ArrowRight: () => turn({ ...view, yaw: view.yaw + NUDGE }),
    ArrowUp: () => turn({ ...view, tilt: view.tilt - NUDGE }),
    ArrowDown: () => turn({ ...view, tilt: view.tilt + NUDGE }),
  };
  hearKeys(root, steps.input, {
    first: onKey,
    escape: () => told.choose(null),
    space: () => play.click(),
    digit: setSpeed,
    fill,
    arrows: (shift) => (shift && recording.turn ? turnings : root.matches(":fullscreen") ? clicker : steppings),
  }, gone.signal);

  load(run, { step, turnedTo });
  setSpeed(speed);
  parent.append(root);
  return {
    show({ step: at, turnedTo: to }) {
      if (to === turnedTo) moveTo(clamp(at, 0, last));
      else open(to, at);
    },
    load,
    preview(other, text) {
      pause();
      shown.preview(other);
      say(text);
      told.hover(null);
    },
    restore() {
      tell();
      paint();
    },
    now: () => ({ recording, step, shown }),
    told,
    root,
    caption,
    stage,
    controls,
    panel: more.element,
    remove() {
      pause();
      needed.abort();
      gone.abort();
      root.remove();
    },
  };
}
