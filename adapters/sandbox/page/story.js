// The guided tour: a few steps that really do something, offered at the first visit and never in the way.
//
// A step's acts: text (caller, line, words), reply (caller, line, person, words), forward (minutes), switch (name), calm.
// What is waited for: thread (one of the caller's waits), answer (a text more on the caller's phone), mail (one more).

import { byId, h, isCalm, pause } from "./dom.js";
import { calm, turnSwitch } from "./trouble.js";
import { forward } from "./clock.js";
import { mailCount, openNewest } from "./inbox.js";
import { say } from "./wire.js";
import { showTab } from "./tabs.js";
import { lineOf, theCast } from "./people.js";
import { threadOf, waitingSince } from "./post.js";
import { turnToChannel, typeReply } from "./slack.js";
import { turnTo, typeText } from "./phone.js";

const PATIENCE = 12_000; // milliseconds; then the tour goes on by itself and says so
const NEAR = 900; // milliseconds between two acts of one step, so that the first has its effect

let place = 0;
let seen = null;
let isBusy = false;
let wakeUp = () => {};

const steps = () => theCast().story;

export function startStory() {
  byId("story-open").addEventListener("click", open);
  byId("story-skip").addEventListener("click", close);
  byId("story-next").addEventListener("click", () => go(place + 1));
  byId("story-act").addEventListener("click", play);
  byId("story").addEventListener("keydown", (event) => event.key === "Escape" && close());
  byId("story-dots").append(...steps().map(() => h("li")));
  if (!remembered()) open({ quietly: true });
}

export function showStory(state) {
  seen = state;
  wakeUp();
}

function remembered() {
  try {
    return localStorage.getItem("story") === "seen";
  } catch {
    return false;
  }
}

function open({ quietly } = {}) {
  byId("story").hidden = false;
  document.body.classList.add("touring");
  go(0);
  if (!quietly) byId("story-act").focus();
}

function close() {
  byId("story").hidden = true;
  document.body.classList.remove("touring");
  highlight(null);
  try {
    localStorage.setItem("story", "seen");
  } catch {
    // A browser that forbids storage offers the tour again; that is all.
  }
  byId("story-open").focus({ preventScroll: true });
}

function go(next) {
  if (next >= steps().length) return close();
  place = next;
  const step = steps()[place];
  byId("story-title").textContent = step.title;
  byId("story-words").textContent = step.words;
  byId("story-act").textContent = step.button;
  byId("story-next").hidden = place === steps().length - 1;
  [...byId("story-dots").children].forEach((dot, number) => {
    dot.dataset.state = number < place ? "done" : number === place ? "now" : "";
  });
  highlight(step.place);
  if (step.place === "inbox") openNewest();
}

function highlight(name) {
  for (const pane of document.querySelectorAll("[data-pane]")) pane.classList.toggle("lit", pane.dataset.pane === name);
  if (name) showTab(name);
}

async function play() {
  if (isBusy) return;
  const started = place;
  const step = steps()[started];
  setBusy(true);
  try {
    if (started === 0) await calm(); // a tour begins in good weather, whatever was tried before
    const before = seen;
    for (const one of step.acts) {
      await ACTS[one.do](one);
      await pause(isCalm() ? 200 : NEAR / 2);
    }
    if (step.until) await happened(step.until, before);
  } finally {
    setBusy(false);
  }
  if (place === started && !byId("story").hidden) go(place + 1);
}

function setBusy(busy) {
  isBusy = busy;
  byId("story-act").disabled = busy;
  byId("story").classList.toggle("busy", busy);
  if (!busy) byId("story-act").focus({ preventScroll: true });
}

const ACTS = {
  text: async ({ caller, line, words }) => {
    turnToChannel(lineOf(line).channel);
    const isBlocked = seen.carrier.blocked.some((each) => each.did === line && each.phone === caller);
    if (isBlocked) await typeText(caller, line, "START");
    return typeText(caller, line, words);
  },
  reply: async ({ caller, line, person, words }) => {
    await typeReply(caller, lineOf(line).channel, person, words);
    turnTo(caller, line);
  },
  forward: async ({ minutes }) => {
    await forward(minutes);
    await pause(NEAR);
  },
  switch: ({ name }) => turnSwitch(name, true),
  calm,
};

/** Wait until something is seen that was not there before; go on anyway when it takes too long. */
async function happened({ see, ...whose }, before) {
  const until = performance.now() + PATIENCE;
  while (performance.now() < until && !SIGHTS[see](seen, before, whose)) {
    await new Promise((go) => {
      wakeUp = go;
      setTimeout(go, until - performance.now());
    });
  }
  if (!SIGHTS[see](seen, before, whose)) say("Nothing came of it so far. Is one of the switches on?");
  await pause(isCalm() ? 0 : NEAR);
}

const received = (state, number) =>
  state.carrier.phones
    .filter((phone) => phone.number === number)
    .flatMap((phone) => phone.conversations.flatMap((each) => each.messages))
    .filter((message) => message.direction === "received").length;

const SIGHTS = {
  thread: (state, _before, { caller, line }) => {
    const thread = threadOf(state, caller, lineOf(line).channel);
    return Boolean(thread && waitingSince(thread.root));
  },
  answer: (state, before, { caller }) => received(state, caller) > received(before, caller),
  mail: (state, before) => mailCount(state) > mailCount(before),
};
