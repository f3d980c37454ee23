// Messages read so far, one list per channel and one per open thread, oldest first.
import * as api from "./api.js";
import { act, channel as channelOf, emit, store } from "./store.js";

const PAGE = 60; // messages fetched at a time; a phone shows about ten

export const keyOf = (channel, thread) => (thread ? `${channel}/${thread}` : channel);
export const listOf = (channel, thread) => store.lists.get(keyOf(channel, thread));

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
const isShownInChannel = (message) => !isReply(message) || message.subtype === "thread_broadcast";
const belongs = (message, thread) =>
  thread ? message.ts === thread || message.thread_ts === thread : isShownInChannel(message);

function put(list, message) {
  let at = list.messages.length;
  while (at > 0 && Number(list.messages[at - 1].ts) > Number(message.ts)) at -= 1;
  if (at > 0 && list.messages[at - 1].ts === message.ts) list.messages[at - 1] = message;
  else list.messages.splice(at, 0, message);
}

// Events that came while messages were being read: the answer may be older than they are.
const readings = new Set();
let started = 0;
const newest = new Map(); // the number of the last reading begun, by key: an overtaken one is not used

/** Read the newest messages of a channel or thread; what only this page knows (notices) is kept. */
export async function load(channel, thread = null) {
  const as = store.me;
  const key = keyOf(channel, thread);
  const events = [];
  const number = (started += 1);
  newest.set(key, number);
  readings.add(events);
  let answer;
  try {
    answer = await api.messages(as, channel, { thread, limit: PAGE });
  } catch (problem) {
    if (!(problem instanceof api.Unreachable)) throw problem;
    return;
  } finally {
    readings.delete(events);
  }
  if (as !== store.me || newest.get(key) !== number) return;
  const before = store.lists.get(key);
  const list = {
    messages: [],
    hasMore: answer.has_more,
    read: before ? before.read : readMark(channel, thread),
    newFrom: null,
  };
  for (const message of answer.messages) if (belongs(message, thread)) put(list, message);
  for (const notice of before?.messages ?? []) if (notice.notice) put(list, notice);
  list.newFrom = firstUnread(list);
  store.lists.set(key, list);
  events.forEach(fold);
  emit("list", key);
}

/** Up to where the person had read when they came; null where there is no line to draw. */
function readMark(channel, thread) {
  const found = thread ? null : channelOf(channel);
  return found?.unread ? Number(found.read ?? 0) : null;
}

function firstUnread(list) {
  if (list.read === null) return null;
  const first = list.messages.find(
    (message) => message.user !== store.me && !message.ephemeral && !message.notice && Number(message.ts) > list.read,
  );
  // The oldest message known is the first unread one only if there is nothing before it.
  return first && !(list.hasMore && first === list.messages[0]) ? first.ts : null;
}

/** The line over what was new has done its work once one leaves. */
export function forgetNewLine(key) {
  const list = store.lists.get(key);
  if (list) Object.assign(list, { read: null, newFrom: null });
}

let reading = false;

/** Read the page of messages before the oldest one known. */
export async function loadOlder(channel) {
  const list = listOf(channel);
  if (!list?.hasMore || reading) return;
  reading = true;
  try {
    const oldest = list.messages.find((message) => !message.notice);
    const answer = await api.messages(store.me, channel, { before: oldest?.ts, limit: PAGE });
    for (const message of answer.messages) if (isShownInChannel(message)) put(list, message);
    list.hasMore = answer.has_more && answer.messages.length > 0;
    list.newFrom = firstUnread(list);
    emit("list", keyOf(channel));
  } finally {
    reading = false;
  }
}

/** Take one live event in. */
export function apply(event) {
  for (const events of readings) events.push(event);
  fold(event);
}

/** Change the lists an event concerns. */
function fold(event) {
  for (const [key, list] of store.lists) {
    const [channel, thread] = key.split("/");
    if (channel !== event.channel) continue;
    if (event.type === "deleted") {
      const left = list.messages.filter((message) => message.ts !== event.ts);
      if (left.length === list.messages.length) continue;
      list.messages = left;
    } else if (event.message && belongs(event.message, thread)) {
      // An edit of something further up than what was read must not appear as the oldest message.
      const older = list.hasMore && list.messages.length && Number(event.message.ts) < Number(list.messages[0].ts);
      if (older) continue;
      put(list, event.message);
    } else continue;
    emit("list", key);
  }
}

/** A line only this page knows, such as a command that failed. */
export function notice(channel, thread, text, tone = "warning") {
  const list = listOf(channel, thread);
  if (!list) return;
  const newest = list.messages.at(-1)?.ts ?? "0";
  // Right after the newest message, whatever the simulated clock says.
  put(list, { ts: (Number(newest) + 0.000001).toFixed(6), notice: tone, text });
  emit("list", keyOf(channel, thread));
}

/** Take a notice, or an ephemeral message, off the screen for good. */
export function dismiss(channel, ts, isNotice) {
  if (!isNotice) act("delete", { channel, ts });
  for (const [key, list] of store.lists) {
    if (key.split("/")[0] !== channel) continue;
    list.messages = list.messages.filter((message) => message.ts !== ts);
    emit("list", key);
  }
}
