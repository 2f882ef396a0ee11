// Makes elements.

const SVG = "http://www.w3.org/2000/svg";

/** An element of HTML, its children inside. */
export function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

/** An element of SVG, its children inside. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  dress(element, attributes);
  element.append(...children);
  return element;
}

/** Sets the attributes that differ from those of the last time. */
export function dress(element, attributes) {
  const worn = (element.worn ??= {});
  for (const name in attributes) {
    if (worn[name] !== attributes[name]) element.setAttribute(name, (worn[name] = attributes[name]));
  }
}

/** A name that no other element of the page has: several players share it. */
export const unique = () => `emviz-${Math.random().toString(36).slice(2)}`;
