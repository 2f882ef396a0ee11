// What is behind "More": states to stop at, the speed, the regions, walks through points and places, the turn in space.

import { button, choice, slider } from "./controls.js";
import { html, unique } from "./elements.js";

const KEYS = {
  "←": "back", "→": "forward", space: "play", Home: "start", End: "end", "1 … 9": "speed", F: "projector",
};
const TURN_KEYS = { "Shift + ← ↑ → ↓": "turn" };

/** The panel and the button that unfolds it. `walk` is the slider through the points, `look` are those of a place. */
export function panel({ stopAt, setSpeed, uncover, turn, walk, look }) {
  let view;
  const stops = choice("Stop at", { "": "E and M", E: "E only", M: "M only" }, stopAt);
  const claims = choice("Regions", { "": "Off", on: "On" }, uncover);
  const speed = slider("Speed", 1, setSpeed);
  const yaw = slider("Turn", 0, (degrees) => turn({ ...view, yaw: degrees }));
  const tilt = slider("Tilt", -90, (degrees) => turn({ ...view, tilt: degrees }));
  const front = button("front", "Front view", "double click", () => turn(null), true);
  const turning = html("div", { class: "emviz-turning" }, yaw.element, tilt.element, front);
  const keys = html("p", { class: "emviz-keys" });
  const element = html("div", { class: "emviz-panel", id: unique() },
    stops, speed.element, walk.element, claims, look, turning, keys);
  const more = button("more", "More", "", () => unfold(element.hidden), true);
  more.setAttribute("aria-controls", element.id);

  function unfold(open) {
    element.hidden = !open;
    more.setAttribute("aria-expanded", open);
  }

  unfold(false);
  return {
    element,
    button: more,
    /** Offers what makes sense for a recording. */
    suit({ kinds, readings, fields, turn }) {
      stops.hidden = !kinds.some((kind) => kind === "E" || kind === "M");
      walk.element.hidden = readings.length === 0;
      claims.hidden = fields.every(({ drawn }) => drawn);
      turning.hidden = !turn;
      const all = Object.entries({ ...KEYS, ...(turn && TURN_KEYS) });
      keys.replaceChildren(...all.flatMap(([key, act]) => [html("span", {}, html("kbd", {}, key), act), " "]));
    },
    tellSpeed(number, seconds) {
      speed.set(number, 9, `${seconds.toFixed(seconds < 0.2 ? 2 : 1)} s a step`);
    },
    tellView(seen) {
      view = seen;
      const degrees = { yaw: Math.round(view.yaw) % 360, tilt: Math.round(view.tilt) };
      yaw.set(degrees.yaw, 359, `${degrees.yaw}°`);
      tilt.set(degrees.tilt, 90, `${degrees.tilt}°`);
    },
  };
}
