// Dates and times, always in the time zone of the person looking.
import { myZone, now } from "./store.js";

const formats = new Map();

/** Format an instant in the person's zone; formatters are kept because making one is slow. */
function format(date, options) {
  const key = myZone() + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: myZone(), ...options }));
  return formats.get(key).format(date);
}

/** The instant of a message timestamp such as "1766000000.000100". */
export const instant = (ts) => new Date(Number(ts) * 1000);

export const clockTime = (date) => format(date, { hour: "numeric", minute: "2-digit" });
export const shortDay = (date) => format(date, { weekday: "short", month: "short", day: "numeric" });
export const weekdayTime = (date) => format(date, { weekday: "short", hour: "numeric", minute: "2-digit" });
export const clockTimeWithSeconds = (date) => format(date, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const days = new Map(); // by zone and quarter of an hour: no zone changes its day within one
const QUARTER = 900_000; // milliseconds

/** The day an instant falls on, as a word that is the same for the whole day. */
export function dayKey(date) {
  const key = `${myZone()}/${Math.floor(date.getTime() / QUARTER)}`;
  if (!days.has(key)) days.set(key, format(date, { year: "numeric", month: "2-digit", day: "2-digit" }));
  return days.get(key);
}
const year = (date) => format(date, { year: "numeric" });

function ordinal(day) {
  const last = day % 10;
  if (day > 3 && day < 21) return `${day}th`;
  return day + (last === 1 ? "st" : last === 2 ? "nd" : last === 3 ? "rd" : "th");
}

function nearDay(date) {
  const key = dayKey(date);
  for (const [name, days] of [
    ["Today", 0],
    ["Yesterday", -1],
    ["Tomorrow", 1],
  ]) {
    if (dayKey(new Date(now().getTime() + days * 86_400_000)) === key) return name;
  }
  return null;
}

/** "Today", "Yesterday", or "Friday, November 20th" (with the year when it is not this one). */
export function dayName(date) {
  const near = nearDay(date);
  if (near) return near;
  const day = ordinal(Number(format(date, { day: "numeric" })));
  const text = `${format(date, { weekday: "long" })}, ${format(date, { month: "long" })} ${day}`;
  return year(date) === year(now()) ? text : `${text}, ${year(date)}`;
}

/** Date and time in full, for tooltips. */
export const fullTime = (date) =>
  format(date, {
    weekday: "long",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });

const near = (date, otherwise) => nearDay(date)?.toLowerCase() ?? otherwise(date);
const long = (date) =>
  `${format(date, { weekday: "long" })}, ${format(date, { month: "long" })} ${ordinal(Number(format(date, { day: "numeric" })))}, ${year(date)}`;
const plain = (date) =>
  `${format(date, { month: "long" })} ${ordinal(Number(format(date, { day: "numeric" })))}, ${year(date)}`;
const short = (date) => format(date, { month: "short", day: "numeric", year: "numeric" });

const DATE_WORDS = {
  date_num: (date) =>
    format(date, { year: "numeric" }) +
    "-" +
    format(date, { month: "2-digit" }) +
    "-" +
    format(date, { day: "2-digit" }),
  date: plain,
  date_slash: (date) => format(date, { month: "2-digit", day: "2-digit", year: "numeric" }),
  date_long: long,
  date_long_full: long,
  date_long_pretty: (date) => near(date, long),
  date_short: short,
  date_short_pretty: (date) => near(date, short),
  date_pretty: (date) => near(date, plain),
  day_divider_pretty: (date) => near(date, (each) => dayName(each)),
  time: clockTime,
  time_secs: clockTimeWithSeconds,
  ago: (date) => ago(date),
};

/** "in 5 minutes", "2 hours ago": how far an instant is from the simulated now. */
export function ago(date) {
  const seconds = Math.round((date.getTime() - now().getTime()) / 1000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(seconds, "second");
}

/** Fill a date token's template, for example "{date_short_pretty} at {time}". Unknown words stay as they are. */
export function dateToken(seconds, template) {
  const date = new Date(seconds * 1000);
  const text = template.replace(/\{(\w+)\}/g, (whole, word) => (DATE_WORDS[word] ? DATE_WORDS[word](date) : whole));
  return template.startsWith("{") ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** Minutes the zone is ahead of UTC at an instant. */
function zoneOffset(date) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: myZone(),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(date);
  const at = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second);
  return Math.round((wall - Math.floor(date.getTime() / 1000) * 1000) / 60_000);
}

/** "2026-01-05T09:00" on the person's wall → seconds since 1970. */
export function wallToEpoch(text) {
  const asIfUtc = new Date(`${text}:00Z`);
  const guess = new Date(asIfUtc.getTime() - zoneOffset(asIfUtc) * 60_000);
  return Math.round((asIfUtc.getTime() - zoneOffset(guess) * 60_000) / 1000);
}

/** Seconds since 1970 → "2026-01-05T09:00" on the person's wall. */
export function epochToWall(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() + zoneOffset(date) * 60_000).toISOString().slice(0, 16);
}

/** A short name of the zone one is looking from, for example "New York". */
export const zoneName = (zone) => zone.split("/").at(-1).replaceAll("_", " ");
