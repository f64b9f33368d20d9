// The town's time: it runs on between two tellings, and is written as the town's time zone and Slack write it.

let zone = "UTC";
let told = Date.now();
let heardAt = performance.now();

export function setZone(name) {
  zone = name;
}

/** Take the town's time as it was told just now. */
export function setNow(iso) {
  told = Date.parse(iso);
  heardAt = performance.now();
}

/** @returns {Date} the town's time at this moment */
export const now = () => new Date(told + performance.now() - heardAt);

const formats = new Map();

/** Write a date by Intl's options, in the town's zone. */
export function format(date, options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone }));
  return formats.get(key).format(date);
}

const CLOCK = { hour: "numeric", minute: "2-digit" };
export const clock = (date) => format(date, CLOCK);
export const clockWithSeconds = (date) => format(date, { ...CLOCK, second: "2-digit" });
const day = (date) => format(date, { year: "numeric", month: "2-digit", day: "2-digit" });

/** @returns {{hours: number, minutes: number}} where the hands of a clock stand */
export function hands(date) {
  const [hours, minutes] = format(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .split(":")
    .map(Number);
  return { hours, minutes };
}

/** Write when something was: the time alone today, with its date before. */
export function when(date) {
  const isToday = day(date) === day(now());
  return isToday ? clock(date) : `${format(date, { month: "short", day: "numeric" })}, ${clock(date)}`;
}

/** Write a stretch of time as people say it: "7 min", "2 h 5 min". */
export function stretch(milliseconds) {
  const minutes = Math.max(Math.floor(milliseconds / 60_000), 0);
  if (minutes < 1) return "under 1 min";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** Write a moment as the fields for date and time want it, by the town's clock. */
export function wallClock(seconds) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  const [month, date, year, hour, minute] = format(new Date(seconds * 1000), { ...parts, hourCycle: "h23" }).match(/\d+/g);
  return `${year}-${month}-${date}T${hour}:${minute}`;
}

const SLACK_TOKENS = {
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  time: CLOCK,
  time_secs: { ...CLOCK, second: "2-digit" },
};

/** Write a moment by Slack's date format string, such as "{date_short_pretty} at {time}". */
export function slackDate(seconds, pattern) {
  const date = new Date(seconds * 1000);
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    if (token === "ago") return `${stretch(now() - date)} ago`;
    const pretty = token.endsWith("_pretty") ? near(date) : null;
    const options = SLACK_TOKENS[token.replace("_pretty", "")];
    return pretty ?? (options ? format(date, options) : whole);
  });
}

function near(date) {
  if (day(date) === day(now())) return "today";
  return day(date) === day(new Date(now().getTime() - 86_400_000)) ? "yesterday" : null;
}
