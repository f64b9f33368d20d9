// The clock at the top: it runs, it can be moved forward, and it says who has been waiting for how long.

import { act } from "./wire.js";
import { byId } from "./dom.js";
import { clockWithSeconds, format, hands, now, stretch } from "./time.js";
import { longestWaiting } from "./slack.js";
import { theCast } from "./people.js";
import { tickPhone } from "./phone.js";

let seen = null;

export function startClock() {
  for (const button of document.querySelectorAll("[data-minutes]")) {
    button.addEventListener("click", () => forward(Number(button.dataset.minutes)));
  }
  setInterval(tick, 1000);
}

export const forward = (minutes) => act("forward", { minutes });

export function showClock(state) {
  seen = state;
  tick();
}

function tick() {
  if (!seen) return;
  const date = now();
  byId("clock-time").textContent = clockWithSeconds(date);
  byId("clock-day").textContent = format(date, {
    weekday: "short",
    month: "short",
    day: "numeric",
    timeZoneName: "short",
  });
  const { hours, minutes } = hands(date);
  byId("dial-hour").style.transform = `rotate(${hours * 30 + minutes / 2}deg)`;
  byId("dial-minute").style.transform = `rotate(${minutes * 6}deg)`;
  showWaiting();
  tickPhone();
}

function showWaiting() {
  const { words, part, level } = waiting();
  const label = byId("waiting-words");
  if (label.textContent !== words) label.textContent = words;
  byId("waiting").dataset.level = level;
  byId("waiting-gauge").style.setProperty("--part", String(part));
}

function waiting() {
  const longest = longestWaiting(seen);
  if (!longest) return { words: "Nobody is waiting", part: 0, level: "calm" };
  const limit = theCast().acknowledge_minutes;
  const minutes = (now() - longest.since) / 60_000;
  const who = longest.count > 1 ? `${longest.count} waiting, longest` : "1 waiting,";
  const how = minutes < limit ? `${Math.floor(minutes)} of ${limit} min` : stretch(now() - longest.since);
  return { words: `${who} ${how}`, part: Math.min(minutes / limit, 1), level: minutes < limit ? "some" : "late" };
}
