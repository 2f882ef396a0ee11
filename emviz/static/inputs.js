// Controls that a list describes, and fields for numbers. An element stays as long as what it is for.

import { slider } from "./controls.js";
import { html, unique } from "./elements.js";

/** Six digits, and all of those before the point. */
const tidy = (value) => Number(Math.abs(value) < 1e5 ? Number(value).toPrecision(6) : Number(value).toFixed(3));

function labeled(name, input, look = "emviz-field") {
  input.id = unique();
  return html("div", { class: look }, html("label", { for: input.id }, html("span", {}, name)), input);
}

/** A labeled field for a number; `act(value)` hears what was typed, once it is complete. */
export function numberField(name, act) {
  const input = html("input", { type: "number", step: "any" });
  let isTyping = false;
  input.addEventListener("input", () => (isTyping = true));
  input.addEventListener("change", () => {
    isTyping = false;
    if (input.value !== "") act(input.valueAsNumber);
  });
  return {
    element: labeled(name, input),
    show({ value, least = "", most = "", step = "any" }) {
      Object.assign(input, { min: least, max: most, step });
      if (!isTyping) input.value = tidy(value);
    },
  };
}

/** A labeled list to choose from; options are [value, label, group]. */
export function selectField(name, act) {
  const select = html("select");
  let listed = "";
  select.addEventListener("change", () => act(select.value));
  return {
    element: labeled(name, select),
    show({ value, options }) {
      if (listed !== JSON.stringify(options)) select.replaceChildren(...grouped(options));
      listed = JSON.stringify(options);
      select.value = value;
    },
  };
}

function grouped(options) {
  const top = [];
  const groups = {};
  for (const [value, label, group] of options) {
    const option = html("option", { value }, label);
    if (!group) top.push(option);
    else if (groups[group]) groups[group].append(option);
    else top.push((groups[group] = html("optgroup", { label: group }, option)));
  }
  return top;
}

function checkField(name, act) {
  const input = html("input", { type: "checkbox" });
  input.addEventListener("change", () => act(input.checked));
  return {
    element: labeled(name, input, "emviz-field emviz-check"),
    show({ value }) {
      input.checked = value;
    },
  };
}

function sliderField(name, act, { least }) {
  let end; // of the slider
  const made = slider(name, least, (value) => {
    made.set(value, end, String(value)); // the number goes with the thumb, however far the kernel is
    act(value);
  });
  return {
    element: made.element,
    show({ value, most, words = String(value) }) {
      end = most;
      made.set(value, most, words);
    },
  };
}

const FIELDS = { select: selectField, slider: sliderField, number: numberField, check: checkField };

/**
 * A function that shows controls in `parent`: { name, label, kind, value, ... } as emviz.explorer describes them.
 * `act(name, value)` hears what was chosen, and `isWaiting(name)` is whether the kernel has still to answer that.
 */
export function controlsIn(parent, act, isWaiting) {
  const made = new Map();
  return (controls) => {
    const wanted = controls.map((control) => {
      const { name, label, kind, least, help } = control;
      const key = JSON.stringify([name, label, kind, least]);
      if (!made.has(key)) made.set(key, FIELDS[kind](label, (value) => act(name, value), control));
      const { element, show } = made.get(key);
      element.title = help ?? "";
      if (!isWaiting(name)) show(control);
      return element;
    });
    arrange(parent, wanted);
  };
}

/** Makes elements the children of another; those that are in place are not touched, so the focus stays. */
export function arrange(parent, wanted) {
  [...parent.children].filter((child) => !wanted.includes(child)).forEach((child) => child.remove());
  wanted.forEach((element, i) => {
    if (parent.children[i] !== element) parent.insertBefore(element, parent.children[i] ?? null);
  });
}
