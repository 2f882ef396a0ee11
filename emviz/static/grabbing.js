// A pointer on the overlay, and what it holds. Keys hold things in the same way.

const GRASP = { mouse: 13, touch: 24 }; // pixels of the screen from a pointer to what it grabs
const POINT = 0.65; // of that to a point, among many
const SLIP = { mouse: 4, touch: 10 }; // pixels of the screen that a click may slip
const RENUMBERING = ["remove", "erase", "set", "undo", "again"]; // after these, rows may have other numbers

const finger = ({ pointerType }) => (pointerType === "touch" ? "touch" : "mouse");

/**
 * What a hand holds. `now()` is { tool, press, isOver, width }: press(place) gives a grip, isOver(place) is whether
 * a handle is there, width is that of the picture.
 * `expects` is the kernel's, `say(text)` speaks, `onPlace(place)` hears where the hand is, `onGrab()` that it holds
 * something, and `putBack()` that all is to be as before a drag.
 */
export function grabbing(overlay, { now, expects, say, onPlace, onGrab, putBack }) {
  let grip = null;
  let pointer = null; // the id of the one that holds it; null is a key
  let began; // where
  let moved = false;
  let last; // the place
  let taken = false; // whether the click that follows has done its work

  /** A place that reaches as far as a hand with this tool. */
  const reaching = ({ x, y }, kind, scale) => (
    { x, y, reach: GRASP[kind] * scale * (["points", "eraser"].includes(now().tool) ? POINT : 1) });

  function placeOf(event) {
    const { left, top, width } = overlay.getBoundingClientRect();
    const scale = now().width / width;
    const place = { x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
    return reaching(place, finger(event), scale);
  }

  /** Whether the numbers of rows may be others than those that are seen. */
  function isBusy() {
    const busy = expects((message) => RENUMBERING.includes(message.do));
    if (busy) say("One moment: the kernel is still at work.");
    return busy;
  }

  function grab(place) {
    grip = isBusy() ? null : now().press(place);
    [moved, last] = [false, place];
    if (grip) onGrab();
    return grip;
  }

  function move(place) {
    [moved, last] = [true, place];
    grip.move(place);
  }

  function loosen() {
    const held = grip;
    [grip, pointer] = [null, null];
    return held;
  }

  const drop = (place = last) => loosen()?.drop(place, moved);

  function release() {
    const held = loosen();
    held?.cancel();
    if (held) putBack();
  }

  overlay.addEventListener("pointerdown", (event) => {
    overlay.classList.remove("emviz-keyed");
    taken = true;
    if (event.button !== 0 || !event.isPrimary || grip) return;
    const place = placeOf(event);
    taken = Boolean(grab(place)) || isBusy();
    if (!grip) return;
    event.stopPropagation();
    began = event;
    pointer = event.pointerId;
    overlay.setPointerCapture(pointer);
    onPlace(place);
  });

  overlay.addEventListener("pointermove", (event) => {
    if (!grip && !now().isOver(placeOf(event))) return;
    event.stopPropagation(); // nothing is told about points on the way, or below a handle
    if (!grip) return onGrab();
    if (event.pointerId !== pointer) return;
    const slip = Math.hypot(event.clientX - began.clientX, event.clientY - began.clientY);
    if (!moved && slip <= SLIP[finger(event)]) return;
    move(placeOf(event));
    onPlace(last);
  });

  overlay.addEventListener("pointerup", (event) => {
    if (event.pointerId !== pointer) return;
    const place = placeOf(event);
    drop(place);
    onPlace(place);
  });

  for (const end of ["pointercancel", "lostpointercapture"]) {
    overlay.addEventListener(end, (event) => event.pointerId === pointer && release());
  }
  for (const kind of ["click", "dblclick"]) {
    overlay.addEventListener(kind, (event) => taken && event.stopPropagation());
  }

  return {
    reaching, isBusy, grab, move, drop, release,
    holds: () => grip !== null,
    isOfPointer: () => pointer !== null,
  };
}
