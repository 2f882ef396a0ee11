// What anywidget calls for an explorer: a player whose data, model and start can be changed by hand.

import { asking } from "./asking.js";
import { crossing } from "./cross.js";
import { html } from "./elements.js";
import { grabbing } from "./grabbing.js";
import { handles } from "./handles.js";
import { numbers } from "./numbers.js";
import { decode } from "./recording.js";
import { carried, sketch } from "./sketch.js";
import { attach } from "./sync.js";
import { nearestOf, tools } from "./tools.js";
import { workbench } from "./workbench.js";

const SILENT = "The kernel is busy or gone: it has not answered for 5 seconds. What you did last waits for it.";
const RESTARTED = "The kernel was restarted: run the cell again to change things. The run that is shown can still "
  + "be stepped through.";

function render({ model, el }) {
  let [tool, data] = ["", ""];
  let point = null; // the numbers of the chosen one
  let [isSilent, isLost] = [false, false];
  const bench = () => model.get("bench");

  // ---------------------------------------------------------------- the kernel

  const send = ({ seen, ...message }) => model.send(seen ? carried(message, seen, bench()) : message);
  const kernel = asking(send, (silent) => {
    isSilent = silent;
    warn();
  }, (isBusy) => player.root.classList.toggle("emviz-busy", isBusy));
  const waits = (like) => kernel.expects(like);

  /**
   * Asks for a change; once it is made or refused, everything is as the kernel has it. Until it is asked, the places
   * in it may move: they are of the picture that was seen.
   */
  function ask(message, hear = () => {}) {
    if (isLost) return;
    shared.settle();
    kernel.ask({ ...message, seen: there.bench() }, (reply, buffers) => {
      hear(reply, buffers);
      if (message.rest !== false) suit();
      if (message.do === "place" || message.do === "add") chooseNew(message.do === "place" ? "center" : "point");
    });
  }

  /** Shows what the kernel says of a drag. */
  function glimpse({ caption, verdict, ...said }, [bytes]) {
    if (bytes) player.preview(decode(bytes).scenes[0], caption);
    if (verdict) desk.verdict.textContent = verdict;
    there.hear(said);
  }

  function warn() {
    desk.warn((isLost && RESTARTED) || (isSilent && SILENT) || bench().trouble);
  }

  // ---------------------------------------------------------------- what is there

  const live = html("p", { class: "emviz-heard", "aria-live": "polite" });
  const over = handles();
  const there = sketch(draw, () => {
    point = null;
    fields.show(point);
    learn();
  });
  const fields = numbers(there, () => tool, { choose: there.choose, ask });
  const desk = workbench(fields.element, {
    set: (name, value) => ask({ do: "set", name, value }),
    act(name) {
      if (name === "code") kernel.ask({ do: name }, ({ code }) => code && desk.showCode(code));
      else ask({ do: name });
    },
    take(name) {
      hand.release();
      tool = name;
      desk.suit(bench(), tool);
      fields.show(point);
      draw();
    },
    setGroup: there.setGroup,
    isWaiting: (name) => waits((message) => message.do === "set" && message.name === name),
  });
  const grips = tools(there, ask, glimpse);
  const isOver = (place) => (
    ["centers", "ellipses"].includes(tool) && nearestOf(there.places("center"), place, place.reach) >= 0);
  const say = (text) => (live.textContent = text);
  const hand = grabbing(over.element, {
    now: () => ({ tool, press: grips[tool], isOver, width: size().width }),
    expects: waits,
    say,
    onPlace: (place) => cross.put(place),
    onGrab: () => player.told.hover(null),
    putBack: suit,
  });
  const cross = crossing(over.element, there, hand, { tool: () => tool, ask, say, draw: over.drawCross });
  const shared = attach(model, el, { first: [desk.main], onKey: cross.onKey });
  const { player } = shared;
  const size = () => player.now().recording;
  player.caption.before(desk.question);
  player.caption.after(desk.verdict);
  player.stage.append(over.element);
  player.stage.after(desk.hint);
  over.element.setAttribute("aria-describedby", desk.keys.id);
  player.controls.after(desk.alert);
  player.panel.prepend(desk.side);
  player.root.append(live);

  function draw() {
    over.element.dataset.tool = tool;
    over.draw(there, tool, size());
  }

  /** Asks for the numbers of the point that is chosen. */
  function learn() {
    const mark = there.chosen();
    if (mark?.what !== "point" || isLost) return;
    kernel.ask({ do: "point", row: mark.row }, ({ values }) => {
      point = values ?? null;
      fields.show(point);
    });
  }

  /** Shows what the kernel has, and nothing else. */
  function suit() {
    const now = bench();
    const { value } = now.controls.find(({ name }) => name === "data");
    if (value !== data || !now.tools.some(([name]) => name === tool)) tool = now.tools[0]?.[0] ?? "";
    data = value; // other data are not painted on by the brush that is still in hand
    if (there.isMovedBy(now)) hand.drop(); // the picture is another one under the hand
    over.element.hidden = isLost || !now.box || !tool;
    there.suit(now);
    desk.show(now, tool);
    fields.show(point);
    learn();
    cross.suit();
    player.restore();
    warn();
  }

  function chooseNew(what) {
    const last = there.places(what).length - 1;
    if (!bench().trouble && last >= 0) there.choose({ what, row: last });
  }

  function setLost(lost) {
    isLost = lost;
    desk.main.inert = desk.side.inert = lost;
    suit();
  }

  /** The kernel was restarted: Jupyter tells it by this event, whose state a widget cannot read. */
  function onLost() {
    hand.release();
    kernel.forget();
    there.clear();
    setLost(true);
  }

  const onBench = () => setLost(false); // a kernel that speaks is there
  model.on("change:bench", onBench);
  model.on("msg:custom", kernel.answer);
  model.on("comm_live_update", onLost);
  suit();
  return () => {
    kernel.forget();
    model.off("change:bench", onBench);
    model.off("msg:custom", kernel.answer);
    model.off("comm_live_update", onLost);
    shared.remove();
  };
}

export default { render };
