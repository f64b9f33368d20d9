// One small menu for the whole page, opened beside a button: words or emoji, with arrow keys, Escape and focus return.

import { byId, h } from "./dom.js";

let opener = null;

/**
 * @param {HTMLElement} button what opened it, and gets the focus back
 * @param {[string, () => void, string?][]} choices what is shown, what is done, a label where an emoji is shown
 * @param {boolean} [isGrid] whether the choices are emoji in rows
 */
export function openMenu(button, choices, isGrid = false) {
  const menu = byId("menu");
  menu.setAttribute("role", "menu");
  menu.classList.toggle("grid", isGrid);
  menu.replaceChildren(...choices.map((choice) => entry(menu, choice)));
  opener = button;
  (button.closest("dialog") ?? document.body).append(menu); // beside an open dialog nothing can be pressed
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  menu.firstElementChild.focus();
}

function entry(menu, [words, choose, label]) {
  const onclick = () => {
    menu.hidePopover();
    choose();
  };
  return h("button", { type: "button", role: "menuitem", "aria-label": label, title: label, onclick }, words);
}

function place(menu, beside) {
  const box = menu.getBoundingClientRect();
  const above = beside.top - box.height - 6;
  menu.style.left = `${Math.max(8, Math.min(beside.left, innerWidth - box.width - 8))}px`;
  menu.style.top = `${above > 8 ? above : Math.min(beside.bottom + 6, innerHeight - box.height - 8)}px`;
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function startMenu() {
  const menu = byId("menu");
  menu.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    const entries = [...menu.children];
    const next = entries.indexOf(document.activeElement) + STEPS[event.key] + entries.length;
    entries[next % entries.length].focus();
  });
  menu.addEventListener("toggle", (event) => {
    if (
      event.newState === "closed" &&
      (document.activeElement === document.body || menu.contains(document.activeElement))
    )
      opener?.focus();
  });
}
