// Buttons, sliders and choices, each with a label.

import { html, svg, unique } from "./elements.js";

const ICONS = {
  start: "M18 5l-7 7 7 7M6 5v14", back: "M15 5l-7 7 7 7", forward: "M9 5l7 7-7 7", end: "M6 5l7 7-7 7M18 5v14",
  play: "M8 5v14l11-7z", pause: "M8 5h3v14H8zM14 5h3v14h-3z",
  projector: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5", more: "M6 9l6 6 6-6", front: "M4 12a8 8 0 1 0 3-6.2M4 4v4.5h4.5",
  undo: "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4", again: "M20 12a8 8 0 1 1-3-6.2M20 4v4.5h-4.5",
  code: "M9 7l-5 5 5 5M15 7l5 5-5 5", remove: "M6 6l12 12M18 6L6 18",
};

/** A button with an icon, and with its name beside it if `named`. */
export function button(icon, name, key, act, named = false) {
  const element = html("button", { type: "button", class: `emviz-${icon}` });
  if (named) element.append(html("span", {}, name));
  element.addEventListener("click", act);
  return offer(element, icon, name, key);
}

/** Changes what a button offers. */
export function offer(element, icon, name, key) {
  element.querySelector("svg")?.remove();
  element.prepend(svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[icon] })));
  element.setAttribute("aria-label", name);
  element.title = key ? `${name} (${key})` : name;
  return element;
}

/** A labeled range input from `least` on, with its value in words beside it. */
export function slider(name, least, act) {
  const label = html("span", {}, name);
  const input = html("input", { type: "range", min: least, step: 1 });
  const output = html("output", { "aria-hidden": "true" });
  input.addEventListener("input", () => act(Number(input.value)));
  return {
    input,
    element: html("div", { class: "emviz-slider" }, html("label", {}, label, input), output),
    name(text) {
      label.textContent = text;
    },
    set(value, most, words) {
      input.max = most;
      input.value = value;
      input.style.setProperty("--emviz-at", most > least ? (value - least) / (most - least) : 0);
      input.setAttribute("aria-valuetext", words);
      output.textContent = words;
    },
  };
}

/** One of a few named values, the first one chosen. */
export function choice(name, options, act) {
  const group = unique();
  const labels = Object.entries(options).map(([value, text], i) => {
    const radio = html("input", { type: "radio", name: group, value });
    radio.checked = i === 0;
    radio.addEventListener("change", () => act(value));
    return html("label", {}, radio, html("span", {}, text));
  });
  return html("fieldset", { class: "emviz-choice" }, html("legend", {}, name), html("div", {}, ...labels));
}
