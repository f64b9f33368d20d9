// A menu one types in: several choices, or choices that only the app knows. A combobox with a list below it.

import { h } from "./dom.js";

const PATIENCE = 200; // milliseconds without a key before the app is asked
let count = 0;

/**
 * @param {object} menu
 * @param {string} menu.label for those who do not see it
 * @param {string} menu.placeholder
 * @param {{value: string, words: string}[]} menu.chosen what is chosen already
 * @param {boolean} menu.many whether several can be chosen
 * @param {(typed: string) => Promise<{label: string | null, options: any[]}[] | string>} menu.find words say why nothing
 * @param {(chosen: {value: string, words: string}[]) => void} menu.tell called with every change
 * @param {string} menu.focus the name by which the focus is kept
 */
export function combo({ label, placeholder, chosen, many, find, tell, focus, id }) {
  count += 1;
  let picked = chosen;
  let current = -1;
  let asked = 0;
  const list = h("ul.combo-list", {
    role: "listbox",
    id: `combo-${count}`,
    "aria-label": id ? null : label,
    "aria-labelledby": id ? `${id}-label` : null,
    hidden: true,
  });
  const chips = h("span.combo-chips");
  const input = h("input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    placeholder,
    "aria-label": id ? null : label,
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "data-focus": focus,
  });
  const box = h("div.combo", null, h("div.combo-field", null, chips, input), list);

  const options = () => [...list.querySelectorAll("[role=option]")];

  function show() {
    chips.replaceChildren(...(many ? picked.map(chip) : []));
    input.value = many ? "" : (picked[0]?.words ?? "");
    input.placeholder = many && picked.length ? "" : placeholder;
  }

  const chip = (one) =>
    h(
      "span.chip",
      null,
      one.words,
      h("button", { type: "button", "aria-label": `Remove ${one.words}`, onclick: () => drop(one) }, "×"),
    );

  function change(next) {
    picked = next;
    show();
    tell(picked);
  }

  function drop(one) {
    change(picked.filter((other) => other !== one));
    input.focus();
  }

  function choose(option) {
    const one = { value: option.value, words: option.text.text };
    const has = picked.some((each) => each.value === one.value);
    close();
    if (many) change(has ? picked.filter((each) => each.value !== one.value) : [...picked, one]);
    else change([one]);
    input.focus();
  }

  function close() {
    asked += 1;
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  async function search() {
    const mine = (asked += 1);
    const isChosen = !many && input.value === picked[0]?.words;
    const found = await find(isChosen ? "" : input.value);
    if (mine !== asked || document.activeElement !== input) return;
    list.replaceChildren(...rows(found));
    list.hidden = false;
    current = -1;
    input.setAttribute("aria-expanded", "true");
  }

  function rows(found) {
    if (typeof found === "string") return [h("li.combo-note", { role: "presentation" }, found)];
    const all = found.flatMap((group) => [
      ...(group.label ? [h("li.combo-group", { role: "presentation" }, group.label)] : []),
      ...group.options.map(row),
    ]);
    return all.length ? all : [h("li.combo-note", { role: "presentation" }, "No results")];
  }

  const row = (option, place) =>
    h(
      "li",
      {
        role: "option",
        id: `${list.id}-${option.value}-${place}`,
        "aria-selected": String(picked.some((one) => one.value === option.value)),
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => choose(option),
        onuse: () => choose(option),
      },
      option.text.text,
      option.description ? h("small", null, option.description.text) : null,
    );

  function step(by) {
    const all = options();
    if (list.hidden || !all.length) return void search();
    current = (current + by + all.length + (current < 0 && by < 0 ? 1 : 0)) % all.length;
    all.forEach((one, place) => one.classList.toggle("current", place === current));
    all[current].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[current].id);
  }

  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => options()[Math.max(current, 0)]?.dispatchEvent(new Event("use")),
    Escape: () => close(),
  };

  let wait = 0;
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(search, PATIENCE);
  });
  input.addEventListener("click", () => list.hidden && search());
  input.addEventListener("blur", () => {
    close();
    if (!many && !input.value && picked.length) change([]);
    else show();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && many && !input.value && picked.length) return drop(picked.at(-1));
    const isLists = event.key in KEYS && (!list.hidden || event.key.startsWith("Arrow"));
    if (!isLists || event.isComposing) return undefined;
    event.preventDefault(); // Enter in a list chooses and does not send, Escape closes the list alone
    event.stopPropagation();
    return KEYS[event.key]();
  });
  show();
  return box;
}
