// Going ahead in time, on foot: what is due in between happens in its order, each at its own time.
import * as api from "./api.js";
import { menu, toast } from "./overlay.js";
import { now, on, refresh, store } from "./store.js";
import { clockTime, epochToWall, fullTime, shortDay, wallToEpoch, weekdayTime } from "./time.js";

const DAY = 86_400_000; // milliseconds

const later = (seconds) => () => new Date(now().getTime() + seconds * 1000);

/** The next time the person's clock shows `clock` ("09:00") on a day of the week that `fits` (Sunday is 0). */
function next(clock, fits) {
  const here = epochToWall(now().getTime() / 1000);
  for (let day = Date.parse(`${here.slice(0, 10)}T00:00Z`); ; day += DAY) {
    const wall = `${new Date(day).toISOString().slice(0, 10)}T${clock}`;
    if (wall > here && fits(new Date(day).getUTCDay())) return new Date(wallToEpoch(wall) * 1000);
  }
}

const workday = (day) => day > 0 && day < 6;
const friday = (day) => day === 5;

/** What is offered: its name, how one says that one did it, and when that is. */
export const SKIPS = [
  ["+1 min", "Skipped 1 min ahead", later(60)],
  ["+5 min", "Skipped 5 min ahead", later(300)],
  ["+30 min", "Skipped 30 min ahead", later(1800)],
  ["+1 hour", "Skipped 1 hour ahead", later(3600)],
  ["+1 day", "Skipped 1 day ahead", later(86_400)],
  ["Next workday 9:00", null, () => next("09:00", workday)],
  ["Friday 16:00", null, () => next("16:00", friday)],
];
const IN_THE_MENU = ["+5 min", "+1 hour", "Next workday 9:00", "Friday 16:00"];

/** Where the clock is going, as a Date; null while it only ticks. */
export const headingFor = () => {
  const there = store.state?.clock.heading_for;
  return there ? new Date(there) : null;
};

let said = null; // what to say on arrival

async function attempt(work) {
  try {
    await work;
  } catch (problem) {
    if (!(problem instanceof api.Unreachable)) throw problem;
    said = null;
    toast(problem.message, { tone: "bad" });
  }
  await refresh();
}

/** Set out for `then`; on arrival `words` are said, or else what time it is. */
export function skip(words, then) {
  said = words ?? (() => `It is ${weekdayTime(then)}`);
  return attempt(api.walkClock(then));
}

export function stay() {
  said = () => `Stayed at ${weekdayTime(now())}`;
  return attempt(api.stopClock());
}

on("state", () => {
  if (!said || headingFor()) return;
  toast(said instanceof Function ? said() : said, { key: "control" });
  said = null;
});

/** The menu under the clock. */
export function skipMenu(anchor, more) {
  const there = headingFor();
  const offers = SKIPS.filter(([name]) => IN_THE_MENU.includes(name)).map(([name, words, when]) => {
    const then = when();
    return { text: name, hint: name.startsWith("+") ? clockTime(then) : shortDay(then), run: () => skip(words, then) };
  });
  const stop = there ? [{ text: "Stay here", icon: "close", hint: `on the way to ${clockTime(there)}`, run: stay }] : [];
  menu(
    anchor,
    [{ heading: fullTime(now()) }, ...stop, ...offers, null, { text: "More controls", icon: "sliders", run: more }],
    "Skip ahead in time",
  );
}
