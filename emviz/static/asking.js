// Asks the kernel, one thing at a time: a slow kernel never has a queue, and the last word wins.

import { unique } from "./elements.js";

const PATIENCE = 5000; // milliseconds until a kernel counts as silent

/** What is asked about, where a newer question makes an older one idle: a control, a field, whatever is dragged. */
function subject({ do: act, rest, name, what, row, column }) {
  if (rest === false) return "a drag";
  if (act === "point") return "what is chosen";
  return ["set", "number"].includes(act) ? JSON.stringify([act, name, what, row, column]) : null;
}

/**
 * Sends by `send(message)`; `onSilence(silent)` hears that an answer is overdue, and that it came, and `onWork(isBusy)`
 * of every question and its answer.
 */
export function asking(send, onSilence, onWork = () => {}) {
  let asked = null; // the question without an answer
  let waiting = []; // behind it, in order; of a drag only the latest, and only at the end
  let patience = 0; // a timer

  function next() {
    if (asked || !waiting.length) return;
    asked = waiting.shift();
    patience = setTimeout(() => onSilence(true), PATIENCE);
    onWork(true);
    send({ id: asked.id, ...asked.message });
  }

  function done() {
    clearTimeout(patience);
    onSilence(false);
    onWork(false);
    asked = null;
  }

  return {
    /** Asks as soon as the kernel has answered what was asked before; `hear(reply, buffers)` gets the answer. */
    ask(message, hear = () => {}) {
      const before = waiting.at(-1) && subject(waiting.at(-1).message);
      if (before === "a drag" || (before && before === subject(message))) waiting.pop();
      waiting.push({ id: unique(), message, hear });
      next();
    },
    answer(reply, buffers) {
      if (reply.re !== asked?.id) return; // to another view of the same widget
      const { hear } = asked;
      done();
      hear(reply, buffers);
      next();
    },
    /** Whether a question like this has no answer yet. */
    expects: (like) => [asked, ...waiting].some((question) => question && like(question.message)),
    /** Nobody will answer any more. */
    forget() {
      done();
      waiting = [];
    },
  };
}
