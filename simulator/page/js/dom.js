// Building DOM nodes. Text always becomes a text node: what people or an app wrote is never parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with its attributes, listeners and children.
 * `on…` functions become listeners, true/false toggle an attribute, null leaves it out.
 * Children are nodes, strings, or nested arrays; null and false are skipped.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** The same for a drawing: an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/** Replace everything inside `element`. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

const PATHS = {
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5",
  lock: "M5.5 9h9v7.5h-9zM7 9V6.5a3 3 0 0 1 6 0V9",
  home: "M3.5 9.5 10 4l6.5 5.5M5 8.5V16h10V8.5M8.5 16v-4h3v4",
  chat: "M4 4.5h12v8.5H9L5.5 16v-3H4z",
  smile: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M7 11.5c.7 1.3 1.8 2 3 2s2.3-.7 3-2M7.6 8v.2M12.4 8v.2",
  pin: "M12 3.5 16.5 8l-2.2.8-2.6 2.6-.6 3.3L5.3 8.9l3.3-.6 2.6-2.6zM8 12l-4 4",
  dots: "M4.5 10h.1M10 10h.1M15.5 10h.1",
  close: "M5 5l10 10M15 5 5 15",
  menu: "M3.5 6h13M3.5 10h13M3.5 14h13",
  plus: "M10 4v12M4 10h12",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M12.7 12.7 16.5 16.5",
  theme: "M10 3.5a6.5 6.5 0 1 0 0 13zM10 3.5a6.5 6.5 0 0 1 0 13",
  sliders: "M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4",
  people:
    "M7.5 10a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6M2.5 16c.4-2.6 2.4-4 5-4s4.6 1.4 5 4M13 4.7a2.8 2.8 0 0 1 0 5M14.5 12.3c1.7.6 2.7 1.9 3 3.7",
  eye: "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  down: "M5.5 8l4.5 4.5L14.5 8",
  up: "M5.5 12 10 7.5l4.5 4.5",
  back: "M12 5 7 10l5 5",
  next: "M8 5l5 5-5 5",
  split: "M3.5 4.5h13v11h-13zM10 4.5v11",
  send: "M3.5 16.5 17 10 3.5 3.5 5.5 10zM5.5 10H10",
  warn: "M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.2v.1",
  bolt: "M11 2.5 4.5 11.5H10l-1 6L15.5 8.5H10z",
  reply: "M8 5 3.5 9.5 8 14M3.5 9.5H12c2.8 0 4.5 1.7 4.5 5",
  link: "M8.5 11.5 11.5 8.5M9 6.5l1.6-1.6a3 3 0 0 1 4.3 4.3L13.3 10.8M11 13.5l-1.6 1.6a3 3 0 0 1-4.3-4.3l1.6-1.6",
  edit: "M4 16l.8-3.3 8.5-8.5 2.5 2.5-8.5 8.5zM12 5.5l2.5 2.5",
  trash: "M4.5 6h11M8 6V4.2h4V6M6 6l.6 10h6.8L14 6M8.7 9v4.5M11.3 9v4.5",
  check: "M4.5 10.5 8.5 14.5 15.5 6",
  clip: "M16.2 9.3 10 15.5a3.9 3.9 0 0 1-5.5-5.5l6.6-6.6a2.6 2.6 0 0 1 3.7 3.7l-6.5 6.5a1.3 1.3 0 0 1-1.9-1.9L12 6.1",
  file: "M5 3h6.5L15.5 7v10H5zM11.5 3v4h4",
  download: "M10 3.5v9M6.5 9.5 10 13l3.5-3.5M4 16.5h12",
  info: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M10 9v4.5M10 6.3v.2",
  play: "M6.5 4.5v11l9-5.5z",
  thumbsup: "M3.5 9h3v7h-3zM6.5 9l3-5.5c1.3 0 2 .9 1.8 2.2L11 8h4c1 0 1.6.8 1.4 1.8l-1 4.9c-.2.8-.8 1.3-1.6 1.3H6.5",
  thumbsdown:
    "M3.5 4h3v7h-3zM6.5 11l3 5.5c1.3 0 2-.9 1.8-2.2L11 12h4c1 0 1.6-.8 1.4-1.8l-1-4.9C15.2 4.5 14.6 4 13.8 4H6.5",
  clock: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M10 6.5V10l2.5 1.5",
};

/** A line icon, hidden from screen readers: the control around it carries the label. */
export const icon = (name) =>
  svg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));

/** A button that shows only an icon; its label is read aloud and shown as a tooltip. */
export function iconButton(name, label, onclick, attributes = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...attributes },
    icon(name),
  );
}
