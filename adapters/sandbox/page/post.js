// One message as the workspace shows it: who, when, what, its reactions, and what one can do with it.

import { act } from "./wire.js";
import { avatar, h } from "./dom.js";
import { blocks } from "./blocks.js";
import { clock } from "./time.js";
import { emoji, theCast } from "./people.js";
import { inMessage } from "./places.js";
import { mrkdwn } from "./mrkdwn.js";
import { openMenu } from "./menu.js";

const QUICK = [
  "white_check_mark",
  "eyes",
  "+1",
  "pray",
  "heart",
  "tada",
  "fire",
  "joy",
  "wave",
  "ok_hand",
  "raised_hands",
  "thinking_face",
  "no_entry_sign",
  "hourglass_flowing_sand",
  "telephone_receiver",
  "wrench",
  "rocket",
  "zzz",
];

const dateOf = (ts) => new Date(Number(ts) * 1000);

/**
 * Draw a message, what only one person sees (`isWhisper`), or a direct message (`isDirect`).
 * @param {{message: any, shared: any, shortcuts: any[], isWhisper?: boolean, isDirect?: boolean}} item
 * @param {{edit: (message: any) => void}} can
 */
export function post({ message, shared, shortcuts, isWhisper, isDirect }, can) {
  const me = shared.me;
  const author = message.author;
  const context = inMessage(message, shared);
  const sent = dateOf(message.ts);
  return h(
    `article.post${message.is_deleted ? ".deleted" : ""}${isWhisper ? ".whisper" : ""}`,
    { "aria-label": `${author.name}, ${clock(sent)}` },
    avatar(author.name, author.is_bot, author.icon),
    h(
      "div.post-body",
      null,
      isWhisper ? h("small.only-you", null, "Only visible to you") : null,
      h(
        "header",
        null,
        h("b", null, author.name),
        author.is_bot ? h("span.app", null, "APP") : null,
        h("time", null, clock(sent)),
      ),
      ...content(message, context),
      message.is_edited && !author.is_bot ? h("small.edited", null, "(edited)") : null,
      ...message.files.map(file),
      reactions(message, me),
    ),
    message.is_deleted || isWhisper || isDirect ? null : tools(message, me, can, shortcuts),
  );
}

function content(message, context) {
  const own = message.blocks.length ? blocks(message.blocks, context) : text(message, context);
  return [...own, ...message.attachments.map((each) => attachment(each, context))];
}

function text(message, context) {
  return message.text ? [h("p", { dir: "auto" }, ...mrkdwn(message.text, context.names))] : [];
}

function attachment(each, context) {
  const words = each.pretext ?? each.text ?? each.title ?? "";
  const inner = each.blocks ? blocks(each.blocks, context) : [h("p", null, ...mrkdwn(words, context.names))];
  return h("div.bar", { style: { "--bar": each.color ?? "var(--line)" } }, ...inner);
}

const isPicture = (file) => /^image\/(?:jpeg|gif|png|webp)$/.test(file.mimetype);

function file(each) {
  const address = `/shared/${each.id}`;
  if (isPicture(each))
    return h(
      "a.picture",
      { href: address, target: "_blank" },
      h("img", { src: address, alt: each.title || each.name }),
    );
  const size = `${Math.max(Math.round(each.size / 1000), 1)} kB`;
  return h("a.file", { href: address, download: each.name }, each.name, h("small", null, ` ${size}`));
}

function reactions(message, me) {
  if (!message.reactions.length) return null;
  return h("div.reactions", null, ...message.reactions.map((each) => reaction(message, each, me)));
}

function reaction(message, { name, emoji: character, count, users, names }, me) {
  const isMine = users.includes(me);
  const who = `${names.join(", ")} reacted with ${name.replaceAll("_", " ")}`;
  return h(
    "button.reaction",
    {
      type: "button",
      "aria-pressed": String(isMine),
      "aria-label": who,
      title: who,
      "data-focus": `react-${name}`,
      onclick: () => react(message, me, name),
    },
    character,
    h("span", null, String(count)),
  );
}

const remove = (message, me) => act("delete", { person: me, channel: message.channel, ts: message.ts });
const react = (message, me, name) => act("react", { person: me, channel: message.channel, ts: message.ts, name });

function tools(message, me, can, shortcuts) {
  const isMine = message.author.id === me && !message.author.is_bot;
  return h(
    "div.post-tools",
    { role: "group", "aria-label": "What to do with this post" },
    tool("✅", "React: done", () => react(message, me, "white_check_mark")),
    tool("👀", "React: looking at it", () => react(message, me, "eyes")),
    tool(
      "☺",
      "More reactions",
      (event) =>
        openMenu(
          event.currentTarget,
          QUICK.map((name) => choice(message, me, name)),
          true,
        ),
      true,
    ),
    isMine ? tool("✎", "Edit", () => can.edit(message)) : null,
    isMine ? tool("🗑", "Delete", () => remove(message, me)) : null,
    shortcuts.length ? tool("⋯", "More actions", (event) => shortcutMenu(event, message, me, shortcuts), true) : null,
  );
}

function shortcutMenu(event, { channel, ts }, me, shortcuts) {
  openMenu(
    event.currentTarget,
    shortcuts.map(({ name, callback_id: callback }) => [
      `⚡ ${name}`,
      () => act("message-shortcut", { person: me, channel, ts, callback }),
    ]),
  );
}

const choice = (message, me, name) => [emoji(name), () => react(message, me, name), name.replaceAll("_", " ")];

function tool(sign, label, onclick, opensMenu = false) {
  const attributes = { type: "button", "aria-label": label, title: label, "data-focus": label, onclick };
  return h("button", opensMenu ? { ...attributes, "aria-haspopup": "menu" } : attributes, sign);
}

/** Everything a message says, as one string: for finding and for editing. */
export const wordsOf = (message) => JSON.stringify([message.text, message.blocks, message.attachments]);

/** Find since when somebody waits, by a green bar and the moment written beside it; null when nobody does. */
export function waitingSince(message) {
  const bar = message.attachments.find((each) => each.color && isGreen(each.color));
  const written = bar && /"timestamp":(\d+)/.exec(JSON.stringify(bar));
  return bar ? (written ? new Date(Number(written[1]) * 1000) : dateOf(message.ts)) : null;
}

/** Whether a colour is a green that calls: by its channels, so that no door's exact shade has to be known. */
function isGreen(color) {
  const [red, green, blue] = (color.match(/[0-9a-f]{2}/gi) ?? []).map((part) => parseInt(part, 16));
  return color === "good" || (green > red + 40 && green > blue + 20);
}

/** Find the last thread of a channel that a caller's number stands in. */
export function threadOf(state, number, channel) {
  const digits = number.replace(/\D/g, "").slice(-10);
  const threads = state.slack.channels.find((each) => each.id === channel)?.threads ?? [];
  return threads
    .filter(({ root }) =>
      wordsOf(root)
        .replace(/[^\d"]/g, "")
        .includes(digits),
    )
    .at(-1);
}

export const nameOf = (id) =>
  [...theCast().people, ...theCast().others].find((person) => person.slack === id)?.name ?? id;
