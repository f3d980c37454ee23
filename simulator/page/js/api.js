// Talking to the simulator: reads, acts, and the live stream.

/** An answer other than 2xx, or none at all. `message` is fit to be shown. */
export class Unreachable extends Error {}

async function json(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Unreachable("The simulator does not answer. Is it still running?");
  }
  if (!response.ok) throw new Unreachable(`The simulator answered ${response.status} to ${path.split("?")[0]}.`);
  return response.json();
}

function query(parameters) {
  const kept = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(kept).toString();
}

export const people = () => json("/sim/people");
export const state = (as) => json(`/sim/state?${query({ as })}`);
export const messages = (as, channel, more = {}) => json(`/sim/messages?${query({ as, channel, ...more })}`);
export const calls = (after, limit = 200) => json(`/sim/calls?${query({ after, limit })}`);
export const botHealth = () => json("/sim/bot");
export const faults = () => json("/sim/faults");

function post(path, body) {
  return json(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** Something a person does. → {ok: true, answer?, errors?} or {ok: false, error, message}; never throws. */
export async function act(as, what, details = {}) {
  try {
    return await post("/sim/act", { as, do: what, ...details });
  } catch (problem) {
    if (!(problem instanceof Unreachable)) throw problem;
    return { ok: false, error: "unreachable", message: problem.message };
  }
}

/** Share a file, with some words. → as `act` */
export async function upload(as, channel, file, { text, thread }) {
  const path = `/sim/upload?${query({ as, channel, name: file.name, text: text || null, thread })}`;
  try {
    return await json(path, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
  } catch (problem) {
    if (!(problem instanceof Unreachable)) throw problem;
    return { ok: false, error: "unreachable", message: problem.message };
  }
}

/** Set out for a Date; the clock is there once the state's `heading_for` is null again. */
export const walkClock = (then) => post("/sim/clock", { to: then.toISOString() });
export const stopClock = () => post("/sim/clock", { stop: true });
export const example = () => json("/sim/example");
export const setExample = (up) => post("/sim/example", { up });
export const setFault = (what, details = {}) => post("/sim/faults", { do: what, ...details });

const FIRST_RETRY = 500; // milliseconds; doubled after every failure
const LAST_RETRY = 5000;

/**
 * Follow what happens around `as`, and what waits for those in `watch`, until `stop()` is called.
 * `onEvent(event)` for each event, `onOpen()` at each connection, `onLost()` when one breaks.
 */
export function follow(as, watch, { onEvent, onOpen, onLost }) {
  let source = null;
  let timer = 0;
  let wait = FIRST_RETRY;
  const connect = () => {
    source = new EventSource(`/sim/events?${query({ as, watch: watch.join(",") })}`);
    source.onopen = () => {
      wait = FIRST_RETRY;
      onOpen();
    };
    source.onmessage = (message) => onEvent(JSON.parse(message.data));
    source.onerror = () => {
      // The browser gives up for good on some failures, so reconnecting is ours.
      source.close();
      onLost();
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LAST_RETRY);
    };
  };
  connect();
  return {
    stop() {
      clearTimeout(timer);
      source.close();
    },
  };
}
