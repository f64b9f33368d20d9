// The inboxes of the colleagues: what was mailed to each, opened as HTML or as text, and what answering does.

import { act } from "./wire.js";
import { avatar, byId, h, keep } from "./dom.js";
import { theCast } from "./people.js";
import { when } from "./time.js";

let owner;
let opened = null; // the number of the mail that is open
let asText = false;
let seen = null;
const read = new Set();

export function startInbox() {
  owner = theCast().people[0].email;
}

const inboxOf = (email) => seen?.mail.inboxes.find((each) => each.address === email)?.mails ?? [];

export function showInbox(state) {
  seen = state;
  if (!state) return;
  if (opened !== null && !inboxOf(owner).some((mail) => mail.number === opened)) close();
  const people = theCast().people.map(({ name, email }) => ({
    name,
    email,
    isOpen: email === owner,
    unread: inboxOf(email).filter((mail) => !read.has(mail.number)).length,
  }));
  keep(byId("inbox-people"), people, (each) => each.email, drawPerson);
  const mails = inboxOf(owner).map((mail) => ({
    number: mail.number,
    from: sender(mail.from),
    subject: mail.subject,
    start: (mail.text ?? "").replace(/\s+/g, " ").slice(0, 120),
    when: when(new Date(mail.at)),
    isUnread: !read.has(mail.number),
    isOpen: mail.number === opened,
  }));
  const shown = mails.length ? mails : [{ number: `none${owner}`, isNone: true }];
  keep(byId("inbox-list"), shown, (each) => String(each.number), drawMail);
}

const sender = (from) => from.replace(/\s*<[^>]*>$/, "").replace(/^"|"$/g, "") || from;

function drawPerson({ name, email, isOpen, unread }) {
  const label = `${name}, ${unread ? `${unread} unread` : "nothing unread"}`;
  return h(
    "button.person",
    {
      type: "button",
      "aria-pressed": String(isOpen),
      "aria-label": label,
      title: `${name} · ${email}`,
      "data-focus": email,
      onclick: () => turnToInbox(email),
    },
    avatar(name),
    h("span", null, name.split(" ")[0]),
    unread ? h("span.count", null, String(unread)) : null,
  );
}

function turnToInbox(email) {
  owner = email;
  close();
  showInbox(seen);
}

function drawMail(mail) {
  if (mail.isNone)
    return h("p.nothing", null, "No mail. What nobody acknowledges within ten minutes arrives here, as one digest.");
  return h(
    `button.mail-line${mail.isUnread ? ".unread" : ""}`,
    {
      type: "button",
      "aria-expanded": String(mail.isOpen),
      "data-focus": "open",
      onclick: () => openMail(mail.number),
    },
    h("span.from", null, mail.from),
    h("time", null, mail.when),
    h("span.subject", null, mail.subject || "(no subject)"),
    h("span.start", null, mail.start),
  );
}

/** Open the newest mail that nobody has read yet, whoever got it. */
export function openNewest() {
  const all = theCast().people.flatMap(({ email }) => inboxOf(email).map((mail) => ({ email, number: mail.number })));
  const first = all.find(({ number }) => !read.has(number)) ?? all[0];
  if (!first) return;
  owner = first.email;
  openMail(first.number, null);
}

export const mailCount = (state) => state.mail.inboxes.reduce((sum, inbox) => sum + inbox.mails.length, 0);

function openMail(number, focus = "h3") {
  opened = number;
  read.add(number);
  showInbox(seen);
  drawOpen(
    inboxOf(owner).find((mail) => mail.number === number),
    focus,
  );
}

function close() {
  opened = null;
  byId("inbox").classList.remove("reading");
  byId("inbox-mail").hidden = true;
  byId("inbox-mail").replaceChildren();
}

/** @param {string | null} focus what gets the focus, as a selector */
function drawOpen(mail, focus) {
  const pane = byId("inbox-mail");
  byId("inbox").classList.add("reading");
  pane.hidden = false;
  const isText = asText || !mail.has_html;
  pane.replaceChildren(
    h(
      "header",
      null,
      h("button.quiet.small", { type: "button", onclick: back }, "‹ Inbox"),
      h(
        "div.kinds",
        { role: "group", "aria-label": "How to show it" },
        h(
          "button",
          {
            type: "button",
            "aria-pressed": String(!isText),
            disabled: !mail.has_html,
            onclick: () => show(mail, false),
          },
          "HTML",
        ),
        h("button", { type: "button", "aria-pressed": String(isText), onclick: () => show(mail, true) }, "Text"),
      ),
    ),
    h("h3", { tabindex: "-1" }, mail.subject || "(no subject)"),
    h("p.route", null, `${mail.from} → ${mail.to}`),
    isText ? h("pre.mail-text", { tabindex: "0" }, mail.text ?? "(no text)") : frame(mail),
    answerBox(mail),
  );
  if (focus) pane.querySelector(focus).focus({ preventScroll: true });
}

function back() {
  close();
  showInbox(seen);
  byId("inbox-list").querySelector("button")?.focus();
}

function show(mail, text) {
  asText = text;
  drawOpen(mail, '.kinds [aria-pressed="true"]');
}

/** The frame may follow a link in the whole window when it is clicked, and nothing else: no script, no form. */
function frame(mail) {
  return h("iframe", {
    title: `Mail: ${mail.subject}`,
    src: `/mail/${mail.number}`,
    sandbox: "allow-top-navigation-by-user-activation allow-popups",
    referrerpolicy: "no-referrer",
  });
}

function answerBox(mail) {
  if (mail.from.includes("MAILER-DAEMON")) return null;
  const words = h("input", { type: "text", "aria-label": "Your answer to this mail", placeholder: "Answer…" });
  const onsubmit = async (event) => {
    event.preventDefault();
    const done = await act("answer-mail", {
      number: mail.number,
      text: words.value.trim() || "Thank you, I will call them.",
    });
    if (!done) return;
    back();
  };
  return h("form.answer", { onsubmit }, words, h("button.quiet.small", { type: "submit" }, "Answer this mail"));
}
