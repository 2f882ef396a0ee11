// What is chosen, in numbers to type: a center with its weight and spread, or a point.

import { button } from "./controls.js";
import { html } from "./elements.js";
import { arrange, numberField, selectField } from "./inputs.js";

const SPREAD = ["long axis", "short axis", "angle in degrees"];

/**
 * The fields, as an element and show(point): point is the numbers of the chosen one, null where none is.
 * `choose(mark)` and `ask(message)` hear what is wanted.
 */
export function numbers(sketch, tool, { choose, ask }) {
  const ofCenter = selectField("Center", (row) => choose(row === "" ? null : { what: "center", row: Number(row) }));
  const ofPoint = numberField("Point", (row) => choose({ what: "point", row }));
  const remove = button("remove", "Remove", "Delete", () => {
    const mark = sketch.chosen();
    choose(null);
    ask({ do: "remove", ...mark });
  }, true);
  const element = html("div", { class: "emviz-numbers", role: "group", "aria-label": "Numbers of what is chosen" });
  const made = new Map();

  function field(what, row, column, label, value) {
    const key = JSON.stringify([what, row, column, label]);
    if (!made.has(key)) {
      made.set(key, numberField(label, (typed) => ask({ do: "number", what, row, column, value: typed })));
    }
    made.get(key).show({ value });
    return made.get(key).element;
  }

  function ofChosen({ what, row }, point) {
    const { features, centers, weights, spreads } = sketch.bench().numbers;
    const all = (kind, labels, values) => labels.map(
      (label, column) => field(kind, row, column, label, values[column]));
    if (what === "point") return point ? all("point", features, point) : [];
    return [
      ...all("center", features, centers[row]),
      ...(weights ? [field("weight", row, 0, "weight", weights[row])] : []),
      ...(spreads ? all("spread", SPREAD, spreads[row]) : []),
    ];
  }

  return {
    element,
    show(point) {
      const { numbers: known, points, names } = sketch.bench();
      element.hidden = !known;
      if (!known) return;
      const chosen = sketch.chosen();
      const isOfPoints = tool() === "points" && points;
      const mark = chosen && (chosen.what === "point") === Boolean(isOfPoints) ? chosen : null;
      if (isOfPoints) ofPoint.show({ value: mark?.row ?? 0, least: 0, most: points.length - 1, step: 1 });
      else ofCenter.show({ value: mark ? String(mark.row) : "", options: [["", "none"], ...names.map((name, row) => (
        [String(row), name]))] });
      arrange(element, [
        (isOfPoints ? ofPoint : ofCenter).element, ...(mark ? [...ofChosen(mark, point), remove] : [])]);
    },
  };
}
