// Hands on the overlay: a pointer, or the keys that move a cross and press where it is.

import { nearestOf } from "./tools.js";

const GRASP = { mouse: 13, touch: 24 }; // pixels of the screen from a pointer to what it grabs
const POINT = 0.65; // of that to a point, among many
const SLIP = { mouse: 4, touch: 10 }; // pixels of the screen that a click may slip
const STRIDE = 10; // pixels of the picture that a key moves the cross

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const RENUMBERING = ["remove", "erase", "set", "undo", "again"]; // after these, rows may have other numbers

/** What a tool grabs. */
export const kindOf = (tool) => (tool === "points" || tool === "eraser" ? "point" : "center");

/**
 * Lets hands grab what is under `overlay`. `now()` is { tool, press, width }: press(place) gives a grip, and width is
 * that of the picture. `ask` and `expects` are of the kernel, `say(text)` speaks, `onCross(place, isCarrying)` draws,
 * `onGrab()` hears that something is held, and `putBack()` shows again what was before a drag.
 * Returns onKey(event), which is true where the key was for the cross, letGo(), release(), which puts back, and suit().
 */
export function grabbing(overlay, sketch, { now, ask, expects, say, onCross, onGrab, putBack }) {
  let grip = null;
  let pointer = null; // the id of the one that holds it; null is a key
  let began; // where
  let moved = false;
  let cross = null;

  const finger = ({ pointerType }) => (pointerType === "touch" ? "touch" : "mouse");
  const isBusy = () => expects((message) => RENUMBERING.includes(message.do));

  function placeOf(event) {
    const { left, top, width } = overlay.getBoundingClientRect();
    const scale = now().width / width;
    const reach = GRASP[finger(event)] * scale;
    return { x: (event.clientX - left) * scale, y: (event.clientY - top) * scale, reach: reachOf(reach) };
  }

  const reachOf = (reach) => reach * (kindOf(now().tool) === "point" ? POINT : 1);
  const atCross = () => ({ ...cross, reach: reachOf(GRASP.mouse) });

  function grab(place) {
    if (isBusy()) return say("One moment: the kernel is still at work.");
    grip = now().press(place);
    moved = false;
    if (grip) onGrab();
    return grip;
  }

  function setCross(place) {
    if (!place || !sketch.bench().box) return;
    cross = sketch.inside(place);
    onCross(cross, Boolean(grip));
  }

  /** Lets go where it is, or puts it back where it was. */
  function drop(place) {
    const held = grip;
    [grip, pointer] = [null, null];
    held?.drop(place, moved);
    setCross(place);
  }

  function release() {
    const held = grip;
    [grip, pointer] = [null, null];
    held?.cancel();
    setCross(cross);
    if (held) putBack();
  }

  // ---------------------------------------------------------------- a pointer

  let taken = false; // whether the click that follows has done its work

  overlay.addEventListener("pointerdown", (event) => {
    overlay.classList.remove("emviz-keyed");
    taken = Boolean(grip);
    if (event.button !== 0 || !event.isPrimary || grip) return;
    const place = placeOf(event);
    taken = Boolean(grab(place)) || isBusy();
    if (!grip) return;
    began = event;
    pointer = event.pointerId;
    overlay.setPointerCapture(pointer);
    setCross(place);
    event.stopPropagation();
  });

  overlay.addEventListener("pointermove", (event) => {
    if (!grip) return;
    event.stopPropagation(); // nothing is told about points on the way
    if (event.pointerId !== pointer) return;
    moved ||= Math.hypot(event.clientX - began.clientX, event.clientY - began.clientY) > SLIP[finger(event)];
    if (!moved) return;
    const place = placeOf(event);
    grip.move(place);
    setCross(place);
  });

  overlay.addEventListener("pointerup", (event) => {
    if (event.pointerId !== pointer) return;
    drop(placeOf(event));
  });

  for (const end of ["pointercancel", "lostpointercapture"]) {
    overlay.addEventListener(end, (event) => event.pointerId === pointer && release());
  }
  for (const kind of ["click", "dblclick"]) {
    overlay.addEventListener(kind, (event) => taken && event.stopPropagation());
  }

  // ---------------------------------------------------------------- keys

  /** "x 3.2, y 1.5" of the cross, and what is there. */
  function here() {
    const { box: [left, top, right, bottom], axes, axis_names: names = ["x", "y"], upright, names: components }
      = sketch.bench();
    const shares = [(cross.x - left) / (right - left), (bottom - cross.y) / (bottom - top)];
    const numbers = shares.slice(0, upright ? 1 : 2).map((share, i) => {
      const value = axes ? axes[i][0] + share * (axes[i][1] - axes[i][0]) : 100 * share;
      return `${names[i]} ${axes ? Number(value.toPrecision(3)) : `${Math.round(value)} %`}`;
    });
    const row = under();
    if (row < 0) return numbers.join(", ");
    return `${numbers.join(", ")}: ${kindOf(now().tool) === "center" ? components[row] : `point ${row}`}`;
  }

  const under = () => nearestOf(sketch.places(kindOf(now().tool)), cross, atCross().reach);

  function stride([right, down], isFine) {
    const length = isFine ? 1 : STRIDE;
    setCross({ x: cross.x + right * length, y: cross.y + down * length });
    if (!grip) return say(here());
    moved = true;
    grip.move(cross);
    return say(here());
  }

  function pressOrDrop() {
    if (grip) {
      drop(cross);
      return say(`Let go at ${here()}`);
    }
    if (!grab(atCross())) return null;
    if (grip.isClick) {
      drop(cross);
      return say(`Placed at ${here()}`);
    }
    setCross(cross);
    return say(`Picked up. Arrows move it, space lets go, Escape puts it back. ${here()}`);
  }

  function jump(way) {
    const what = kindOf(now().tool);
    const places = sketch.places(what);
    if (grip || !places.length) return;
    const chosen = sketch.chosen();
    const row = chosen?.what === what ? chosen.row + way : Math.min(0, way);
    const next = (row + places.length) % places.length;
    sketch.choose({ what, row: next });
    setCross({ x: places[next][0], y: places[next][1] });
    say(here());
  }

  function remove() {
    if (grip) return null;
    if (isBusy()) return say("One moment: the kernel is still at work.");
    const row = under();
    const mark = row < 0 ? sketch.chosen() : { what: kindOf(now().tool), row };
    if (!mark) return say("Nothing is here.");
    sketch.choose(null);
    ask({ do: "remove", ...mark });
    return say("Removed.");
  }

  function cancel() {
    release();
    say("Put back.");
  }

  function onKey(event) {
    const { key, shiftKey, repeat } = event;
    if (key === "Escape" && grip) return cancel() ?? true;
    if (event.composedPath()[0] !== overlay || (key === "Enter" && shiftKey)) return false;
    const act = WAYS[key] ? () => stride(WAYS[key], shiftKey) : {
      " ": () => repeat || pressOrDrop(), Enter: () => repeat || pressOrDrop(), n: () => jump(1), p: () => jump(-1),
      Delete: remove, Backspace: remove,
    }[key.length > 1 ? key : key.toLowerCase()];
    if (!act || pointer !== null) return Boolean(act);
    overlay.classList.add("emviz-keyed");
    act();
    return true;
  }

  overlay.addEventListener("focus", () => overlay.matches(":focus-visible") && say(here()));
  overlay.addEventListener("blur", () => {
    if (pointer === null) drop(cross);
  });

  return {
    onKey,
    release,
    letGo: () => drop(cross),
    /** The cross stays where it is, or comes to the middle of what is new. */
    suit() {
      const [left, top, right, bottom] = sketch.bench().box;
      setCross(cross ?? { x: (left + right) / 2, y: (top + bottom) / 2 });
    },
  };
}
