// What there is to grab: what the kernel said last, and over it what a hand does, at once.

const clamped = (value, least, most) => Math.max(least, Math.min(most, value));
const between = (value, [from, to], [first, last]) => first + ((value - from) / (to - from)) * (last - first);

/** Whether the same places are at the same pixels in two benches. */
const isAlike = (one, other) => JSON.stringify([one.box, one.axes]) === JSON.stringify([other.box, other.axes]);

/** What has the pixels x and y, or a list of places, of the picture of one bench in those of another's. */
export function carried(thing, from, to) {
  if (isAlike(from, to) || !from.axes || !to.axes) return thing;
  const sides = ({ box: [left, top, right, bottom] }) => [[left, right], [bottom, top]];
  const [x, y] = [0, 1].map((i) => (pixel) => (
    between(between(pixel, sides(from)[i], from.axes[i]), to.axes[i], sides(to)[i])));
  return {
    ...thing,
    ...("x" in thing && { x: x(thing.x), y: y(thing.y) }),
    ...(thing.places && { places: thing.places.map((place) => [x(place[0]), y(place[1])]) }),
  };
}

/** `onChange()` hears whenever something has to be drawn again, and `onChoose(mark)` what was chosen. */
export function sketch(onChange, onChoose) {
  let bench; // what the kernel said
  let said = {}; // centers and ellipses, of what a hand drags
  let chosen = null; // { what: "center" or "point", row }
  let group = 0; // of the points that are painted
  const held = new Map(); // "center 2" -> where a hand has it
  const drawn = new Set(); // what waits for the kernel: { center }, or { dots, group } or { dots, isGone }

  const count = (what) => (what === "center" ? bench.centers : bench.points ?? []).length;

  /** [x, y] of every center or point. */
  function places(what) {
    const all = what === "center" ? said.centers ?? bench.centers : bench.points ?? [];
    if (![...held.keys()].some((key) => key.startsWith(what))) return all;
    return all.map((place, row) => {
      const now = held.get(`${what} ${row}`);
      return now ? [now.x, now.y] : place;
    });
  }

  /** The two axes of each ellipse, [[x, y], [x, y]] from its center. */
  function axes() {
    const centers = places("center");
    return (said.ellipses ?? bench.ellipses ?? []).map((both, row) => {
      const now = held.get(`axis ${row}`);
      if (!now) return both;
      const [old, other] = [both[now.axis], both[1 - now.axis]];
      const pulled = [now.x - centers[row][0], now.y - centers[row][1]];
      const turn = Math.atan2(pulled[1], pulled[0]) - Math.atan2(old[1], old[0]);
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      const turned = [other[0] * cos - other[1] * sin, other[0] * sin + other[1] * cos];
      return now.axis === 0 ? [pulled, turned] : [turned, pulled];
    });
  }

  return {
    places,
    axes,
    drawn,
    bench: () => bench,
    chosen: () => chosen,
    group: () => group,
    isHeld: (key) => held.has(key),
    refresh: onChange,
    /** Whether other places are at the pixels of what the kernel says now. */
    isMovedBy: (next) => bench !== undefined && !isAlike(bench, next),
    /** What the kernel says now. */
    suit(next) {
      const waiting = [...held.values(), ...[...drawn].flatMap(({ center, dots }) => center ?? dots)];
      waiting.forEach((place) => Object.assign(place, carried(place, bench, next)));
      bench = next;
      said = {};
      group = Math.min(group, bench.groups.length - 1);
      if (chosen && chosen.row >= count(chosen.what)) chosen = null;
      onChange();
    },
    /** What it says of a drag; null is nothing more. */
    hear(next) {
      said = next ?? {};
      onChange();
    },
    setGroup(number) {
      group = number;
    },
    choose(mark) {
      chosen = mark;
      onChange();
      onChoose(mark);
    },
    hold(key, place) {
      held.set(key, place);
      onChange();
      return place;
    },
    /** Lets go of what was held, unless it was grabbed again since. */
    free(key, place = held.get(key)) {
      if (held.get(key) === place) held.delete(key);
      onChange();
    },
    draw(something) {
      drawn.add(something);
      onChange();
      return something;
    },
    wipe(something) {
      drawn.delete(something);
      onChange();
    },
    /** No hand holds anything, and nothing waits any more. */
    clear() {
      held.clear();
      drawn.clear();
      said = {};
      onChange();
    },
    /** Both ends of the axes of the ellipses. */
    tips() {
      const centers = places("center");
      return axes().flatMap((both, row) => both.flatMap(([right, down], axis) => [1, -1].map((end) => (
        { row, axis, end, x: centers[row][0] + end * right, y: centers[row][1] + end * down }))));
    },
    /** Whether something may be put there. */
    holds({ x, y }) {
      const [left, top, right, bottom] = bench.box;
      return x >= left && x <= right && y >= top && y <= bottom;
    },
    /** The nearest place where a center or a point may be put. */
    inside({ x, y }, what) {
      const [left, top, right, bottom] = bench.box;
      const isOnLine = bench.upright && what === "center";
      return { x: clamped(x, left, right), y: isOnLine ? bench.base : clamped(y, top, bottom) };
    },
  };
}
