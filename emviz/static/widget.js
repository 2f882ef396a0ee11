// What anywidget calls for a player.

import { attach } from "./sync.js";

const render = ({ model, el }) => attach(model, el).remove;

export default { render };
