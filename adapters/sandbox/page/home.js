// The app's Home tab of whom one acts as, and its direct messages: they take the workspace's place while it is open.

import { act } from "./wire.js";
import { blocks } from "./blocks.js";
import { byId, h, keep } from "./dom.js";
import { inView } from "./places.js";
import { post } from "./post.js";

let isOpen = false;
let whose = null;
let stamp = "";

/** @param {() => string} me whom one acts as @param {() => void} redraw called when it opens or closes */
export function startHome(me, redraw) {
  byId("slack-app").addEventListener("click", () => {
    isOpen = true;
    visit(me());
    redraw();
  });
}

function visit(person) {
  whose = person;
  act("home", { person });
}

export const isAtHome = () => isOpen;

export function leaveHome() {
  isOpen = false;
  whose = null;
}

export function showHome(slack, shared) {
  byId("slack").classList.toggle("at-home", isOpen);
  byId("slack-home").hidden = !isOpen;
  byId("slack-app").setAttribute("aria-pressed", String(isOpen));
  if (!isOpen) return;
  if (whose !== shared.me) visit(shared.me);
  showDirects(slack.directs[shared.me] ?? [], shared);
  const view = slack.homes[shared.me];
  const next = JSON.stringify([shared, view?.id, view?.hash, view?.errors]);
  if (next === stamp) return;
  stamp = next;
  const box = byId("home-blocks");
  const name = box.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  box.replaceChildren(...(view ? drawn(view, shared) : [empty()]));
  if (name) [...box.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === name)?.focus();
}

/** What the app has said to this person alone, for good: files that he has asked for. */
function showDirects(messages, shared) {
  byId("home-directs").hidden = !messages.length;
  const items = messages.map((message) => ({ message, shared, shortcuts: [], isDirect: true }));
  keep(
    byId("home-direct-posts"),
    items,
    (each) => each.message.ts,
    (each) => post(each, {}),
  );
}

function drawn(view, shared) {
  const trouble = view.errors[""] ? [h("p.trouble-note", { role: "alert" }, view.errors[""])] : [];
  return [...trouble, ...blocks(view.blocks, inView(view, shared))];
}

const empty = () => h("p.nothing", null, "The app has not published a Home for you yet.");
