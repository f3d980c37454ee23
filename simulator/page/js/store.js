// What the page knows, and who wants to hear when it changes.
import * as api from "./api.js";

/** `state` is GET /sim/state of the person one is; `lists` holds messages by channel or `channel/thread`. */
export const store = {
  me: null,
  route: { view: null, thread: null, at: null },
  state: null,
  unread: new Map(), // other people's {count, urgent} by id
  online: true,
  lists: new Map(),
};

const listeners = new Map();

/** Topics: "state", "route", "list" (key), "online", "unread", "waiting" (person), "acted" (channel, or null in a view). */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

export const act = (what, details) => api.act(store.me, what, details);

// --- looking things up -------------------------------------------------------------------------

let people = new Map();
let channels = new Map();

/** Take a newly read state in. */
function keep(state) {
  store.state = state;
  people = new Map(state.people.map((one) => [one.id, one]));
  channels = new Map(state.channels.map((one) => [one.id, one]));
}

export const person = (id) => people.get(id);
export const channel = (id) => channels.get(id);
export const me = () => person(store.me);
export const app = () => store.state?.app;

export function personName(id) {
  const found = person(id);
  return found ? found.real_name || found.name : id;
}

/** What a conversation is called by the person looking at it. */
export function channelName(one) {
  if (one.kind === "im") return personName(one.with);
  if (one.kind === "mpim")
    return one.members
      .filter((id) => id !== store.me)
      .map(personName)
      .join(", ");
  return one.name;
}

/** The direct message with the app, if there is one yet. */
export const appChannel = () => store.state?.channels.find((one) => one.kind === "im" && one.with === app().user_id);

/** The simulated instant, as a Date. */
export const now = () => new Date(Date.now() + (store.state?.clock.offset ?? 0) * 1000);
export const myZone = () => me()?.tz || "UTC";

// --- keeping up to date ------------------------------------------------------------------------

let running = null;
let wanted = false;

/** Read the state again; calls while one is under way become one more read. */
export function refresh() {
  if (running) {
    wanted = true;
    return running;
  }
  running = readState().finally(() => {
    running = null;
    if (wanted) {
      wanted = false;
      refresh();
    }
  });
  return running;
}

async function readState() {
  const as = store.me;
  try {
    const state = await api.state(as);
    if (as !== store.me) return;
    keep(state);
    emit("state");
  } catch (problem) {
    if (!(problem instanceof api.Unreachable)) throw problem;
  }
}

/** Become somebody else, whose state was read already. What was read as the one before is forgotten. */
export function become(id, state) {
  store.me = id;
  keep(state);
  store.lists.clear();
  store.unread.delete(id);
}
