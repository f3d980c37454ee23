// A list of messages on the screen: of a channel, or of a thread. Draws only what changed.
import { fill, h, icon } from "./dom.js";
import { listOf, loadOlder } from "./lists.js";
import { continues, messageRow } from "./message.js";
import { act, channel as channelOf } from "./store.js";
import { dayKey, dayName, instant } from "./time.js";

const NEAR = 80; // pixels from the end that still count as reading the newest
const TOP = 400; // pixels from the start at which older messages are fetched

/**
 * A scrolling list. `intro()` draws what stands above the first message, `empty()` what stands in an empty list.
 * → {node, inner, draw(), reveal(ts), toEnd(), markRead()}
 */
export function timeline(channel, thread, { intro = () => null, empty = () => null, label }) {
  const rows = new Map(); // key → {node, message, grouped}
  const inner = h("div", {
    class: "timeline-inner",
    role: "log",
    "aria-label": label,
    "aria-live": "polite",
    "aria-relevant": "additions",
  });
  const jump = h(
    "button",
    { type: "button", class: "jump-to-end", hidden: true, onclick: () => toEnd() },
    icon("down"),
    h("span", {}, "Newest"),
  );
  const node = h("div", { class: "timeline", tabindex: "-1" }, inner);
  const frame = h("div", { class: "timeline-frame" }, node, jump);
  let stick = true;
  let seen = null;
  let first = true;

  const atEnd = () => node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
  const toEnd = () => {
    node.scrollTop = node.scrollHeight;
    stick = true;
    markRead();
  };
  node.addEventListener(
    "scroll",
    () => {
      stick = atEnd();
      jump.hidden = stick;
      if (stick) markRead();
      if (!thread && node.scrollTop < TOP) loadOlder(channel);
    },
    { passive: true },
  );
  new ResizeObserver(() => {
    if (stick) node.scrollTop = node.scrollHeight;
  }).observe(inner);

  function markRead() {
    if (document.hidden || !stick || !frame.isConnected || !channelOf(channel)?.is_member) return;
    const newest = listOf(channel, thread)?.messages.findLast((message) => !message.notice && !message.ephemeral);
    if (!newest || seen === newest.ts) return;
    seen = newest.ts;
    act("read", { channel, ts: newest.ts });
  }

  // One stop for Tab; arrows move from message to message, Tab goes on to what can be done with it.
  inner.addEventListener("keydown", (event) => {
    if (!event.target.matches(".message[tabindex]")) return;
    const all = [...inner.querySelectorAll(".message[tabindex]")];
    const at = all.indexOf(event.target);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (!all[to]) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  });

  /** The nodes that belong in the list now, made anew only where something changed. */
  function wantedNodes(list) {
    const nodes = [];
    const alive = new Set();
    const reuse = (key, same, make) => {
      alive.add(key);
      const known = rows.get(key);
      if (known && same(known)) return known.node;
      const made = make();
      rows.set(key, made);
      return made.node;
    };
    const dayLine = (day, name) =>
      reuse(
        `day ${day}`,
        (known) => known.name === name,
        () => ({ name, node: h("div", { class: "day", role: "separator", "aria-label": name }, h("span", {}, name)) }),
      );
    let before = null;
    let dayBefore = null;
    for (const message of list.messages) {
      const day = dayKey(instant(message.ts));
      const newDay = day !== dayBefore;
      dayBefore = day;
      if (newDay && !thread) nodes.push(dayLine(day, dayName(instant(message.ts))));
      const newHere = !thread && list.newFrom === message.ts;
      if (newHere)
        nodes.push(
          reuse(
            "new",
            () => true,
            () => ({
              node: h(
                "div",
                { class: "new-line", role: "separator", "aria-label": "New messages" },
                h("span", {}, "New"),
              ),
            }),
          ),
        );
      const grouped = !newDay && !newHere && continues(message, before);
      nodes.push(
        reuse(
          message.ts,
          (known) => known.message === message && known.grouped === grouped,
          () => ({ message, grouped, node: messageRow(message, channel, { inThread: Boolean(thread), grouped }) }),
        ),
      );
      if (thread && message.ts === thread && list.messages.length > 1) {
        const count = list.messages.filter((one) => !one.notice && one.ts !== thread).length;
        nodes.push(
          reuse(
            "count",
            (known) => known.count === count,
            () => ({ count, node: h("div", { class: "reply-count" }, count === 1 ? "1 reply" : `${count} replies`) }),
          ),
        );
      }
      before = message;
    }
    for (const key of rows.keys()) if (!alive.has(key)) rows.delete(key);
    return nodes;
  }

  function draw() {
    const list = listOf(channel, thread);
    if (!list) return;
    const focused = focusedIn(inner);
    const anchor = stick ? null : firstVisible(node, inner);
    const anchorBottom = anchor?.getBoundingClientRect().bottom;
    const nodes = wantedNodes(list);
    if (!list.hasMore) nodes.unshift(...[intro()].filter(Boolean));
    if (!list.messages.length) nodes.push(...[empty()].filter(Boolean));
    put(inner, nodes);
    if (!inner.querySelector('.message[tabindex="0"]'))
      [...inner.children].findLast((child) => child.matches(".message[tabindex]"))?.setAttribute("tabindex", "0");
    focused?.();
    if (stick) node.scrollTop = node.scrollHeight;
    else if (anchor) {
      // Its row may have been drawn anew; its lower edge stays where it was.
      const again = inner.querySelector(`[data-ts="${CSS.escape(anchor.dataset.ts)}"]`);
      if (again) node.scrollTop += again.getBoundingClientRect().bottom - anchorBottom;
    }
    jump.hidden = stick || atEnd();
    if (first && list.newFrom) revealNew();
    first = false;
    markRead();
  }

  function revealNew() {
    const line = inner.querySelector(".new-line");
    if (line && line.offsetTop < node.scrollTop) line.scrollIntoView({ block: "start" });
  }

  /** Bring a message into view and let it shine for a moment. */
  function reveal(ts) {
    const row = inner.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    if (!row) return;
    stick = false;
    row.scrollIntoView({ block: "center" });
    row.classList.add("lit");
    row.addEventListener("animationend", () => row.classList.remove("lit"), { once: true });
  }

  fill(inner, h("div", { class: "loading" }, "Loading…"));
  return { node: frame, draw, reveal, toEnd, markRead, inner };
}

/** Make `parent` hold exactly `nodes`, touching only what moved. */
function put(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
}

/** Remember what has the focus, to give it back when its row is drawn anew. → function or null */
function focusedIn(inner) {
  const focused = document.activeElement;
  const row = inner.contains(focused) ? focused.closest("[data-ts]") : null;
  if (!row) return null;
  const { ts } = row.dataset;
  const controls = (from) => [...from.querySelectorAll("button, a, input, textarea")];
  const index = controls(row).indexOf(focused);
  return () => {
    if (focused.isConnected) return;
    const again = inner.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    (controls(again ?? inner)[index] ?? again)?.focus({ preventScroll: true });
  };
}

/** The first message in view. Not a day's line: that one moves up when older messages of the day come in. */
function firstVisible(node, inner) {
  const top = node.getBoundingClientRect().top;
  return [...inner.children].find((child) => child.dataset.ts && child.getBoundingClientRect().bottom > top) ?? null;
}
