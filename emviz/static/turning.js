// Turns a scene in space, from two recorded views of it that are a quarter turn apart.

/** From where a recording was seen, in degrees. */
export const frontOf = ({ turn }) => ({ yaw: 0, tilt: turn ? turn.elevation : 0 });

/**
 * What state i shows of mover k, as a function of both, after a turn by `yaw` degrees, which brings the front to the
 * right, and from `tilt` degrees above.
 */
export function turned({ states, movers, turn }, { yaw, tilt }) {
  if (!turn || (yaw === 0 && tilt === turn.elevation)) return (i, k) => states[i][k];
  const place = rotation(turn, yaw, tilt);
  const number = movers.map((name) => turn.movers.indexOf(name));
  const made = new Map(); // front -> side -> turned: what is equal stays one object
  return (i, k) => {
    const front = states[i][k];
    if (number[k] < 0) return front;
    const side = turn.sides[i][number[k]];
    if (!made.has(front)) made.set(front, new Map());
    const sides = made.get(front);
    if (!sides.has(side)) sides.set(side, front.map((mark, m) => turnMark(mark, side[m], place)));
    return sides.get(side);
  };
}

/**
 * Where something is after the turn that was recorded at (x, y), and at `sideX` from the side. From the center, x is
 * to the right, y down, and the x of the side the depth toward the reader. The scene is set upright, turned, tipped.
 */
function rotation({ center: [centerX, centerY], elevation }, yaw, tilt) {
  const [[cosE, sinE], [cosA, sinA], [cosB, sinB]] = [elevation, yaw, tilt].map((degrees) => (
    [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]));
  return (x, y, sideX) => {
    const [right, seenDown, seenNear] = [x - centerX, y - centerY, sideX - centerX];
    const [down, near] = [seenDown * cosE - seenNear * sinE, seenNear * cosE + seenDown * sinE];
    const depth = near * cosA - right * sinA;
    return [centerX + right * cosA + near * sinA, centerY + down * cosB + depth * sinB];
  };
}

function turnMark(front, side, place) {
  if (front.kind === "points") {
    const places = Array.from(front.x, (x, i) => place(x, front.y[i], side.x[i]));
    return { ...front, x: places.map(([x]) => x), y: places.map(([, y]) => y) };
  }
  const { outline } = front;
  if (outline === side.outline && !isUpright(outline)) { // a text faces the reader
    const [dx, dy] = [middle(outline.x), middle(outline.y)];
    const [x, y] = place(front.x + dx, front.y + dy, side.x + dx);
    return { ...front, x: x - dx, y: y - dy };
  }
  const vertices = Array.from(outline.x, (x, i) => (
    place(front.x + x, front.y + outline.y[i], side.x + side.outline.x[i])));
  const moved = { ...outline, x: vertices.map(([x]) => x), y: vertices.map(([, y]) => y), drawn: new Map() };
  return { ...front, x: 0, y: 0, outline: moved };
}

/** Whether an outline is an upright line, which looks the same from all around but gets shorter when it tips. */
const isUpright = ({ x }) => x.every((place) => place === x[0]);

const middle = (column) => (Math.min(...column) + Math.max(...column)) / 2;
