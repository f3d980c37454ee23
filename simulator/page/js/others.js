// What waits for the people one is not: the reason to become them.
import * as api from "./api.js";
import { badgeOf } from "./sidebar.js";
import { emit, store } from "./store.js";

const MOST = 8; // people watched; a workspace of hundreds shows the first few and those one has been
const PAUSE = 300; // milliseconds between an event and the look it causes
const AT_LATEST = 2500; // milliseconds; what happens to others only is in nobody else's stream

let timer = 0;

/** The people shown in the switch: oneself, and the first ones of the workspace. */
export function watched() {
  const humans = store.state.people.filter((one) => !one.is_bot && !one.deleted);
  const first = humans.slice(0, MOST);
  const mine = humans.find((one) => one.id === store.me);
  return first.includes(mine) || !mine ? first : [mine, ...first.slice(0, MOST - 1)];
}

async function look() {
  timer = 0;
  for (const one of watched()) {
    if (one.id === store.me) continue;
    const before = store.unread.get(one.id);
    let state;
    try {
      state = await api.state(one.id);
    } catch (problem) {
      if (!(problem instanceof api.Unreachable)) throw problem;
      return;
    }
    const own = state.channels.filter((each) => each.is_member || each.kind === "im" || each.kind === "mpim");
    const badge = own.reduce((sum, each) => sum + badgeOf(each), 0);
    const unread = own.some((each) => each.unread > 0);
    store.unread.set(one.id, { badge, unread });
    if (before && badge > before.badge) emit("waiting", one.id);
  }
  emit("unread");
}

/** Look again soon. */
export function lookSoon() {
  if (!timer) timer = setTimeout(look, PAUSE);
}

/** Keep looking while the page is in view. */
export const watchOthers = () => setInterval(() => document.hidden || lookSoon(), AT_LATEST);
