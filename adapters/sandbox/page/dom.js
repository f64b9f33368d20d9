// Building and renewing pieces of the page. Words only ever become text nodes, never markup.

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * Build an element: `h("button.primary", { type: "button", onclick }, "Send")`.
 * Attributes that are functions become listeners; true becomes an empty attribute; null and false are left out.
 * @param {string} spec a tag with classes
 * @param {object | null} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(spec, attributes, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
  else if (name === "style") Object.entries(value).forEach(([key, one]) => element.style.setProperty(key, one));
  else element.setAttribute(name, value === true ? "" : String(value));
}

const stamps = new WeakMap();

/**
 * Show one child per item, in order. A child is made anew only when its item has changed, so that focus, scrolling and
 * animation survive; children made after the first showing carry the class "fresh".
 * @param {HTMLElement} parent
 * @param {object[]} items whatever `make` depends on must be in them
 * @param {(item: any) => string} keyOf
 * @param {(item: any) => HTMLElement} make
 */
export function keep(parent, items, keyOf, make) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const isFirst = !stamps.has(parent);
  stamps.set(parent, "");
  items.forEach((item, place) => {
    const key = keyOf(item);
    const node = renewed(old.get(key), item, key, make, isFirst);
    old.delete(key);
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
  for (const gone of old.values()) gone.remove();
}

function renewed(node, item, key, make, isFirst) {
  const stamp = JSON.stringify(item);
  if (node && stamps.get(node) === stamp) return node;
  const made = make(item);
  made.dataset.key = key;
  stamps.set(made, stamp);
  if (node) replace(node, made);
  else if (!isFirst) made.classList.add("fresh");
  return made;
}

/** Put the new node in the old one's place and keep the focus on the piece of the same name (`data-focus`). */
function replace(node, made) {
  const name = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  node.replaceWith(made);
  if (name) [...made.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === name)?.focus();
}

const loose = new WeakSet(); // lists that their reader has scrolled away from the end

/** Change a scrolling list, and keep its end in view unless its reader looks elsewhere. */
export function atEnd(list, change) {
  change();
  if (!loose.has(list)) toEnd(list);
}

export function toEnd(list) {
  loose.delete(list);
  list.scrollTop = list.scrollHeight;
}

/** Watch a list for `atEnd`: whether its reader scrolls up, and what makes its end move without a change of ours. */
export function holdEnd(list) {
  let before = 0;
  const notice = () => {
    if (list.scrollHeight - list.scrollTop - list.clientHeight < 60) loose.delete(list);
    else if (list.scrollTop < before) loose.add(list); // only a reader moves upwards; a list that shrinks does not
    before = list.scrollTop;
  };
  const hold = () => loose.has(list) || toEnd(list);
  list.addEventListener("scroll", notice, { passive: true });
  list.addEventListener("load", hold, true);
  new ResizeObserver(hold).observe(list);
}

/** Let a textarea grow with its words. */
export function growing(area) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 140)}px`;
  };
  area.addEventListener("input", fit);
  return fit;
}

/** Let Enter send and Shift+Enter break the line; Enter that ends the input of an East Asian word does neither. */
export function sendOnEnter(area, form) {
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

/** Show options in a select; keeps what is chosen. */
export function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, words]) => h("option", { value }, words)));
  select.value = chosen;
}

const HUES = [152, 262, 28, 205, 338, 48, 180];

/** Draw a person's initials on a colour of their own. */
export function avatar(name, isBot = false, icon = null) {
  if (isBot && !icon)
    return h("span.avatar.bot", { "aria-hidden": "true" }, h("img", { src: "/page/favicon.svg", alt: "" }));
  const initials =
    icon ??
    name
      .split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0] ?? "")
      .join("")
      .toUpperCase();
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  return h("span.avatar", { "aria-hidden": "true", style: { "--hue": HUES[sum % HUES.length] } }, initials);
}

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const pause = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));
