// A small light that flies from pane to pane when something has passed between them: it shows what caused what.

import { byId, isCalm } from "./dom.js";
import { mailCount } from "./inbox.js";

let before = null;

/** Compare with what was seen last, and let fly whatever has moved since. */
export function showFlow(state) {
  const now = { ...bubbles(state), mail: mailCount(state) };
  if (before) {
    if (now.sent > before.sent && state.slack.is_up) fly("phone", "slack");
    if (now.received > before.received) fly("slack", "phone");
    if (now.mail > before.mail) fly("slack", "inbox");
  }
  before = now;
}

function bubbles({ carrier }) {
  const all = carrier.phones.flatMap((phone) => phone.conversations.flatMap((each) => each.messages));
  const sent = all.filter((message) => message.direction === "sent").length;
  return { sent, received: all.filter((message) => message.direction === "received" && message.sid).length };
}

function fly(from, to) {
  const [start, end] = [from, to].map((name) => byId(name).getBoundingClientRect());
  if (isCalm() || !start.width || !end.width || document.hidden) return;
  const light = document.createElement("i");
  light.className = "light";
  document.body.append(light);
  const [x, reach] = [middle(start), middle(end) - middle(start)];
  const y = start.top + start.height * 0.62;
  const path = [0, 0.5, 1].map((part) => {
    const height = y - Math.sin(part * Math.PI) * 110; // an arc, highest in the middle
    const isThere = part === 1;
    return {
      transform: `translate(${x + reach * part}px, ${height}px) scale(${isThere ? 0.4 : 1})`,
      opacity: isThere ? 0 : 1,
    };
  });
  light.animate(path, { duration: 900, easing: "cubic-bezier(0.4, 0, 0.3, 1)" }).onfinish = () => light.remove();
}

const middle = (box) => box.left + box.width / 2;
