// Block Kit as the workspace shows it: the kinds a bridge would post, and a note in place of the others.

import { control } from "./controls.js";
import { h } from "./dom.js";
import { emoji } from "./people.js";
import { link, mention, mrkdwn } from "./mrkdwn.js";
import { slackDate } from "./time.js";

/**
 * Draw blocks, one element each.
 * @param {object[]} list
 * @param {import("./controls.js").Place & {errors?: Record<string, string>}} context
 * @returns {HTMLElement[]}
 */
export const blocks = (list, context) => list.map((block) => (KINDS[block.type] ?? unknown)(block, context));

const KINDS = {
  rich_text: (block, context) => h("div.rich", null, ...block.elements.map((each) => container(each, context))),
  section,
  header: (block) => h("h4.block-header", null, block.text.text),
  context: (block, context) =>
    h("div.block-context", null, ...block.elements.map((each) => contextPiece(each, context))),
  actions: (block, context) => h("div.block-actions", null, ...block.elements.map((each) => control(each, block, context))),
  divider: () => h("hr"),
  input,
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
    block.accessory ? accessory(block, context) : null,
  );
}

const accessory = (block, context) =>
  block.accessory.type === "image" ? picture(block.accessory) : control(block.accessory, block, context);

const words = (text, context) => (text.type === "mrkdwn" ? mrkdwn(text.text, context.names) : [text.text]);

const contextPiece = (piece, context) =>
  piece.type === "image" ? picture(piece) : h("span", null, ...words(piece, context));

/** Pictures from elsewhere are named, not fetched: this page loads nothing from outside. */
const picture = (piece) => h("span.file", null, piece.alt_text);

/** Tell those who do not see it what belongs to a field. */
function described(drawn, id, error) {
  const field = drawn.id === id ? drawn : drawn.querySelector(`[id="${CSS.escape(id)}"]`);
  field?.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  if (error) field?.setAttribute("aria-invalid", "true");
  return drawn;
}

/** An input block: its label, its field, a hint, and what is wrong with it. */
function input(block, context) {
  const id = `field-${block.block_id}-${block.element.action_id}`;
  const isGroup = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const label = [block.label.text, block.optional ? h("small", null, " (optional)") : null];
  const error = context.errors?.[block.block_id];
  return h(
    `div.block-input${error ? ".wrong" : ""}`,
    { "data-block": block.block_id },
    isGroup ? h("span.label", { id }, ...label) : h("label.label", { for: id, id: `${id}-label` }, ...label),
    described(control(block.element, block, context, id), id, error),
    block.hint ? h("small.hint", { id: `${id}-hint` }, block.hint.text) : null,
    error ? h("p.field-error", { role: "alert", id: `${id}-error` }, error) : null,
  );
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

const roomName = (context, id) => context.rooms?.find(([room]) => room === id)?.[1].replace("#", "") ?? id;

const INLINE = {
  text: (element) => element.text,
  link: (element) => link(element.url, element.text ?? element.url),
  emoji: (element) => (element.unicode ? fromCodePoints(element.unicode) : emoji(element.name)),
  user: (element, context) => mention(`@${context.names[element.user_id] ?? element.user_id}`),
  usergroup: (element, context) => mention(`@${context.groups?.[element.usergroup_id] ?? element.usergroup_id}`),
  channel: (element, context) => mention(`#${roomName(context, element.channel_id)}`),
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
