// A hand on the picture: it points at marks, and drags a scene in space around.

const REACH = 14; // pixels of the screen from the pointer to a mark that it means
const SLOP = 4; // pixels of the screen that a click may slip
const ACROSS = 270; // degrees that a drag over the whole width turns

/**
 * Listens on `stage`. `now()` is { recording, shown, view }, `told` tells about marks, `turn(view)` turns the scene,
 * and `turn(null)` to the front.
 */
export function follow(stage, now, told, turn) {
  let grip = null; // where a drag began
  let dragged = false;

  /** Where an event is, in pixels of the picture. */
  function placeOf({ clientX, clientY }) {
    const { recording, shown } = now();
    const { left, top, width } = shown.element.getBoundingClientRect();
    const scale = recording.width / width;
    return { x: (clientX - left) * scale, y: (clientY - top) * scale, reach: REACH * scale };
  }

  function drag({ clientX, clientY }) {
    const [right, down] = [clientX - grip.clientX, clientY - grip.clientY];
    dragged ||= Math.hypot(right, down) > SLOP;
    if (!dragged) return;
    const degrees = ACROSS / stage.clientWidth;
    told.hover(null);
    turn({ yaw: grip.yaw + right * degrees, tilt: grip.tilt + down * degrees });
  }

  stage.addEventListener("pointerdown", ({ clientX, clientY, pointerId, button, isPrimary }) => {
    dragged = false;
    if (!now().recording.turn || button !== 0 || !isPrimary) return;
    grip = { clientX, clientY, ...now().view };
    stage.setPointerCapture(pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (grip) drag(event);
    else if (event.pointerType !== "touch") told.hover(placeOf(event));
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => (grip = null));
  stage.addEventListener("pointerleave", () => told.hover(null));
  stage.addEventListener("click", (event) => {
    if (!dragged) told.choose(placeOf(event));
  });
  stage.addEventListener("dblclick", () => turn(null));
}
