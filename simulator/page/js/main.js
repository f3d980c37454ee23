// The page: who one is, where one is, and what is redrawn when something changes.
import * as api from "./api.js";
import { appTabs, conversation, threadPane } from "./conversation.js";
import { toggleControls } from "./controls.js";
import { fill, h } from "./dom.js";
import { homeTab } from "./home.js";
import { jump } from "./jump.js";
import { apply, forgetNewLine, keyOf, load } from "./lists.js";
import { drawModal } from "./modal.js";
import { learn, watchedIds } from "./others.js";
import { closePopover, dropToast, toast } from "./overlay.js";
import { followAddress, parse, settle, show } from "./route.js";
import { badgeOf, drawSidebar } from "./sidebar.js";
import { app, become as becomeInStore, channel as channelOf, channelName, on, refresh, store } from "./store.js";
import { applyTheme, nextTheme } from "./theme.js";
import { startTour } from "./tour.js";
import { announceWaiting, drawSplit, drawTop, tickClock } from "./topbar.js";

const part = (id) => document.getElementById(id);
let shown = null; // {key, node, update?, draw?}: what fills the middle
let thread = null;
let stream = null;

// --- drawing -----------------------------------------------------------------------------------

const openSidebar = () => {
  document.body.classList.add("sidebar-open");
  part("sidebar").querySelector(".current, .side-link")?.focus();
};
const closeSidebar = () => document.body.classList.remove("sidebar-open");

const actions = {
  become,
  split() {
    const other = store.state.people.find((one) => !one.is_bot && !one.deleted && one.id !== store.me);
    location.assign(`/?split=${store.me},${[...store.unread].find(([, one]) => one.badge)?.[0] ?? other.id}`);
  },
  theme: nextTheme,
  controls: () => toggleControls(part("controls")),
  openSidebar,
};

function drawBanner() {
  const text = !store.online
    ? "The simulator does not answer. Trying again…"
    : store.state && !store.state.bot_connected
      ? `${app().name} is not connected. Commands will not be answered until it is.`
      : "";
  part("banner").textContent = text;
  part("banner").hidden = !text;
}

function drawTitle() {
  const place = channelOf(store.route.view);
  const waiting = store.state.channels.reduce((sum, one) => sum + badgeOf(one), 0);
  const name = place ? (place.kind === "channel" ? `#${place.name}` : channelName(place)) : app().name;
  document.title = `${waiting ? `(${waiting}) ` : ""}${name} · ${store.state.team.name}`;
}

function drawAll() {
  if (!store.state) return;
  drawTop(part("top"), actions);
  drawBanner();
  drawSidebar(part("sidebar"));
  drawPlace();
  drawModal();
  drawTitle();
}

/** The conversation in which something waits for the person one is: direct messages first, then the latest. */
const whatWaits = () =>
  store.state.channels
    .filter((one) => badgeOf(one) > 0)
    .sort((a, b) => Number(b.kind === "im") - Number(a.kind === "im") || Number(b.last_ts) - Number(a.last_ts))[0];

/** Where to be when the address names no place, or one that this person cannot see. */
function fallbackPlace() {
  const waiting = whatWaits();
  if (waiting) return waiting.id;
  const mine = store.state.channels.filter((one) => one.is_member && one.kind === "channel" && !one.is_archived);
  return (mine.find((one) => one.name === "general") ?? mine[0])?.id ?? "home";
}

function drawPlace() {
  const { view } = store.route;
  if (view !== "home" && !channelOf(view)) return settle(fallbackPlace());
  const key = `${store.me}/${view}`;
  if (shown?.key !== key) {
    closePopover();
    if (shown) forgetNewLine(shown.key.split("/")[1]);
    shown = { key, ...(view === "home" ? homeTab(actions) : conversation(view, { openSidebar, tabs: tabsOf(view) })) };
    fill(part("main"), shown.node);
    // On a phone the focus would bring up the keyboard.
    if (matchMedia("(hover: hover)").matches) shown.focus?.();
  }
  shown.update();
  drawThread();
  return undefined;
}

const tabsOf = (view) => (channelOf(view)?.with === app().user_id ? () => appTabs("messages") : undefined);

function drawThread() {
  const { view, thread: ts } = store.route;
  const key = ts ? `${store.me}/${view}/${ts}` : null;
  if (thread?.key === key) return;
  if (!key && !thread) return;
  thread = key ? { key, ...threadPane(view, ts) } : null;
  part("side").hidden = !thread;
  fill(part("side"), thread?.node);
  if (thread) thread.focus();
}

// --- what happens ------------------------------------------------------------------------------

on("state", drawAll);
on("unread", () => store.state && drawTop(part("top"), actions));
on("waiting", (id) => announceWaiting(id, become));
on("online", drawBanner);
on("list", (key) => {
  if (shown?.draw && key === keyOf(store.route.view)) {
    shown.draw();
    revealAsked();
  }
  if (thread && key === keyOf(store.route.view, store.route.thread)) thread.draw();
});
on("route", () => {
  closeSidebar();
  if (!store.state) return;
  drawAll();
  const { view } = store.route;
  if (store.lists.has(view)) revealAsked();
});

/** Bring the message the address asked for into view, once. */
function revealAsked() {
  const { at } = store.route;
  if (!at) return;
  store.route.at = null;
  shown.reveal?.(at);
}

function hear(event) {
  if (event.type === "waiting") return learn(event.people);
  const here = event.channel === store.route.view;
  if (event.type === "typing") return here && shown?.typing?.(event.user);
  // Whoever has said it types no longer.
  if (event.type === "message" && here && event.message.user !== store.me) shown?.typing?.(event.message.user, true);
  if (["message", "changed", "deleted"].includes(event.type)) apply(event);
  return refresh();
}

function listen() {
  stream?.stop();
  stream = api.follow(store.me, watchedIds(), {
    onEvent: hear,
    onOpen() {
      store.online = true;
      drawBanner();
      refresh();
      // What happened before the stream was there was not heard: read again what is on the screen.
      const { view, thread: ts } = store.route;
      const keys = new Set([
        ...store.lists.keys(),
        ...(channelOf(view) ? [view] : []),
        ...(channelOf(view) && ts ? [keyOf(view, ts)] : []),
      ]);
      for (const key of keys) load(...key.split("/"));
    },
    onLost() {
      store.online = false;
      drawBanner();
    },
  });
}

/** Become `id`; in the same place where they can see it. */
async function become(id, place = store.route) {
  if (id === store.me) return;
  let state;
  try {
    // Read first: there is no moment at which one is somebody of whom nothing is known.
    state = await api.state(id);
  } catch (problem) {
    if (!(problem instanceof api.Unreachable)) throw problem;
    toast(problem.message, { tone: "bad" });
    return;
  }
  closePopover();
  dropToast(`waiting-${id}`);
  becomeInStore(id, state);
  shown = null;
  thread = null;
  part("side").hidden = true;
  fill(part("side"));
  localStorage.setItem("person", id);
  listen();
  const there = channelOf(place.view)?.is_member || place.view === "home" ? place.view : null;
  // Whoever is paged wants to see the page.
  show(whatWaits()?.id ?? there ?? fallbackPlace());
}

// --- keys and window ---------------------------------------------------------------------------

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (store.state && !document.querySelector("dialog[open]")) jump();
  } else if (event.key === "Escape") {
    closeSidebar();
  }
});
addEventListener("popstate", () => {
  const { me } = parse(location.hash);
  if (me && me !== store.me) become(me, parse(location.hash));
  else followAddress();
});
document.addEventListener("visibilitychange", () => shown?.markRead?.());
part("shell").addEventListener("click", (event) => {
  if (!part("sidebar").contains(event.target) && !event.target.closest(".only-narrow")) closeSidebar();
});
part("skip").addEventListener("click", (event) => {
  event.preventDefault();
  (part("main").querySelector("textarea") ?? part("main")).focus();
});
setInterval(() => tickClock(part("top")), 5000);

// --- start -------------------------------------------------------------------------------------

async function start() {
  applyTheme();
  const split = new URLSearchParams(location.search).get("split");
  if (split) return drawSplit(...split.split(","));
  let people;
  try {
    people = await api.people();
  } catch (problem) {
    if (!(problem instanceof api.Unreachable)) throw problem;
    fill(part("main"), h("div", { class: "hint-card" }, h("h3", {}, problem.message)));
    return setTimeout(start, 1000);
  }
  const humans = people.filter((one) => !one.is_bot && !one.deleted);
  const asked = parse(location.hash);
  const known = (id) => humans.find((one) => one.id === id)?.id;
  const me = known(asked.me) ?? known(localStorage.getItem("person")) ?? humans[0].id;
  store.me = me;
  store.route = { view: asked.view, thread: asked.thread, at: null };
  await refresh();
  startTour(part("sidebar"));
  listen();
  return undefined;
}

start();
