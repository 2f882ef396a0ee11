// A player that shares its step and its dial with the kernel.

import { mount } from "./player.js";
import { decode } from "./recording.js";

const REST = 400; // milliseconds: the kernel hears where the reader rests, not every step on the way

/**
 * Puts the player of a widget's model into `el`; `options` are further ones of mount. Returns the player, settle(),
 * which tells the kernel at once where the reader is, and remove().
 */
export function attach(model, el, options = {}) {
  let resting = 0; // a timer
  let hand; // where the reader went, until the kernel hears of it
  const place = () => ({ step: model.get("step"), turnedTo: model.get("turned_to") });
  const rest = () => {
    clearTimeout(resting);
    resting = 0;
  };
  const settle = () => {
    if (resting) model.save_changes();
    rest();
  };
  const player = mount(el, decode(model.get("recording")), {
    ...options,
    ...place(),
    onChange({ step, turnedTo }) {
      clearTimeout(resting);
      resting = setTimeout(settle, REST);
      hand = { step, turned_to: turnedTo };
      model.set(hand);
    },
  });
  const onPlace = () => {
    if (resting) model.set(hand); // an echo of an earlier step: the reader is further
    else player.show(place());
  };
  const onRecording = () => {
    rest(); // the reader was in another run
    player.load(decode(model.get("recording")), place());
  };
  model.on("change:step change:turned_to", onPlace);
  model.on("change:recording", onRecording);
  el.addEventListener("focusout", settle); // the next cell may ask
  return {
    player,
    settle,
    remove() {
      settle();
      model.off("change:step change:turned_to", onPlace);
      model.off("change:recording", onRecording);
      el.removeEventListener("focusout", settle);
      player.remove();
    },
  };
}
