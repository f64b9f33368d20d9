// The workspace: its channels, one thread, and whoever of the colleagues one acts as.

import { act } from "./wire.js";
import { atEnd, byId, fill, growing, h, holdEnd, keep, sendOnEnter, toEnd } from "./dom.js";
import { attachments } from "./files.js";
import { isAtHome, leaveHome, showHome, startHome } from "./home.js";
import { isCommand, isComposing, showComposer, startComposer } from "./compose.js";
import { nameOf, post, threadOf, waitingSince } from "./post.js";
import { sharedBy } from "./places.js";
import { showModal, startModal } from "./modal.js";
import { theCast } from "./people.js";
import { typeInto } from "./phone.js";
import { when } from "./time.js";
import { forgetOld, whispersFor } from "./whispers.js";

let me;
let channel;
let root = null; // the ts of the thread that is open
let seen = null;
let files;
let fit;
let editing = null;
let newest = "";
const read = new Map(); // channel or thread → the ts up to which it was seen

export function startSlack() {
  const cast = theCast();
  me = cast.people[0].slack;
  channel = cast.lines[0].channel;
  files = attachments("thread", "");
  fit = growing(byId("thread-words"));
  sendOnEnter(byId("thread-words"), byId("thread-form"));
  byId("slack-house").textContent = cast.house;
  choosePerson(cast);
  byId("slack-person").addEventListener("change", (event) => actAs(event.target.value));
  byId("thread-close").addEventListener("click", () => openThread(channel, null));
  byId("thread-form").addEventListener("submit", send);
  byId("thread-words").addEventListener("keydown", (event) => event.key === "Escape" && stopEditing());
  startComposer(() => ({ person: me, channel }));
  startHome(() => me, () => showSlack(seen));
  startModal();
  holdEnd(byId("slack-posts"));
  holdEnd(byId("thread-posts"));
  addEventListener("hashchange", followLink);
}

function choosePerson(cast) {
  const select = byId("slack-person");
  fill(
    select,
    cast.people.map((person) => [person.slack, person.slack === cast.admin ? `${person.name} (admin)` : person.name]),
    me,
  );
  const others = cast.others.filter((other) => !other.has_left);
  const drawn = others.map(({ slack, name, what }) => h("option", { value: slack }, `${name} (${what})`));
  if (drawn.length) select.append(h("optgroup", { label: "Others" }, ...drawn));
}

export function actAs(person) {
  me = person;
  byId("slack-person").value = person;
  stopEditing();
  showSlack(seen);
}

/** Turn to a channel, for instance to the one that a text is about to arrive in. */
export function turnToChannel(id) {
  if (id !== channel) openThread(id, null);
}

export function openThread(id, ts) {
  [channel, root] = [id, ts];
  leaveHome();
  stopEditing();
  showSlack(seen);
  toEnd(byId("thread-posts"));
  toEnd(byId("slack-posts"));
}

/** Follow a permalink (`#archives/C0TEXTS/p1772463600000000`), as the mails have them. */
export function followLink() {
  const found = /^#archives\/([^/]+)\/p(\d{10})(\d{6})/.exec(location.hash);
  if (!found) return;
  const thread = /[?&]thread_ts=([\d.]+)/.exec(location.hash);
  openThread(found[1], thread ? thread[1] : `${found[2]}.${found[3]}`);
  history.replaceState(null, "", "/");
  byId("slack").dispatchEvent(new CustomEvent("turned", { bubbles: true }));
}

const channelNow = () => seen?.slack.channels.find((each) => each.id === channel);
const threadNow = () => channelNow()?.threads.find((each) => each.root.ts === root);
const lastTs = (thread) => thread.replies.at(-1)?.ts ?? thread.root.ts;

export function showSlack(state) {
  seen = state;
  if (!state) return;
  forgetOld(state.slack);
  follow(state);
  showLink(state.slack);
  byId("slack-down").hidden = state.slack.is_up;
  byId("thread-form").inert = !state.slack.is_up;
  const shared = sharedBy(state.slack, me);
  const drawing = { shared, shortcuts: state.slack.shortcuts.filter((each) => each.kind === "message") };
  atEnd(byId("slack-posts"), () => keep(byId("slack-posts"), roots(drawing), (each) => each.key, drawRoot));
  showThread(drawing);
  showComposer(state.slack, channelNow()?.name ?? "", nameOf(me));
  keep(byId("slack-channels"), channels(state), (each) => each.id, drawChannel);
  showHome(state.slack, shared);
  showModal(state.slack, shared);
}

/** Turn to what the bridge has just said, unless somebody is writing. */
function follow(state) {
  const posts = state.slack.channels.flatMap((each) =>
    each.threads.flatMap((thread) =>
      [thread.root, ...thread.replies].map((message) => ({ message, thread, id: each.id })),
    ),
  );
  const last = posts.reduce((best, each) => (best && best.message.ts >= each.message.ts ? best : each), null);
  if (!last || last.message.ts <= newest) return;
  const isFirst = newest === "";
  newest = last.message.ts;
  const isBusy = byId("thread-words").value || files.any || isComposing() || isAtHome() || byId("slack").contains(document.activeElement);
  if (last.message.author.is_bot && (isFirst || !isBusy)) [channel, root] = [last.id, last.message.thread_ts ?? last.thread.root.ts];
}

function showLink(slack) {
  const label = byId("slack-link");
  const [kind, words] = !slack.is_up
    ? ["down", "Slack is down"]
    : slack.sockets
      ? ["up", "Bridge connected"]
      : ["off", "Bridge not connected"];
  if (label.dataset.kind === kind) return;
  label.dataset.kind = kind;
  label.textContent = words;
}

function channels(state) {
  return state.slack.channels.map(({ id, name, threads, is_private: isPrivate, is_ext_shared: isShared }) => {
    const last = threads.reduce((most, thread) => (lastTs(thread) > most ? lastTs(thread) : most), "");
    if (id === channel) read.set(id, last);
    const waiting = threads.filter(({ root: each }) => waitingSince(each)).length;
    const isOpen = id === channel && !isAtHome();
    return { id, name, isPrivate, isShared, isOpen, isUnread: last > (read.get(id) ?? ""), waiting };
  });
}

function drawChannel({ id, name, isPrivate, isShared, isOpen, isUnread, waiting }) {
  return h(
    `button${isUnread ? ".unread" : ""}`,
    { type: "button", "aria-pressed": String(isOpen), "data-focus": id, onclick: () => openThread(id, null) },
    h("span", { "aria-hidden": "true" }, isPrivate ? "🔒" : "#"),
    name,
    isShared ? h("span.hint", { title: "Shared with another company" }, "⬡") : null,
    waiting
      ? h("span.count", { title: `${waiting} waiting` }, String(waiting), h("span.hidden", null, " waiting"))
      : null,
    isUnread ? h("span.hidden", null, ", unread") : null,
  );
}

function roots(drawing) {
  const found = channelNow()?.threads ?? [];
  const whispers = whispersFor(channelNow(), me, null).map((message) => asWhisper(drawing, message));
  if (!found.length && !whispers.length)
    return [{ key: `empty${channel}`, line: theCast().lines.find((each) => each.channel === channel)?.label }];
  const posts = found.map((thread) => ({
    ...drawing,
    key: thread.root.ts,
    message: thread.root,
    isOpen: thread.root.ts === root,
    replies: thread.replies.length,
    last: thread.replies.length ? when(new Date(Number(lastTs(thread)) * 1000)) : "",
    isNew: thread.root.ts !== root && thread.replies.length > 0 && lastTs(thread) > (read.get(thread.root.ts) ?? ""),
  }));
  return inOrder([...posts, ...whispers]);
}

const asWhisper = (drawing, message) => ({ ...drawing, key: `whisper${message.ts}`, message, isWhisper: true });
const inOrder = (items) => items.sort((one, other) => (one.message.ts < other.message.ts ? -1 : 1));

function drawRoot(item) {
  if (!item.message)
    return h("p.nothing", null, `No texts yet. What is texted to ${item.line ?? "this number"} opens a thread here.`);
  const drawn = post(item, { edit: startEditing });
  if (item.isWhisper) return drawn;
  if (item.message.thread_ts) return broadcast(drawn, item.message);
  drawn.classList.toggle("open", item.isOpen);
  const words = item.replies ? `${item.replies} ${item.replies === 1 ? "reply" : "replies"}` : "Reply";
  const opener = h(
    `button.replies${item.isNew ? ".unread" : ""}`,
    { type: "button", "data-focus": "replies", "aria-expanded": String(item.isOpen), onclick: () => enter(item) },
    words,
    item.isNew ? h("span.new", null, "new") : null,
    item.replies ? h("small", null, item.last) : null,
  );
  drawn.querySelector(".post-body").append(opener);
  return drawn;
}

/** A reply that was sent to the channel as well: it leads to its thread. */
function broadcast(drawn, { channel: where, thread_ts: thread }) {
  const onclick = () => openThread(where, thread);
  const opener = h("button.replies", { type: "button", "data-focus": "thread", onclick }, "replied to a thread");
  drawn.querySelector(".post-body > header").after(opener);
  return drawn;
}

function enter(item) {
  openThread(item.message.channel, item.message.ts);
  byId("thread-words").focus();
}

function showThread(drawing) {
  const thread = threadNow();
  const list = byId("thread-posts");
  byId("slack").classList.toggle("has-thread", Boolean(thread));
  byId("thread-form").hidden = !thread;
  byId("thread-where").textContent = thread ? `#${channelNow().name}` : "";
  byId("thread-as").textContent = editing ? "Editing; Esc leaves it" : `as ${nameOf(me)}`;
  byId("thread-words").placeholder = editing ? "" : "Reply…";
  if (thread) read.set(thread.root.ts, lastTs(thread));
  const said = thread ? [thread.root, ...thread.replies].map((message) => ({ ...drawing, key: message.ts, message })) : [];
  const whispers = thread ? whispersFor(channelNow(), me, root).map((message) => asWhisper(drawing, message)) : [];
  const all = thread ? inOrder([...said, ...whispers]) : [{ key: "none" }];
  if (list.dataset.root !== String(root)) list.replaceChildren();
  list.dataset.root = String(root);
  atEnd(list, () =>
    keep(
      list,
      all,
      (each) => each.key,
      (each) => drawInThread(each),
    ),
  );
}

function drawInThread(item) {
  if (item.isWhisper && !item.message.is_shown)
    return h("p.whisper-lost", null, "The app said something to you alone here. Slack shows that only in a thread with replies.");
  if (!item.message) return h("p.nothing", null, "Open a thread in the channel to read and answer it.");
  return post(item, { edit: startEditing });
}

function startEditing(message) {
  if (message.thread_ts && message.thread_ts !== root) openThread(message.channel, message.thread_ts);
  editing = message;
  byId("thread-words").value = plainWords(message);
  byId("thread-words").focus();
  fit();
  showSlack(seen);
}

function plainWords(message) {
  const elements = message.blocks.flatMap((block) => block.elements ?? []).flatMap((part) => part.elements ?? []);
  return elements.map((each) => each.text ?? each.url ?? "").join("");
}

function stopEditing() {
  if (!editing) return;
  editing = null;
  byId("thread-words").value = "";
  showSlack(seen);
}

async function send(event) {
  event.preventDefault();
  const area = byId("thread-words");
  if (!root || (!area.value.trim() && !files.any)) return;
  const wish = { person: me, channel, text: area.value };
  const done = editing ? await act("edit", { ...wish, ts: editing.ts }) : await reply(wish);
  if (!done) return;
  area.value = "";
  byId("thread-broadcast").checked = false;
  files.clear();
  editing = null;
  fit();
  showSlack(seen);
  toEnd(byId("thread-posts"));
}

async function reply(wish) {
  if (isCommand(wish.text)) return act("command", { ...wish, thread: root });
  const isBroadcast = byId("thread-broadcast").checked;
  return act("say", { ...wish, thread: root, broadcast: isBroadcast, files: await files.read() });
}

/** Open a caller's thread, type a reply as a colleague, and send it, before the reader's eyes. */
export async function typeReply(number, where, person, words) {
  const thread = threadOf(seen, number, where);
  if (!thread) return null;
  openThread(where, thread.root.ts);
  actAs(person);
  const area = byId("thread-words");
  await typeInto(area, words);
  area.value = "";
  fit();
  const done = await act("say", { person, channel: where, text: words, thread: thread.root.ts });
  toEnd(byId("thread-posts"));
  return done;
}

/** Find who has waited longest: since when, and how many wait at all. */
export function longestWaiting(state) {
  const since = state.slack.channels
    .flatMap((each) => each.threads.map(({ root: message }) => waitingSince(message)))
    .filter(Boolean)
    .sort((one, other) => one - other);
  return since.length ? { since: since[0], count: since.length } : null;
}
