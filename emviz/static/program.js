// The players of an exported page, and the keys that are pressed before any of them has the focus.

import { mount } from "./player.js";
import { decode } from "./recording.js";

const players = [];

function startIn(place, bytes) {
  const run = decode(bytes);
  const [{ width, height }] = run.scenes;
  place.style.setProperty("--shape", width / height);
  players.push(mount(place, run));
}

/** The first player of which most is to be seen, or the only one; null if the reader sees other things. */
function playerInView() {
  const seen = players.map(({ stage }) => {
    const { top, bottom, height } = stage.getBoundingClientRect();
    return (Math.min(bottom, innerHeight) - Math.max(top, 0)) / Math.min(height, innerHeight);
  });
  const most = Math.max(...seen);
  return most > 0.5 ? players[seen.indexOf(most)] : null;
}

document.addEventListener("keydown", (event) => {
  if (event.target !== document.body) return;
  const isText = document.body.matches(".lesson");
  if (isText && !/^Arrow(Left|Right)$/.test(event.key)) return; // the others scroll what is read
  const player = isText ? playerInView() : players[0];
  if (player && !player.root.dispatchEvent(new KeyboardEvent(event.type, event))) event.preventDefault();
});

window.emviz = { play: startIn };
