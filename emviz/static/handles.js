// Draws over a picture what can be grabbed, and the cross that keys move.

import { dress, html, svg } from "./elements.js";

const RING = 18; // pixels of the picture, the radius of the ring around a center

/** A function that keeps as many elements as there are things, and dresses each. */
function stock(parent, make, suit) {
  const all = [];
  return (things) => {
    while (all.length > things.length) all.pop().remove();
    things.forEach((thing, i) => {
      if (i === all.length) parent.append((all[i] = make()));
      suit(all[i], thing);
    });
  };
}

/** The overlay: an element for the stage of a player, and draw(sketch, tool, { width, height }). */
export function handles() {
  const shapes = svg("svg", { "aria-hidden": "true" });
  const grips = html("div", { "aria-hidden": "true" });
  const cross = html("div", { class: "emviz-cross", "aria-hidden": "true" });
  const element = html("div", {
    class: "emviz-overlay", role: "application", tabindex: 0, "aria-label": "Cross over the picture",
  }, shapes, grips, cross);
  const frame = { width: 1, height: 1 };

  const put = (handle, { x, y, look, color }) => {
    handle.className = `emviz-handle ${look}`;
    handle.style.left = `${(100 * x) / frame.width}%`;
    handle.style.top = `${(100 * y) / frame.height}%`;
    handle.style.setProperty("--emviz-color", color);
  };
  const drawEllipses = stock(shapes, () => svg("circle", { r: 1, fill: "none", class: "emviz-ellipse" }),
    (circle, { x, y, axes: [[a, b], [c, d]], color }) => dress(circle, {
      transform: `matrix(${a} ${b} ${c} ${d} ${x} ${y})`, stroke: color,
    }));
  const drawAxes = stock(shapes, () => svg("path", { class: "emviz-axis" }),
    (path, { x, y, axes, color }) => dress(path, {
      d: axes.flatMap((axis) => [axis, axis.map((length) => -length)]).map(([right, down]) => {
        const beside = Math.min(1, RING / Math.hypot(right, down)); // the mark in the middle stays legible
        return `M${x + right * beside} ${y + down * beside}L${x + right} ${y + down}`;
      }).join(""),
      stroke: color,
    }));
  const drawDots = stock(shapes, () => svg("circle"), (circle, { x, y, color, isGone }) => dress(circle, {
    cx: x, cy: y, r: isGone ? 7 : 4.5, fill: color, class: isGone ? "emviz-gone" : "emviz-dab",
  }));
  const drawGrips = stock(grips, () => html("div"), put);

  return {
    element,
    /** What can be grabbed with a tool, in pixels of a picture of that size. */
    draw(sketch, tool, { width, height }) {
      Object.assign(frame, { width, height });
      shapes.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const { colors, groups } = sketch.bench();
      const chosen = sketch.chosen();
      const lookOf = (row) => [
        "emviz-center",
        ...(chosen?.what === "center" && chosen.row === row ? ["emviz-chosen"] : []),
        ...(sketch.isHeld(`center ${row}`) ? ["emviz-held"] : []),
      ].join(" ");
      const centers = sketch.places("center");
      const drawn = [...sketch.drawn];
      const some = tool === "ellipses" ? sketch.axes().map((axes, row) => {
        const [x, y] = centers[row];
        return { x, y, axes, color: colors[row] };
      }) : [];
      drawEllipses(some);
      drawAxes(some);
      drawDots(drawn.flatMap(({ dots = [], group, isGone }) => dots.map(({ x, y }) => (
        { x, y, isGone, color: isGone ? "#fff" : groups[group] }))));
      const point = chosen?.what === "point" && tool === "points" ? [sketch.places("point")[chosen.row]] : [];
      drawGrips([
        ...point.map(([x, y]) => ({ x, y, look: "emviz-chosen", color: "#1a1a1a" })),
        ...(["centers", "ellipses"].includes(tool) ? centers : []).map(([x, y], row) => (
          { x, y, color: colors[row], look: lookOf(row) })),
        ...drawn.filter(({ center }) => center).map(({ center }) => (
          { ...center, color: "#5a5a5a", look: "emviz-center emviz-new" })),
        ...(tool === "ellipses" ? sketch.tips() : []).map(({ x, y, row }) => (
          { x, y, color: colors[row], look: "emviz-tip" })),
      ]);
    },
    /** Where the cross is, and whether it carries something. */
    drawCross({ x, y }, isCarrying) {
      cross.style.left = `${(100 * x) / frame.width}%`;
      cross.style.top = `${(100 * y) / frame.height}%`;
      cross.classList.toggle("emviz-carrying", isCarrying);
    },
  };
}
