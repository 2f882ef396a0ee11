// A cross over the picture that keys move: it does all that a pointer does, and says what is there.

import { nearestOf } from "./tools.js";

const STRIDE = 10; // pixels of the picture that a key moves the cross
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The cross of an overlay. `tool()` is the one that `hand` holds, `ask` asks the kernel, `say(text)` speaks, and
 * `draw(place, isCarrying)` draws it. Returns onKey(event), which is true where the key was for the cross, put(place)
 * and suit().
 */
export function crossing(overlay, sketch, hand, { tool, ask, say, draw }) {
  let cross = null;
  let stop = -1; // the number of the mark that it jumped to

  const kind = () => (["centers", "ellipses"].includes(tool()) ? "center" : "point");

  function put(place) {
    cross = sketch.inside(place, kind());
    draw(cross, hand.holds());
  }

  const atCross = () => hand.reaching(cross, "mouse", 1);

  /** All that the tool can grab, with its name. */
  function marks() {
    const what = kind();
    const { names } = sketch.bench();
    const all = sketch.places(what).map(([x, y], row) => (
      { x, y, mark: { what, row }, name: what === "center" ? names[row] : `point ${row}` }));
    const tips = tool() === "ellipses" ? sketch.tips().filter(({ end }) => end > 0) : [];
    return [...all, ...tips.map(({ x, y, row, axis }) => (
      { x, y, mark: { what: "center", row }, name: `${names[row]}, ${["first", "second"][axis]} axis` }))];
  }

  /** The number of the one under the cross, or -1. */
  const under = () => nearestOf(marks().map(({ x, y }) => [x, y]), cross, atCross().reach);

  /** "x 3.2, y 1.5" of the cross, and what is there. */
  function here() {
    const { box: [left, top, right, bottom], axes, axis_names: names = ["x", "y"], upright } = sketch.bench();
    const shares = [(cross.x - left) / (right - left), (bottom - cross.y) / (bottom - top)];
    const numbers = shares.slice(0, upright ? 1 : 2).map((share, i) => {
      if (!axes) return `${names[i]} ${Math.round(100 * share)} %`;
      const value = axes[i][0] + share * (axes[i][1] - axes[i][0]);
      return `${names[i]} ${Number(value.toPrecision(3))}`;
    });
    const mark = marks()[under()];
    return numbers.join(", ") + (mark ? `: ${mark.name}` : "");
  }

  function stride([right, down], isFine) {
    const length = isFine ? 1 : STRIDE;
    put({ x: cross.x + right * length, y: cross.y + down * length });
    if (hand.holds()) hand.move(cross);
    say(here());
  }

  function press() {
    if (hand.holds()) {
      hand.drop();
      put(cross);
      return say(`Let go at ${here()}`);
    }
    const grip = hand.grab(atCross());
    if (!grip) return null;
    if (grip.isClick) {
      hand.drop();
      return say(`Placed at ${here()}`);
    }
    put(cross);
    return say(`Picked up. Arrows move it, space lets go, Escape puts it back. ${here()}`);
  }

  function jump(way) {
    const all = marks();
    if (hand.holds() || !all.length) return;
    const isThere = all[stop] && Math.hypot(all[stop].x - cross.x, all[stop].y - cross.y) < 1;
    const from = isThere ? stop : under();
    stop = from < 0 && way < 0 ? all.length - 1 : (from + way + all.length) % all.length;
    sketch.choose(all[stop].mark);
    put(all[stop]);
    say(here());
  }

  function remove() {
    if (hand.holds() || hand.isBusy()) return null;
    const mark = marks()[under()]?.mark ?? sketch.chosen();
    if (!mark) return say("Nothing is here.");
    sketch.choose(null);
    ask({ do: "remove", ...mark });
    return say("Removed.");
  }

  function onKey(event) {
    const { key, shiftKey, repeat } = event;
    if (key === "Escape" && hand.holds()) {
      hand.release();
      put(cross);
      say("Put back.");
      return true;
    }
    if (event.composedPath()[0] !== overlay || (key === "Enter" && shiftKey)) return false;
    const once = (act) => () => repeat || act();
    const act = WAYS[key] ? () => stride(WAYS[key], shiftKey) : {
      " ": once(press), Enter: once(press), Delete: once(remove), Backspace: once(remove),
      n: () => jump(1), N: () => jump(1), p: () => jump(-1), P: () => jump(-1),
    }[key];
    if (!act) return false;
    if (hand.isOfPointer()) return true;
    overlay.classList.add("emviz-keyed");
    act();
    return true;
  }

  overlay.addEventListener("focus", () => overlay.matches(":focus-visible") && say(here()));
  overlay.addEventListener("blur", () => {
    if (hand.isOfPointer() || !hand.holds()) return;
    hand.drop();
    put(cross);
  });

  return {
    onKey,
    put,
    /** It stays where it is, or comes to the middle of what is new. */
    suit() {
      const { box } = sketch.bench();
      if (box) put(cross ?? { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 });
    },
  };
}
