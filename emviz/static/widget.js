// What anywidget calls: a player that shares its step and its dial with the kernel.

import { mount } from "./player.js";
import { decode } from "./recording.js";

const REST = 400; // milliseconds: the kernel hears where the reader rests, not every step on the way

function render({ model, el }) {
  let resting = 0; // a timer
  let hand; // where the reader went, until the kernel hears of it
  const place = () => ({ step: model.get("step"), turnedTo: model.get("turned_to") });
  const tell = () => {
    clearTimeout(resting);
    if (resting) model.save_changes();
    resting = 0;
  };
  const player = mount(el, decode(model.get("recording")), {
    ...place(),
    onChange({ step, turnedTo }) {
      clearTimeout(resting);
      resting = setTimeout(tell, REST);
      hand = { step, turned_to: turnedTo };
      model.set(hand);
    },
  });
  const onPlace = () => {
    if (resting) model.set(hand); // an echo of an earlier step: the reader is further
    else player.show(place());
  };
  const onRecording = () => player.load(decode(model.get("recording")), place());
  model.on("change:step change:turned_to", onPlace);
  model.on("change:recording", onRecording);
  el.addEventListener("focusout", tell); // the next cell may ask
  return () => {
    tell();
    model.off("change:step change:turned_to", onPlace);
    model.off("change:recording", onRecording);
    el.removeEventListener("focusout", tell);
    player.remove();
  };
}

export default { render };
