// What stands around the picture of an explorer: controls, tools, buttons, and what the kernel has to say.

import { button, choice } from "./controls.js";
import { html, unique } from "./elements.js";
import { arrange, controlsIn } from "./inputs.js";

const CROSS_KEYS = {
  "← ↑ → ↓": "move the cross", "Shift + arrow": "finer", space: "pick up, let go, place", "N P": "next, previous",
  Delete: "remove", Escape: "put back",
};

/**
 * Elements for a player: main for its row of controls, side for its panel, and what is said. `set(name, value)`,
 * `act(name)`, `take(tool)` and `setGroup(number)` hear what is wanted; `isWaiting(name)` is whether the kernel has
 * still to answer for a control.
 */
export function workbench(fields, { set, act, take, setGroup, isWaiting }) {
  const main = html("div", { class: "emviz-main", role: "group", "aria-label": "What is shown" });
  const toolbox = html("div", { class: "emviz-toolbox" });
  const hint = html("p", { class: "emviz-hint emviz-invitation" });
  const others = html("div", { class: "emviz-others" });
  const doing = html("div", { class: "emviz-doing" });
  const code = html("pre", { tabindex: 0, role: "region", "aria-label": "Code" });
  const copied = html("p", { role: "status", class: "emviz-hint" });
  const listing = html("div", { class: "emviz-code" }, copied, code);
  const keys = html("p", { class: "emviz-keys", id: unique() }, ...Object.entries(CROSS_KEYS).flatMap(
    ([key, does]) => [html("span", {}, html("kbd", {}, key), does), " "]));
  const side = html("div", { class: "emviz-side" }, toolbox, others, fields, doing, listing, keys);
  const question = html("p", { class: "emviz-question" });
  const verdict = html("p", { class: "emviz-verdict", "aria-live": "polite" });
  const alert = html("p", { class: "emviz-alert", role: "alert" });
  const showMain = controlsIn(main, set, isWaiting);
  const showOthers = controlsIn(others, set, isWaiting);
  const buttons = new Map();
  let offered = ""; // tools and groups
  let last; // the bench that is shown
  listing.hidden = alert.hidden = true;

  /** Offers the tools and the groups, and checks what is in hand. */
  function offerTools({ tools, groups }, tool) {
    const group = toolbox.querySelector(".emviz-groups :checked")?.value;
    const offer = JSON.stringify([tools, groups]);
    if (offer !== offered) makeTools(tools, groups);
    offered = offer;
    for (const value of [tool, group]) {
      const radio = toolbox.querySelector(`[value="${value}"]`);
      if (radio) radio.checked = true;
    }
  }

  function makeTools(tools, groups) {
    const labels = Object.fromEntries(tools.map(([name, label]) => [name, label]));
    const ofTools = choice("Tool", labels, take);
    const ofGroups = choice("Group", Object.fromEntries(groups.map((_, i) => [` ${i}`, String(i + 1)])), (number) => (
      setGroup(Number(number))));
    ofGroups.classList.add("emviz-groups");
    ofGroups.querySelectorAll("label").forEach((label, i) => label.style.setProperty("--emviz-color", groups[i]));
    toolbox.replaceChildren(...(tools.length > 1 ? [ofTools] : []), ...(groups.length > 1 ? [ofGroups] : []));
  }

  function offerButtons(wanted) {
    arrange(doing, wanted.map(([name, label, isEnabled]) => {
      if (!buttons.has(name)) {
        buttons.set(name, button(name, label, "", ({ currentTarget }) => (
          currentTarget.getAttribute("aria-disabled") === "true" || act(name)), true));
      }
      buttons.get(name).setAttribute("aria-disabled", !isEnabled);
      return buttons.get(name);
    }));
  }

  return {
    main, side, question, verdict, hint, alert, keys,
    show(bench, tool) {
      if (bench !== last && !bench.trouble) listing.hidden = true; // the code of another run
      last = bench;
      showMain(bench.controls.filter((control) => control.main));
      showOthers(bench.controls.filter((control) => !control.main));
      offerTools(bench, tool);
      offerButtons(bench.buttons);
      question.textContent = bench.question ?? "";
      verdict.textContent = bench.verdict;
      this.suit(bench, tool);
    },
    /** Says what a tool does, and offers what it needs. */
    suit({ tools }, tool) {
      hint.textContent = tools.find(([name]) => name === tool)?.[2] ?? "";
      keys.hidden = !tools.length;
      const groups = toolbox.querySelector(".emviz-groups");
      if (groups) groups.hidden = !["points", "brush"].includes(tool);
    },
    /** What went wrong, in words; "" is nothing. */
    warn(words) {
      if (alert.textContent !== words) alert.textContent = words;
      alert.hidden = !words;
    },
    async showCode(text) {
      code.textContent = text;
      listing.hidden = false;
      copied.textContent = (await copy(text, code)) ? "Copied: paste it into a cell." : "Select it and copy it.";
    },
  };
}

/** Puts a text where it can be pasted from; `shown` is an element with it. Returns whether it is there. */
async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(shown);
    return document.execCommand("copy");
  }
}
