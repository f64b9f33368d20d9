// The switches: what may go wrong, and what to expect of the bridge then.

import { act } from "./wire.js";
import { byId, h, keep } from "./dom.js";

export function startTrouble() {
  byId("trouble-reset").addEventListener("click", calm);
}

export const calm = () => act("calm");
export const turnSwitch = (name, on) => act("switch", { name, on });

export function showTrouble({ switches }) {
  keep(byId("trouble-switches"), switches, (each) => each.name, drawSwitch);
  const on = switches.filter((each) => each.on).length;
  byId("trouble-reset").disabled = !on;
  byId("trouble-reset").textContent = on ? `Reset ${on}` : "All calm";
  document.querySelector('[data-tab="trouble"]').classList.toggle("unread", on > 0);
}

function drawSwitch({ name, title, expect, on }) {
  return h(
    "button.switch",
    {
      type: "button",
      role: "switch",
      "aria-checked": String(on),
      "aria-describedby": `expect-${name}`,
      "data-focus": name,
      onclick: () => turnSwitch(name, !on),
    },
    h("i", { "aria-hidden": "true" }),
    h("b", null, title),
    h("small", { id: `expect-${name}` }, expect),
  );
}
