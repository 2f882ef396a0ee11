// Unpacks the program of an exported page and starts its players. Where one cannot run, its still picture stands in.

async function unpacked(element) {
  const packed = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The program is one more script of the page: its policy knows the hash of this text. */
async function begin() {
  const program = document.createElement("script");
  program.textContent = new TextDecoder().decode(await unpacked(document.getElementById("program")));
  document.body.append(program);
}

const begun = begin();
for (const place of document.querySelectorAll(".player")) {
  try {
    await begun;
    emviz.play(place, await unpacked(place.querySelector("script")));
  } catch (error) {
    place.insertAdjacentHTML("beforeend", place.querySelector("noscript").textContent);
    console.error(error);
  }
}
