// Questions with choices, in a notebook: choose, then look. Everything happens in the browser.

/** An element with attributes, its children inside. */
function make(name, attributes, ...children) {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
}

/** One question. `onChoice` hears the number of the option that the answer was asked for with. */
function field({ head, text, options, verdicts, answer, nudge }, name, onChoice) {
  const radios = options.map(() => make("input", { type: "radio", name }));
  const said = make("p", { className: "emviz-said" });
  said.setAttribute("aria-live", "polite");
  let nudged = false;

  const button = make("button", { type: "button", textContent: "Show the answer" });
  button.addEventListener("click", () => {
    const chosen = radios.findIndex((radio) => radio.checked);
    if (chosen < 0 && !nudged) {
      nudged = true;
      said.textContent = nudge;
      button.textContent = "Show it anyway";
      return;
    }
    said.textContent = chosen < 0 ? answer : verdicts[chosen];
    onChoice(chosen);
  });

  return make(
    "fieldset",
    {},
    make("legend", {}, make("strong", { textContent: `${head}. ` }), text),
    ...options.map((option, i) => make("label", {}, radios[i], option)),
    button,
    said,
  );
}

/** What anywidget calls. */
function render({ model, el }) {
  const group = `emviz-${Math.random()}`; // radio buttons of one name exclude each other
  const choices = [...model.get("choices")];
  const fields = model.get("questions").map((question, i) =>
    field(question, `${group}-${i}`, (chosen) => {
      choices[i] = chosen;
      model.set("choices", [...choices]);
      model.save_changes();
    }),
  );
  const form = make("div", { className: "emviz-questions" }, ...fields);
  form.addEventListener("keydown", (event) => {
    const shortcut = event.ctrlKey || event.metaKey || event.altKey;
    if (shortcut || event.key === "Escape" || (event.key === "Enter" && event.shiftKey)) return; // the notebook's
    event.stopPropagation(); // or arrow keys would choose a cell instead of an option
  });
  el.append(form);
  return () => form.remove();
}

export default { render };
