// Where the page begins: it reads who is who, starts every pane, and shows each what is seen.

import { byId } from "./dom.js";
import { showFlow } from "./flow.js";
import { followLink, showSlack, startSlack, turnToChannel } from "./slack.js";
import { listen, readCast } from "./wire.js";
import { mailCount, showInbox, startInbox } from "./inbox.js";
import { markTab, startTabs } from "./tabs.js";
import { setCast } from "./people.js";
import { setNow, setZone } from "./time.js";
import { showClock, startClock } from "./clock.js";
import { showPhone, startPhone } from "./phone.js";
import { showStory, startStory } from "./story.js";
import { showTrouble, startTrouble } from "./trouble.js";
import { startMenu } from "./menu.js";

const posts = ({ slack }) =>
  slack.channels.reduce(
    (sum, channel) => sum + channel.threads.reduce((all, thread) => all + 1 + thread.replies.length, 0),
    0,
  );
const texts = ({ carrier }) =>
  carrier.phones.reduce(
    (sum, phone) => sum + phone.conversations.reduce((all, each) => all + each.messages.length, 0),
    0,
  );

let isFirst = true;

function show(state, life) {
  if (state.life !== life) location.reload(); // another sandbox answers now, with other people's words
  setNow(state.now);
  for (const each of [showPhone, showSlack, showInbox, showTrouble, showClock, showFlow, showStory]) each(state);
  markTab("phone", texts(state));
  markTab("slack", posts(state));
  markTab("inbox", mailCount(state));
  if (isFirst) followLink();
  if (isFirst) startStory();
  isFirst = false;
}

async function start() {
  const cast = await readCast();
  setCast(cast);
  setZone(cast.timezone);
  startTabs();
  startMenu();
  startPhone((line) => turnToChannel(line.channel));
  startSlack();
  startInbox();
  startTrouble();
  startClock();
  listen(
    (state) => show(state, cast.life),
    (isThere) => {
      byId("gone").hidden = isThere;
    },
  );
  document.body.dataset.ready = "true";
}

start();
