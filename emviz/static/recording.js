// Reads the bytes that emviz/marks/payload.py wrote.

const TYPES = { i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array, f4: Float32Array };

/** Turns the bytes that emviz/marks/payload.py wrote into marks: what is equal is one object. */
export function decode(bytes) {
  const start = bytes.byteOffset;
  const end = start + 4 + new DataView(bytes.buffer, start).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes.buffer, start + 4, end - start - 4)));
  const { unit } = header;

  let offset = end;
  const grids = []; // each a list of columns
  for (const number of byKind(header.grids)) {
    const [type, rows, columns, base] = header.grids[number];
    const size = rows * TYPES[type].BYTES_PER_ELEMENT;
    grids[number] = Array.from({ length: columns }, (_, c) => {
      const column = new TYPES[type](bytes.buffer.slice(offset, (offset += size)));
      return base === null ? column : column.map((change, i) => change + grids[base][c][i]);
    });
  }

  const outlines = header.outlines.map(([changes, order, codes]) => {
    const [x, y] = grids[changes].map((column) => summed(column, order, unit));
    return { x, y, codes: grids[codes][0], drawn: new Map() };
  });
  const placed = ([x, y, outline]) => ({ x: x * unit, y: y * unit, outline: outlines[outline] });
  const clips = header.clips.map((row) => row.map(placed));
  const looks = header.looks.map(([fill, stroke, width, dashes, dashOffset, cap, join]) => (
    { fill, stroke, width, dashes, dashOffset, cap, join }));
  const path = ([shape, look, clip]) => (
    { kind: "path", ...placed(shape), look: looks[look], clips: clips[clip] });
  const points = ([places, shapes, which, scales, fills, strokes, widths, join, clip]) => ({
    kind: "points", join, clips: clips[clip],
    x: Float64Array.from(grids[places][0], (value) => value * unit),
    y: Float64Array.from(grids[places][1], (value) => value * unit),
    outlines: shapes.map((shape) => outlines[shape]), which: grids[which][0], scales: grids[scales][0],
    fills: grids[fills], strokes: grids[strokes], widths: grids[widths][0],
  });
  const image = ([png, width, height, matrix, opacity, smooth, clip]) => (
    { kind: "image", png: grids[png][0], width, height, matrix, opacity, smooth, clips: clips[clip] });

  const marks = header.marks.map(([kind, ...fields]) => [path, points, image][kind](fields));
  const slots = header.slots.map((row) => row.map((mark) => marks[mark]));
  const states = (rows) => rows.map((row) => row.map((slot) => slots[slot]));
  const scenes = header.scenes.map((scene) => ({
    ...scene, clips, static: slots[scene.static], states: states(scene.states),
    readings: scene.readings.map((reading) => ({
      ...reading, names: header.names[reading.names],
      percents: reading.percents.map((number) => (number === null ? null : grids[number])),
    })),
    fields: scene.fields.map((field) => ({
      ...field, scores: field.scores.map((number) => (number === null ? null : grids[number])),
    })),
    turn: scene.turn && { ...scene.turn, sides: states(scene.turn.sides) },
  }));
  return { dial: header.dial, labels: header.labels, playing: header.playing, scenes };
}

/** A row of a column that may have fewer rows than there are points: its rows repeat. */
export const at = (column, i) => column[i % column.length];

/** The numbers of grids in the order in which they were written. */
function byKind(grids) {
  const kinds = grids.map(([type, rows, columns]) => `${type} ${columns} ${rows}`);
  const order = (a, b) => (kinds[a] === kinds[b] ? a - b : kinds[a] < kinds[b] ? -1 : 1);
  return [...grids.keys()].sort(order);
}

/** What has these differences of that order, in units. */
function summed(differences, order, unit) {
  const sums = new Float64Array(order);
  return Float64Array.from(differences, (difference) => {
    sums.forEach((sum, i) => (difference = sums[i] = sum + difference));
    return difference * unit;
  });
}
