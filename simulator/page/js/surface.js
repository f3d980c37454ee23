// What carries blocks (a message, a modal, a home tab), as the elements on it see it.
import { act, app, emit, store } from "./store.js";
import { toast } from "./overlay.js";

// What somebody chose on a message is kept while the page lives, so that an edit does not lose it.
const messageValues = new Map();

function complain(answer) {
  if (answer.ok) return;
  const sentence = answer.message ?? answer.error;
  toast(`${app()?.name ?? "The app"}: ${sentence}`, { tone: "bad", key: "action-failed" });
}

async function click(where, surface, action) {
  const answer = await act("click", {
    ...where,
    block_id: action.block_id,
    action_id: action.action_id,
    action,
    state: surface.values,
  });
  complain(answer);
  if (answer.ok) emit("acted", where.channel ?? null);
  return answer;
}

/** What the app offers for a word typed into one of its selects. → {ok, answer: {options} or {option_groups}} */
const suggest = (where) => (block_id, action_id, value) => act("suggest", { ...where, block_id, action_id, value });

/** The surface of a message in a channel. */
export function messageSurface(channel, ts) {
  const key = `${store.me}/${channel}/${ts}`;
  if (!messageValues.has(key)) messageValues.set(key, {});
  const surface = {
    values: messageValues.get(key),
    channel,
    send: (action) => click({ channel, ts }, surface, action),
    suggest: suggest({ channel, ts }),
  };
  return surface;
}

/** The surface of a modal or a home tab. */
export function viewSurface(viewId, values = {}) {
  const where = { view_id: viewId };
  const surface = { values, channel: null, send: (action) => click(where, surface, action), suggest: suggest(where) };
  return surface;
}
