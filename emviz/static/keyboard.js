// The keys of a player.

const TYPED = "select, textarea, pre, [type=number]";
const ANSWERING = "button, summary, [type=radio], [type=checkbox]"; // the space bar themselves

/**
 * Answers the keys that are pressed inside `root`, until `signal` is aborted: Escape, space, a digit from 1 to 9, F to
 * fill the screen, and by `arrows(shift)` the arrows, Home and End. Inputs but `steps` have their own use for these,
 * and what is typed into belongs to it. `first(event)` is asked before all of this, and true where it was for that.
 */
export function hearKeys(root, steps, { first, escape, space, digit, fill, arrows }, signal) {
  function press(event) {
    const path = event.composedPath();
    if (!path.includes(root)) return;
    const [target] = path;
    const { key, shiftKey, repeat } = event;
    const shortcut = event.ctrlKey || event.metaKey || event.altKey;
    if (!shortcut && first(event)) {
      event.stopPropagation();
      return event.preventDefault();
    }
    if (key === "Escape") escape();
    if (shortcut || key === "Escape" || (key === "Enter" && shiftKey)) return; // the notebook's
    event.stopPropagation();
    if (target.matches(TYPED)) return;
    const busy = target.matches("input") && target !== steps;
    const move = arrows(shiftKey)[key];
    if (move && !busy) move();
    else if (key === " " && !target.matches(ANSWERING)) repeat || space();
    else if (/^[1-9]$/.test(key)) digit(Number(key));
    else if (key.toLowerCase() === "f") repeat || fill();
    else return;
    event.preventDefault();
  }

  // On the way down, and before anybody else: Notebook 7 listens on the document.
  addEventListener("keydown", press, { capture: true, signal });
}
