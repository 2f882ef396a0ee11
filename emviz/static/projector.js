// Lets an element fill the screen, for a projector.

/** A function that fills the screen with `root`, or the window where that is all it may, and goes back. */
export function projector(root) {
  function cover(on) {
    root.classList.toggle("emviz-over", on);
    if (!root.showPopover) return;
    if (on) root.popover = "manual"; // above everything else, whatever it stands in
    root.togglePopover(on);
    if (!on) root.popover = null;
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.matches(".emviz-over")) cover(false);
  });

  return () => {
    root.focus({ preventScroll: true });
    if (root.matches(".emviz-over")) cover(false);
    else if (root.matches(":fullscreen")) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen().catch(() => cover(true));
    else cover(true);
  };
}
