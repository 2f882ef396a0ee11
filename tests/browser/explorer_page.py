"""An explorer on a page from disk, with a kernel of a few lines that a test can make slow, silent or gone."""

import base64
import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import emviz
from emviz.marks import Recorder, record
from emviz.marks.payload import to_bytes
from emviz.page import as_one_module, static

MODEL = """
const heard = {};
const traits = TRAITS;
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
traits.recording = bytes(traits.recording);
const glimpse = bytes(GLIMPSE);
const model = {
  get: (name) => traits[name],
  set(changes, value) {
    if (typeof changes === "string") changes = { [changes]: value };
    const changed = Object.keys(changes).filter((name) => traits[name] !== changes[name]);
    Object.assign(traits, changes);
    for (const name of changed) model.trigger(`change:${name}`);
  },
  on: (names, hear) => names.split(" ").forEach((name) => (heard[name] ??= []).push(hear)),
  off: (names, hear) => names.split(" ").forEach((name) => (heard[name] = heard[name].filter((one) => one !== hear))),
  trigger: (name, ...told) => (heard[name] ?? []).slice().forEach((hear) => hear(...told)),
  save_changes() {},
  send(message) {
    kernel.sent.push(message);
    kernel.waiting.push(message);
    if (kernel.delay !== null) setTimeout(() => kernel.answer(), kernel.delay);
  },
};

/** delay: milliseconds until it answers; null waits for answer(). */
const kernel = window.kernel = {
  sent: [], waiting: [], delay: 0, model,
  answer() {
    const message = kernel.waiting.shift();
    if (message.rest === false) {
      const said = { caption: "E, iteration 1: a glimpse", verdict: "on the way" };
      return model.trigger("msg:custom", { re: message.id, ...said }, [new DataView(glimpse.buffer)]);
    }
    const bench = structuredClone(traits.bench);
    bench.trouble = "";
    const more = kernel.change(bench, message) ?? {};
    if (bench.trouble) model.set({ bench: { ...traits.bench, trouble: bench.trouble } });
    else if (["point", "code"].every((act) => act !== message.do)) {
      model.set({ step: 0, recording: traits.recording.slice(), bench });
    }
    model.trigger("msg:custom", { re: message.id, ...more }, []);
  },
  lose: () => model.trigger("comm_live_update"),
  change(bench, { do: act, name, value, what, row, column, x, y, axis, places, rows }) {
    const list = what === "point" ? bench.points : bench.centers;
    if (act === "set" && value === 13) bench.trouble = "13 is too many: give 1 to 8";
    else if (act === "set") bench.controls.find((control) => control.name === name).value = value;
    else if (act === "move") list[row] = [x, y];
    else if (act === "place") {
      bench.centers.push([x, y]);
      bench.names.push(`cluster ${bench.names.length}`);
      bench.numbers.centers.push([0, 0]);
    } else if (act === "add") bench.points.push([x, y]);
    else if (act === "paint") bench.points.push(...places);
    else if (act === "erase") bench.points = bench.points.filter((_, i) => !rows.includes(i));
    else if (act === "remove") {
      list.splice(row, 1);
      if (what === "center") [bench.names, bench.numbers.centers].forEach((other) => other.splice(row, 1));
    } else if (act === "axis") {
      bench.ellipses[row][axis] = [x - bench.centers[row][0], y - bench.centers[row][1]];
    } else if (act === "number" && what === "center") bench.numbers.centers[row][column] = value;
    else if (act === "point") return { values: [row, -row] };
    else if (act === "code") return { code: "import emviz" };
  },
};

const source = SOURCE;
const { default: explorer } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
window.remove = explorer.render({ model, el: document.getElementById("place") });
"""

BELOW = 36  # pixels of the figure under the axes of the made-up bench


def bench_of(scene: emviz.scenes.Scene) -> dict[str, Any]:
    """A bench for a scene of a plane, with all tools."""
    def pixels(places: Any) -> np.ndarray:
        across, up = np.transpose(scene.panel.transData.transform(places))
        return np.column_stack([across, scene.figure.bbox.height - scene.caption_height - up]).round(1)

    start = scene.trace[0].params
    (left, bottom), (right, top) = (pixels([[x, y]])[0] for x, y in zip(scene.panel.get_xlim(), scene.panel.get_ylim()))
    tips = [[pixels([mean + way])[0] - pixels([mean])[0] for way in 2 * np.eye(2)] for mean in start.means]
    return {
        "controls": [
            {"name": "data", "label": "Data", "kind": "select", "value": "blobs", "main": True,
             "options": [["paint", "Paint", "Mine"], ["blobs", "blobs", "Data sets"], ["moons", "moons", "Data sets"]]},
            {"name": "model", "label": "Model", "kind": "select", "value": "kmeans", "main": True, "options": [
                ["kmeans", "k-means", ""], ["gaussian", "Gaussian mixture", ""]]},
            {"name": "k", "label": "Clusters", "kind": "slider", "value": 3, "least": 1, "most": 8, "main": True},
            {"name": "temperature", "label": "Temperature", "kind": "number", "value": 0.0, "least": 0, "step": 0.1},
            {"name": "seed", "label": "Seed", "kind": "number", "value": 4, "least": 0, "step": 1},
            {"name": "regions", "label": "Show regions", "kind": "check", "value": False},
        ],
        "buttons": [["undo", "Undo", False], ["again", "Draw a new start", True], ["code", "Copy as code", True]],
        "tools": [["centers", "Centers", "Click to place one, drag to move one."],
                  ["ellipses", "Ellipses", "Drag the tip of an axis."], ["points", "Points", "Click to add one."],
                  ["brush", "Brush", "Drag to paint points."], ["eraser", "Eraser", "Drag over points."]],
        "groups": ["#0072b2", "#d55e00"],
        "box": [left, top, right, bottom],
        "axes": [[*scene.panel.get_xlim()], [*scene.panel.get_ylim()]],
        "axis_names": ["x", "y"],
        "upright": False,
        "base": 0,
        "centers": pixels(start.means).tolist(),
        "names": ["cluster 0", "cluster 1", "cluster 2"],
        "colors": ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000"],
        "ellipses": np.array(tips).tolist(),
        "points": pixels(scene.trace.data).tolist(),
        "numbers": {"features": ["x", "y"], "centers": start.means.tolist(), "weights": None, "spreads": None},
        "by_hand": False,
        "question": "",
        "verdict": "Inertia 5,300 at this start; k-means ends at 776.4.",
        "trouble": "",
    }


def write(path: Path, **changes: Any) -> dict[str, Any]:
    """A page with an explorer of blobs; returns its bench. changes: of the bench."""
    data = emviz.datasets.blobs(120)
    model = emviz.KMeans(3)
    scene = emviz.scene(emviz.run(model, data, rng=0))
    bench = json.loads(json.dumps(bench_of(scene) | changes, default=float))
    other = emviz.scene(emviz.run(model, data, model.start(data, [[0, 0], [1, 1], [2, 2]])))
    other.show(1)
    recorder = Recorder(other)
    glimpse = replace(recorder.recording((1,), (), [recorder.movers()], None), readings=())
    traits = {"recording": _base64(to_bytes([record(scene)])), "bench": bench, "step": 0, "turned_to": 0}
    script = (MODEL.replace("TRAITS", json.dumps(traits)).replace("GLIMPSE", json.dumps(_base64(to_bytes([glimpse]))))
              .replace("SOURCE", json.dumps(as_one_module("explorer.js")).replace("</", "<\\/")))
    style = static("player.css") + static("explorer.css")
    path.write_text(f"<!doctype html><html lang=en><meta charset=utf-8><title>Explorer</title><style>{style}</style>"
                    f"<main><h1>Explorer</h1><div id=place></div></main><script type=module>{script}</script></html>",
                    encoding="utf-8")
    return copy.deepcopy(bench)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
