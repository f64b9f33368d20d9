// The modal an app has opened for whom one acts as: the top of the stack, as a dialog that keeps the focus.

import { act } from "./wire.js";
import { blocks } from "./blocks.js";
import { byId } from "./dom.js";
import { filled, keepOnly } from "./drafts.js";
import { inView } from "./places.js";

let shown = null; // the view on screen
let stamp = "";
let isBusy = false;

export function startModal() {
  const dialog = byId("modal");
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return; // a file field's own cancel comes by here
    event.preventDefault();
    close(true);
  });
  byId("modal-x").addEventListener("click", () => close(true));
  byId("modal-close").addEventListener("click", () => close(false));
  byId("modal-form").addEventListener("submit", submit);
}

/** Show the modal that lies on top for this person, or none. */
export function showModal(slack, shared) {
  const view = slack.modals.filter((each) => each.user === shared.me).at(-1) ?? null;
  const open = new Set([...slack.modals, ...Object.values(slack.homes)].map((each) => each.id));
  keepOnly((place) => open.has(place) || place.includes("/"));
  const next = view ? JSON.stringify([view.id, view.hash, view.errors, shared.me]) : "";
  if (next === stamp) return;
  stamp = next;
  const isOther = view?.id !== shown?.id;
  shown = view;
  const dialog = byId("modal");
  if (!view) return void dialog.close();
  draw(view, shared, isOther);
  if (!dialog.open) dialog.showModal();
  if (isOther) focusFirst(view);
}

function draw(view, shared, isOther) {
  const name = document.activeElement?.dataset.focus;
  const selection = [document.activeElement?.selectionStart, document.activeElement?.selectionEnd];
  byId("modal-title").textContent = view.title.text;
  byId("modal-trouble").textContent = view.errors[""] ?? "";
  byId("modal-trouble").hidden = !view.errors[""];
  redraw(view, shared);
  byId("modal-close").textContent = view.close?.text ?? (view.submit ? "Cancel" : "Close");
  byId("modal-submit").textContent = view.submit?.text ?? "";
  byId("modal-submit").hidden = !view.submit;
  byId("modal").dataset.depth = view.previous_view_id ? "over" : "first";
  if (isOther) byId("modal-blocks").scrollTop = 0;
  const wrong = byId("modal-blocks").querySelector(".wrong");
  const again = name && [...byId("modal").querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === name);
  if (wrong) firstField(wrong)?.focus();
  else if (again && !isOther && again !== document.activeElement) refocus(again, selection);
}

let before = { ids: "", looks: [] }; // the blocks that are drawn

/** A block that looks as before is left alone, so that nobody is disturbed who types in it. */
function redraw(view, shared) {
  const box = byId("modal-blocks");
  const ids = JSON.stringify(view.blocks.map((block) => block.block_id));
  const looks = view.blocks.map((block) => JSON.stringify([view.id, shared.me, block, view.errors[block.block_id]]));
  const drawn = blocks(view.blocks, inView(view, shared));
  if (ids !== before.ids) box.replaceChildren(...drawn);
  else drawn.forEach((each, at) => looks[at] === before.looks[at] || box.children[at].replaceWith(each));
  before = { ids, looks };
}

function refocus(field, [start, end]) {
  field.focus();
  if (start !== null && start !== undefined && /text|search|url|tel/.test(field.type)) field.setSelectionRange(start, end);
}

const FIELDS = "input:not([type=hidden]), textarea, select, button";
const firstField = (box) => box.querySelector(FIELDS);

function focusFirst(view) {
  const asking = view.blocks.find((block) => block.element?.focus_on_load) ?? view.blocks.find((block) => block.type === "input");
  const box = asking && byId("modal-blocks").querySelector(`[data-block="${CSS.escape(asking.block_id)}"]`);
  (box ? firstField(box) : byId(view.submit ? "modal-submit" : "modal-close"))?.focus();
}

async function submit(event) {
  event.preventDefault();
  if (!shown?.submit || isBusy) return;
  setBusy(true);
  await act("submit", { person: shown.user, view: shown.id, filled: filled(shown.id, shown.blocks) });
  setBusy(false);
}

function setBusy(busy) {
  isBusy = busy;
  byId("modal-submit").setAttribute("aria-busy", String(busy));
  byId("modal-submit").disabled = busy;
}

function close(all) {
  if (shown) act("close-view", { person: shown.user, view: shown.id, all });
}
