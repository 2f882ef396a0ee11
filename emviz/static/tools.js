// What a pointer does with each tool. A grip is what it holds between pressing and letting go.

const SPACING = 6; // pixels of the picture between two painted points
const RADIUS = 22; // of the brush and the eraser

const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/** How far a place is from a line between two others. */
function distanceTo(line, place) {
  const [from, to] = line;
  const [right, down] = [to.x - from.x, to.y - from.y];
  const along = ((place.x - from.x) * right + (place.y - from.y) * down) / (right ** 2 + down ** 2 || 1);
  const t = Math.max(0, Math.min(1, along));
  return distance(place, { x: from.x + t * right, y: from.y + t * down });
}

/** The number of the place nearest to another, within reach; or -1. */
export function nearestOf(places, place, reach) {
  let [found, least] = [-1, reach];
  places.forEach(([x, y], row) => {
    const away = distance({ x, y }, place);
    if (away <= least) [found, least] = [row, away];
  });
  return found;
}

/**
 * A function of a place { x, y, reach } that gives a grip, or null where there is nothing to do. A grip has
 * move(place), drop(place, moved), where moved is whether it was more than a click, and cancel().
 * `sketch` knows what is there, `ask(message, hear)` asks the kernel, and `glimpse(reply, buffers)` shows what it
 * says of a drag.
 */
export function tools(sketch, ask, glimpse) {
  /** What is dragged. `message(place)` is what the kernel is asked, `follow(place)` is true to the pointer at once. */
  function dragging(key, message, follow) {
    let going = true;
    const put = (place, rest) => {
      const held = sketch.hold(key, follow(place));
      ask({ ...message(place), rest }, (reply, buffers) => {
        if (rest) sketch.free(key, held);
        else if (going) glimpse(reply, buffers);
      });
    };
    return {
      move: (place) => put(place, false),
      drop(place, moved) {
        going = false;
        if (moved) put(place, true);
      },
      cancel() {
        going = false;
        sketch.free(key);
      },
    };
  }

  function moving(what, place) {
    const places = sketch.places(what);
    const row = nearestOf(places, place, place.reach);
    if (row < 0) return null;
    sketch.choose({ what, row });
    const slip = { x: places[row][0] - place.x, y: places[row][1] - place.y };
    const at = ({ x, y }) => sketch.inside({ x: x + slip.x, y: y + slip.y }, what);
    return dragging(`${what} ${row}`, (to) => ({ do: "move", what, row, ...at(to) }), at);
  }

  function stretching(place) {
    const tips = sketch.tips();
    const number = nearestOf(tips.map(({ x, y }) => [x, y]), place, place.reach);
    if (number < 0) return null;
    const { row, axis, end } = tips[number];
    const [x0, y0] = sketch.places("center")[row];
    sketch.choose({ what: "center", row });
    const at = ({ x, y }) => (end > 0 ? { x, y } : { x: 2 * x0 - x, y: 2 * y0 - y });
    return dragging(`axis ${row}`, (to) => ({ do: "axis", row, axis, ...at(to) }), (to) => ({ axis, ...at(to) }));
  }

  /** What a click does. */
  function clicking(place, what, message, ghost) {
    if (!sketch.holds(place)) return null;
    return {
      isClick: true,
      move: () => {},
      cancel: () => {},
      drop(to, moved) {
        if (moved) return;
        const drawn = sketch.draw(ghost);
        ask({ ...message, ...sketch.inside(place, what) }, () => sketch.wipe(drawn));
      },
    };
  }

  function brushing(place) {
    if (!sketch.holds(place)) return null;
    const group = sketch.group();
    const drawn = sketch.draw({ dots: [], group });
    let last = place;
    const dab = ({ x, y }) => {
      const [angle, away] = [2 * Math.PI * Math.random(), RADIUS * Math.sqrt(Math.random())];
      const dot = { x: x + away * Math.cos(angle), y: y + away * Math.sin(angle) };
      if (sketch.holds(dot)) drawn.dots.push(dot);
    };
    const move = (to) => {
      const from = last;
      const [right, down, away] = [to.x - from.x, to.y - from.y, distance(from, to)];
      for (let far = SPACING; far <= away; far += SPACING) {
        last = { x: from.x + (right * far) / away, y: from.y + (down * far) / away };
        dab(last);
      }
      sketch.refresh();
    };
    dab(place);
    return {
      move,
      drop(to) {
        move(to);
        const places = drawn.dots.map(({ x, y }) => [x, y]);
        ask({ do: "paint", places, group }, () => sketch.wipe(drawn));
      },
      cancel: () => sketch.wipe(drawn),
    };
  }

  function erasing(place) {
    if (!sketch.holds(place)) return null;
    const rows = new Set();
    let last = place;
    const drawn = sketch.draw({ dots: [], isGone: true });
    const move = (to) => {
      sketch.places("point").forEach(([x, y], row) => {
        if (rows.has(row) || distanceTo([last, to], { x, y }) > RADIUS) return;
        rows.add(row);
        drawn.dots.push({ x, y });
      });
      last = to;
      sketch.refresh();
    };
    move(place);
    return {
      move,
      drop() {
        if (rows.size) ask({ do: "erase", rows: [...rows] }, () => sketch.wipe(drawn));
        else sketch.wipe(drawn);
      },
      cancel: () => sketch.wipe(drawn),
    };
  }

  return {
    centers: (place) => moving("center", place)
      ?? clicking(place, "center", { do: "place" }, { center: sketch.inside(place, "center") }),
    ellipses: (place) => stretching(place) ?? moving("center", place),
    points: (place) => moving("point", place)
      ?? clicking(place, "point", { do: "add", group: sketch.group() }, { dots: [place], group: sketch.group() }),
    brush: brushing,
    eraser: erasing,
  };
}
