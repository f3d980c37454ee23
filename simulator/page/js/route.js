// Where one is: `#/PERSON/PLACE[/THREAD]`, so that every place has an address and back works.
// PLACE is a channel id or "home". Two windows, or two halves of one, can be two people.
import { emit, store } from "./store.js";

/** Read the address. → {me, view, thread} */
export function parse(hash) {
  const [me, view, thread] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { me: me || null, view: view || null, thread: thread || null };
}

export function addressOf(me, view, thread = null) {
  return `#/${[me, view, thread].filter(Boolean).map(encodeURIComponent).join("/")}`;
}

/** Go to a channel or "home"; `at` is the message to bring into view. */
export function show(view, { thread = null, at = null } = {}) {
  const route = store.route;
  const same = route.view === view && route.thread === thread;
  store.route = { view, thread, at };
  if (!same) history.pushState(null, "", addressOf(store.me, view, thread));
  emit("route");
}

/** The address changed without us (back, forward, typed). */
export function followAddress() {
  const { view, thread } = parse(location.hash);
  store.route = { view, thread, at: null };
  emit("route");
}

/** Replace the address without leaving a step in the history. */
export function settle(view, thread = null) {
  store.route = { view, thread, at: null };
  history.replaceState(null, "", addressOf(store.me, view, thread));
  emit("route");
}

/** https://TEAM.slack.com/archives/C…/p1766000000000100?thread_ts=… → {channel, ts, thread}, or null for other links. */
export function permalinkTarget(url) {
  const found = /\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?(?:\?.*?thread_ts=([\d.]+))?/.exec(url);
  if (!found) return null;
  const ts = found[2] ? `${found[2]}.${found[3]}` : null;
  const thread = found[4] && found[4] !== ts ? found[4] : null;
  return { channel: found[1], ts, thread };
}

/** The address Slack gives a message. */
export function permalink(channel, message) {
  const base = `https://${store.state.team.domain}.slack.com/archives/${channel}/p${message.ts.replace(".", "")}`;
  const inThread = message.thread_ts && message.thread_ts !== message.ts;
  return inThread ? `${base}?thread_ts=${message.thread_ts}&cid=${channel}` : base;
}
