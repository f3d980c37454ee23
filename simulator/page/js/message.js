// One message: who, when, what, and what one can do with it.
import { attachment } from "./attachments.js";
import { drawBlocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { drawFiles } from "./files.js";
import { dismiss } from "./lists.js";
import { edit, messageMenu, toolbar } from "./message-actions.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { show } from "./route.js";
import { act, personName, store } from "./store.js";
import { messageSurface } from "./surface.js";
import { ago, clockTime, fullTime, instant } from "./time.js";

const QUIET =
  /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$|^(pinned_item|unpinned_item|bot_add|bot_remove|reminder_add|tombstone)$/;

const isPinned = (message) => message.pinned_to?.length > 0;
const isQuiet = (message) => QUIET.test(message.subtype ?? "");
const authorOf = (message) => message.user ?? message.bot_id;
const authorName = (message) =>
  message.username ?? message.bot_profile?.name ?? (message.user ? personName(message.user) : "App");

const GROUP_WITHIN = 300; // seconds; messages of one author this close share a heading

/** Whether `message` may stand under the heading of the one before it. */
export function continues(message, before) {
  if (!before || message.notice || before.notice || isQuiet(message) || isQuiet(before)) return false;
  if (message.ephemeral !== before.ephemeral || message.subtype === "thread_broadcast") return false;
  if (isPinned(message) || isPinned(before)) return false;
  return (
    authorOf(message) === authorOf(before) &&
    message.username === before.username &&
    Number(message.ts) - Number(before.ts) < GROUP_WITHIN
  );
}

function body(message, channel) {
  const surface = messageSurface(channel, message.ts);
  const edited = message.edited
    ? h("span", { class: "edited", title: fullTime(instant(message.edited.ts)) }, " (edited)")
    : null;
  const content = message.blocks?.length
    ? [drawBlocks(message.blocks, surface), edited]
    : message.text
      ? h("div", { class: "prose" }, mrkdwn(message.text), edited)
      : null;
  return h(
    "div",
    { class: "message-body" },
    content,
    drawFiles(message.files),
    (message.attachments ?? []).map((one) => attachment(one, surface)),
  );
}

function reactions(message, channel) {
  if (!message.reactions?.length) return null;
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map((one) => {
      const mine = one.users.includes(store.me);
      const who = one.users.map((id) => (id === store.me ? "you" : personName(id))).join(", ");
      return h(
        "button",
        {
          type: "button",
          class: mine ? "reaction mine" : "reaction",
          "aria-pressed": String(mine),
          title: `${who} reacted with :${one.name}:`,
          "aria-label": `${one.name}, ${one.count}: ${who}`,
          onclick: () => act(mine ? "unreact" : "react", { channel, ts: message.ts, name: one.name }),
        },
        h("span", { "aria-hidden": "true" }, emoji(one.name) ?? `:${one.name}:`),
        h("span", { class: "count" }, one.count),
      );
    }),
  );
}

function threadLine(message, channel, inThread) {
  if (inThread || !message.reply_count) return null;
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h(
    "button",
    { type: "button", class: "thread-line", onclick: () => show(channel, { thread: message.ts }) },
    (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, "small")),
    h("span", { class: "thread-count" }, count),
    message.latest_reply ? h("span", { class: "muted" }, `Last reply ${ago(instant(message.latest_reply))}`) : null,
  );
}

function noticeRow(message, channel) {
  return h(
    "div",
    { class: `message notice ${message.notice}`, role: "article" },
    h("div", { class: "gutter" }, icon("warn")),
    h(
      "div",
      { class: "content" },
      h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
      h("div", { class: "prose" }, message.text),
      h(
        "button",
        { type: "button", class: "text-button", onclick: () => dismiss(channel, message.ts, true) },
        "Dismiss",
      ),
    ),
  );
}

/** What the workspace itself noted: one line, who did it first in it. */
function quietRow(message, channel) {
  const at = instant(message.ts);
  const author = authorOf(message);
  const named = (message.text ?? "").startsWith(`<@${author}`);
  return h(
    "article",
    {
      class: "message quiet",
      "data-ts": message.ts,
      "aria-label": `${authorName(message)}, ${clockTime(at)}`,
      tabindex: "-1",
    },
    h("div", { class: "gutter" }, avatar(author, "small", authorName(message))),
    h(
      "div",
      { class: "content prose" },
      named ? null : h("strong", {}, `${authorName(message)} `),
      mrkdwn(message.text ?? ""),
      h("time", { class: "stamp", datetime: at.toISOString(), title: fullTime(at) }, ` ${clockTime(at)}`),
      reactions(message, channel),
    ),
  );
}

/** A row of a message list. `inThread`: drawn in the thread pane; `grouped`: under the heading of the one before. */
export function messageRow(message, channel, { inThread = false, grouped = false } = {}) {
  if (message.notice) return noticeRow(message, channel);
  if (isQuiet(message)) return quietRow(message, channel);
  const at = instant(message.ts);
  const author = authorOf(message);
  const name = authorName(message);
  const pinned = isPinned(message);
  const classes = ["message", grouped && "grouped", message.ephemeral && "ephemeral", pinned && "pinned"]
    .filter(Boolean)
    .join(" ");
  const stamp = h("time", { class: "stamp", datetime: at.toISOString(), title: fullTime(at) }, clockTime(at));
  const isApp = Boolean(message.bot_id);
  const row = h(
    "article",
    { class: classes, "data-ts": message.ts, "aria-label": `${name}, ${clockTime(at)}`, tabindex: "-1" },
    h("div", { class: "gutter" }, grouped ? stamp : avatar(author, "medium", name)),
    h(
      "div",
      { class: "content" },
      pinned ? h("div", { class: "flag" }, icon("pin"), "Pinned") : null,
      message.ephemeral
        ? h(
            "div",
            { class: "only-you" },
            icon("eye"),
            "Only visible to you",
            h(
              "button",
              { type: "button", class: "text-button", onclick: () => dismiss(channel, message.ts, false) },
              "Dismiss",
            ),
          )
        : null,
      message.subtype === "thread_broadcast" && !inThread
        ? h(
            "div",
            { class: "flag" },
            icon("reply"),
            h(
              "button",
              { type: "button", class: "text-button", onclick: () => show(channel, { thread: message.thread_ts }) },
              "replied in a thread",
            ),
          )
        : null,
      grouped
        ? null
        : h(
            "div",
            { class: "heading" },
            h("span", { class: "author" }, name),
            isApp ? h("span", { class: "tag" }, "App") : null,
            stamp,
          ),
      body(message, channel),
      reactions(message, channel),
      threadLine(message, channel, inThread),
    ),
  );
  if (message.ephemeral) return row;
  const place = { channel, inThread, row, startEdit: () => startEdit(row, message, channel) };
  // Thousands of rows are drawn and few are pointed at: what one can do with a row is made when it is.
  const tools = () => row.querySelector(":scope > .toolbar") ?? row.appendChild(toolbar(message, place));
  row.addEventListener("pointerenter", tools);
  row.addEventListener("focusin", tools);
  row.addEventListener("edit", place.startEdit);
  row.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, input, textarea") || getSelection().toString()) return;
    event.preventDefault();
    messageMenu(tools().lastElementChild, message, place);
  });
  return row;
}

function startEdit(row, message, channel) {
  const shown = row.querySelector(".message-body");
  const box = edit(message, channel, () => box.replaceWith(shown));
  shown.replaceWith(box);
  const area = box.querySelector("textarea");
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
