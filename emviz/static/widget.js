// What anywidget calls: a player that shares its step and its dial with the kernel.

import { mount } from "./player.js";
import { decode } from "./recording.js";

function render({ model, el }) {
  const place = () => ({ step: model.get("step"), turnedTo: model.get("turned_to") });
  const player = mount(el, decode(model.get("recording")), {
    ...place(),
    onChange({ step, turnedTo }) {
      model.set({ step, turned_to: turnedTo });
      model.save_changes();
    },
  });
  const onPlace = () => player.show(place());
  const onRecording = () => player.load(decode(model.get("recording")), place());
  model.on("change:step change:turned_to", onPlace);
  model.on("change:recording", onRecording);
  return () => {
    model.off("change:step change:turned_to", onPlace);
    model.off("change:recording", onRecording);
    player.remove();
  };
}

export default { render };
