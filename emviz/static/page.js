// Starts the player of an exported page. Where it cannot run, the still picture stands in.

import { mount } from "./player.js";
import { decode } from "./recording.js";

const place = document.getElementById("player");
try {
  const packed = Uint8Array.from(atob(document.getElementById("recording").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  mount(place, decode(new Uint8Array(await new Response(stream).arrayBuffer())));
} catch (error) {
  place.innerHTML = document.querySelector("noscript").textContent;
  throw error;
}

// The page holds nothing but the player: keys pressed before anything has the focus are meant for it.
document.addEventListener("keydown", (event) => {
  if (event.target !== document.body) return;
  if (!place.firstElementChild.dispatchEvent(new KeyboardEvent(event.type, event))) event.preventDefault();
});
