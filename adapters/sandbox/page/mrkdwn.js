// Slack's mrkdwn, as far as apps use it: links, mentions, dates, *bold*, _italic_, ~strike~, `code`, :emoji:

import { h } from "./dom.js";
import { slackDate } from "./time.js";
import { emoji } from "./people.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const STYLES = { "*": "b", _: "i", "~": "s" };
const PIECES =
  /<([^<>]+)>|`([^`\n]+)`|(?<![\w*_~])([*_~])(\S(?:[^\n]*?\S)?)\3(?![\w*_~])|:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g;

export const plain = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/**
 * Turn mrkdwn into nodes.
 * @param {string} text as Slack stores it
 * @param {Record<string, string>} names of people, by id
 * @param {boolean} [isPlain] whether signs around words are left alone (mrkdwn: false)
 * @returns {(Node | string)[]}
 */
export function mrkdwn(text, names, isPlain = false) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PIECES)) {
    nodes.push(plain(text.slice(from, found.index)), piece(found, names, isPlain));
    from = found.index + found[0].length;
  }
  nodes.push(plain(text.slice(from)));
  return nodes.filter((node) => node !== "");
}

function piece([whole, token, code, sign, styled, name], names, isPlain) {
  if (token) return command(token, names);
  if (name) return emoji(name);
  if (isPlain) return plain(whole);
  if (code) return h("code", null, plain(code));
  return h(STYLES[sign], null, ...mrkdwn(styled, names));
}

function command(token, names) {
  const [target, label] = split(token);
  if (target.startsWith("@")) return mention(`@${names[target.slice(1)] ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return mention(`#${label ?? target.slice(1)}`);
  if (target.startsWith("!date^")) return moment(target, label);
  if (target.startsWith("!")) return mention(`@${label ?? target.slice(1)}`);
  return link(plain(target), plain(label ?? target));
}

function split(token) {
  const bar = token.indexOf("|");
  return bar < 0 ? [token, undefined] : [token.slice(0, bar), token.slice(bar + 1)];
}

function moment(target, fallback) {
  const [, seconds, pattern] = target.split("^");
  return h("time", { title: fallback }, slackDate(Number(seconds), pattern));
}

export const mention = (words) => h("span.mention", null, words);

/** Link to the web and to mail only; anything else stays words. */
export function link(address, words) {
  if (!/^(?:https?|mailto):/i.test(address)) return words;
  return h("a", { href: address, target: "_blank", rel: "noreferrer" }, words.replace(/^mailto:/, ""));
}
