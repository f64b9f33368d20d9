// The phone of somebody out there: choose who you are and which of our numbers you text; see what arrives, and how.

import { act } from "./wire.js";
import { atEnd, byId, fill, growing, h, holdEnd, isCalm, keep, pause, sendOnEnter, toEnd } from "./dom.js";
import { attachments, sampleCard } from "./files.js";
import { clock, now, when } from "./time.js";
import { lineOf, named, spoken, theCast } from "./people.js";

const CHIPS = ["Are you open today?", "Thanks!", "How much is a new chain?", "STOP", "START", "HELP"];
const TAKEN = "image/jpeg,image/gif,image/png,text/vcard,.vcf";
const CARDS = ["text/vcard", "text/x-vcard"];

let caller;
let line;
let seen = null;
let pictures;
let fit;
let onText = () => {};
const read = new Map(); // caller and line → how many bubbles were seen

/** @param {(line: object, caller: string) => void} tell called when a text was sent */
export function startPhone(tell) {
  onText = tell;
  const cast = theCast();
  [caller, line] = [cast.callers[0].number, cast.lines[0].number];
  pictures = attachments("phone", TAKEN, [["A sample contact card", sampleCard]]);
  fit = growing(byId("phone-words"));
  sendOnEnter(byId("phone-words"), byId("phone-form"));
  byId("phone-form").addEventListener("submit", send);
  byId("phone-caller").addEventListener("change", (event) => turnTo(event.target.value, line));
  byId("phone-line").addEventListener("change", (event) => turnTo(caller, event.target.value));
  byId("phone-chips").append(...CHIPS.map(chip));
  holdEnd(byId("phone-bubbles"));
  choices();
}

function chip(words) {
  const isKeyword = words === words.toUpperCase();
  return h(isKeyword ? "button.keyword" : "button", { type: "button", onclick: () => text(words, []) }, words);
}

/** Show the phone of this caller, at its conversation with this line. */
export function turnTo(nextCaller, nextLine) {
  [caller, line] = [nextCaller, nextLine];
  showPhone(seen);
  toEnd(byId("phone-bubbles"));
}

function choices() {
  const callers = theCast().callers.map(({ number, name }) => [
    number,
    `${name ? `${name}, ` : ""}${spoken(number)}${name ? "" : " (unknown)"}${fresh(number) ? " •" : ""}`,
  ]);
  const lines = theCast().lines.map(({ number, label }) => [number, `${label} · ${spoken(number)}`]);
  const [who, where] = [byId("phone-caller"), byId("phone-line")];
  const stamp = JSON.stringify([callers, lines, caller, line]);
  if (who.dataset.stamp === stamp) return;
  who.dataset.stamp = stamp;
  fill(who, callers, caller);
  fill(where, lines, line);
}

const conversation = (number, did) =>
  seen?.carrier.phones.find((phone) => phone.number === number)?.conversations.find((each) => each.did === did)
    ?.messages ?? [];

const fresh = (number) =>
  theCast().lines.some((each) => conversation(number, each.number).length > (read.get(number + each.number) ?? 0));

export function showPhone(state) {
  seen = state;
  if (!state) return;
  const shown = [...conversation(caller, line).map((each) => withNews(state, each)), ...lost(state)];
  read.set(caller + line, conversation(caller, line).length);
  choices();
  const list = byId("phone-bubbles");
  atEnd(list, () =>
    keep(
      list,
      shown.length ? shown : [empty()],
      (each) => each.key,
      (each) => (each.isEmpty ? nothing() : bubble(each)),
    ),
  );
  byId("phone-blocked").hidden = !state.carrier.blocked.some((each) => each.did === line && each.phone === caller);
  list.setAttribute("aria-label", `Texts between ${named(caller)} and ${lineOf(line).label}`);
}

export function tickPhone() {
  byId("phone-time").textContent = clock(now());
}

function withNews(state, message, place) {
  const announced = state.carrier.announced[message.sid] ?? 0;
  const key = `${caller}${line}${message.sid ?? "carrier"}${message.direction}${message.at}`;
  return { ...message, announced, key, place, when: when(new Date(message.at)) };
}

/** What was meant for this phone and is not on it: a phone does not know of it, but the visitor should. */
function lost(state) {
  return state.carrier.not_delivered
    .filter((each) => each.did === line && each.phone === caller && !["sent", "delivered"].includes(each.status))
    .map((each) => ({ ...each, key: `lost${each.sid}`, direction: "lost", media: [], when: when(new Date(each.at)) }));
}

const empty = () => ({ isEmpty: true, key: `empty${caller}${line}` });
const nothing = () =>
  h("p.nothing", null, `${named(caller)} and ${lineOf(line).label} have not texted yet. Write something below.`);

function bubble(message) {
  const pictures_ = message.media.map(({ sid, content_type: kind }) =>
    kind.startsWith("image/") ? h("img", { src: `/picture/${sid}`, alt: "Picture" }) : h("span.file", null, CARDS.includes(kind) ? "Contact card" : kind),
  );
  const body = h("div.bubble", null, ...pictures_, message.text ? h("p", { dir: "auto" }, message.text) : null);
  return h(`div.said.${message.direction}`, null, body, h("small", null, news(message)));
}

const LOST = {
  queued: "on its way",
  accepted: "on its way",
  sending: "on its way",
  undelivered: "not delivered",
  failed: "failed",
};

function news(message) {
  if (message.direction === "lost") {
    const why = message.error_message ? `: ${message.error_message}` : "";
    return `${LOST[message.status] ?? message.status}${why} · ${message.when}`;
  }
  if (message.direction === "received") {
    return message.sid ? `${message.when} · ${message.status}` : `${message.when} · from the carrier itself`;
  }
  const times = message.announced > 1 ? ` · announced ${message.announced}×` : "";
  return `${message.when} · ${message.announced ? "delivered" : "sent"}${times}`;
}

async function send(event) {
  event.preventDefault();
  const area = byId("phone-words");
  if (!area.value.trim() && !pictures.any) return;
  const sent = await text(area.value, await pictures.read());
  if (!sent) return;
  area.value = "";
  pictures.clear();
  fit();
}

async function text(words, files) {
  onText(lineOf(line), caller);
  const done = await act("text", { from: caller, to: line, body: words, files });
  toEnd(byId("phone-bubbles"));
  return done;
}

/** Type and send, as the caller would, before the reader's eyes. */
export async function typeText(number, did, words) {
  turnTo(number, did);
  const area = byId("phone-words");
  await typeInto(area, words);
  area.value = "";
  fit();
  return text(words, []);
}

/** Let words appear in a field one after the other; at once for those who prefer calm. */
export async function typeInto(area, words) {
  const letters = [...words];
  for (let count = 1; count <= letters.length && !isCalm(); count += 2) {
    area.value = letters.slice(0, count).join("");
    area.dispatchEvent(new Event("input"));
    await pause(28);
  }
  area.value = words;
  area.dispatchEvent(new Event("input"));
  await pause(isCalm() ? 0 : 250);
}
