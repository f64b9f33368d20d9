// Block Kit as the workspace shows it: the kinds a bridge would post, and a note in place of the others.

import { h } from "./dom.js";
import { emoji } from "./people.js";
import { link, mention, mrkdwn } from "./mrkdwn.js";
import { slackDate } from "./time.js";

/**
 * What drawing a block needs to know of its message.
 * @typedef {{names: Record<string, string>, press: (button: object) => void}} Context
 */

/**
 * Draw blocks, one element each.
 * @param {object[]} list
 * @param {Context} context
 * @returns {HTMLElement[]}
 */
export const blocks = (list, context) => list.map((block) => (KINDS[block.type] ?? unknown)(block, context));

const KINDS = {
  rich_text: (block, context) => h("div.rich", null, ...block.elements.map((each) => container(each, context))),
  section,
  header: (block) => h("h4.block-header", null, block.text.text),
  context: (block, context) =>
    h("div.block-context", null, ...block.elements.map((each) => contextPiece(each, context))),
  actions: (block, context) => h("div.block-actions", null, ...block.elements.map((each) => control(each, context))),
  divider: () => h("hr"),
  image: (block) =>
    h("figure.block-image", null, block.title ? h("figcaption", null, block.title.text) : null, picture(block)),
};

const unknown = (block) => h("p.block-unknown", null, `(a block of the kind ${block.type})`);

function section(block, context) {
  const fields = (block.fields ?? []).map((field) => h("p", null, ...words(field, context)));
  return h(
    "div.block-section",
    null,
    h(
      "div",
      null,
      block.text ? h("p", null, ...words(block.text, context)) : null,
      fields.length ? h("div.fields", null, ...fields) : null,
    ),
    block.accessory ? control(block.accessory, context) : null,
  );
}

const words = (text, context) => (text.type === "mrkdwn" ? mrkdwn(text.text, context.names) : [text.text]);

const contextPiece = (piece, context) =>
  piece.type === "image" ? picture(piece) : h("span", null, ...words(piece, context));

/** Pictures from elsewhere are named, not fetched: this page loads nothing from outside. */
const picture = (piece) => h("span.file", null, piece.alt_text);

function control(element, context) {
  if (element.type === "image") return picture(element);
  if (element.type !== "button") return h("span.file", null, `(${element.type})`);
  const kind = element.style ? `.${element.style}` : "";
  const attributes = { type: "button", onclick: () => press(element, context), "data-focus": element.action_id };
  return h(`button.block-button${kind}`, attributes, element.text.text);
}

function press(element, context) {
  if (element.url) open(element.url, "_blank", "noreferrer");
  if (element.confirm && !confirm(element.confirm.text.text)) return;
  context.press(element);
}

const CONTAINERS = {
  rich_text_section: (element, context) => h("p", { dir: "auto" }, ...inline(element.elements, context)),
  rich_text_quote: (element, context) => h("blockquote", { dir: "auto" }, ...inline(element.elements, context)),
  rich_text_preformatted: (element, context) => h("pre", null, ...inline(element.elements, context)),
  rich_text_list: (element, context) =>
    h(
      element.style === "ordered" ? "ol" : "ul",
      { start: element.offset ? element.offset + 1 : null, style: { "--indent": element.indent ?? 0 } },
      ...element.elements.map((each) => h("li", null, ...inline(each.elements, context))),
    ),
};

const container = (element, context) => (CONTAINERS[element.type] ?? (() => unknown(element)))(element, context);
const inline = (elements, context) =>
  elements.map((element) => styled(element, INLINE[element.type]?.(element, context) ?? ""));

const INLINE = {
  text: (element) => element.text,
  link: (element) => link(element.url, element.text ?? element.url),
  emoji: (element) => (element.unicode ? fromCodePoints(element.unicode) : emoji(element.name)),
  user: (element, context) => mention(`@${context.names[element.user_id] ?? element.user_id}`),
  usergroup: (element) => mention(`@${element.usergroup_id}`),
  channel: (element) => mention(`#${element.channel_id}`),
  broadcast: (element) => mention(`@${element.range}`),
  date: (element) => h("time", { title: element.fallback }, slackDate(element.timestamp, element.format)),
  color: (element) => element.value,
};

const fromCodePoints = (written) => String.fromCodePoint(...written.split("-").map((point) => parseInt(point, 16)));

const STYLES = { bold: "b", italic: "i", strike: "s", code: "code", underline: "u" };

function styled(element, node) {
  const on = Object.keys(element.style ?? {}).filter((style) => element.style[style] && STYLES[style]);
  return on.reduce((inner, style) => h(STYLES[style], null, inner), node);
}
