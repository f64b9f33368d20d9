// The composer of the channel: words, slash commands, and the menu of the app's shortcuts.

import { act } from "./wire.js";
import { byId, growing, sendOnEnter, toEnd } from "./dom.js";
import { openMenu } from "./menu.js";

let fit;
let shortcuts = [];

const COMMAND = /^\/[a-z][\w-]*(?=\s|$)/;
export const isCommand = (text) => COMMAND.test(text.trim());

/** @param {() => {person: string, channel: string}} now who writes, and where */
export function startComposer(now) {
  const area = byId("channel-words");
  fit = growing(area);
  sendOnEnter(area, byId("channel-form"));
  byId("channel-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send(area, now());
  });
  byId("channel-shortcuts").addEventListener("click", (event) => {
    const { person } = now();
    openMenu(
      event.currentTarget,
      shortcuts.map(({ name, callback_id: callback }) => [`⚡ ${name}`, () => act("shortcut", { person, callback })]),
    );
  });
}

async function send(area, { person, channel }) {
  const text = area.value;
  if (!text.trim()) return;
  area.value = "";
  fit();
  const done = await act(isCommand(text) ? "command" : "say", { person, channel, text });
  if (!done && !area.value) area.value = text;
  fit();
  toEnd(byId("slack-posts"));
}

/** @param {object} slack what is seen @param {string} name of the channel @param {string} as who writes */
export function showComposer(slack, name, as) {
  shortcuts = slack.shortcuts.filter((each) => each.kind === "global");
  byId("channel-words").placeholder = `Message #${name}`;
  byId("channel-as").textContent = `as ${as}`;
  byId("channel-shortcuts").hidden = !shortcuts.length;
  byId("channel-form").inert = !slack.is_up;
}

export const isComposing = () => Boolean(byId("channel-words").value);
