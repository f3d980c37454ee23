// The middle of the page: a channel or direct message; and the thread pane beside it.
import { composer } from "./composer.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { listOf, load, loadOlder } from "./lists.js";
import { mrkdwn } from "./mrkdwn.js";
import { menu, popover, sheet } from "./overlay.js";
import { avatar } from "./people.js";
import { messageRow } from "./message.js";
import { show } from "./route.js";
import { app, channel as channelOf, channelName, personName, store } from "./store.js";
import { timeline } from "./timeline.js";
import { attempt, openDirect } from "./acts.js";
import { firstHint } from "./welcome.js";

export const channelIcon = (one) => (one.kind === "im" ? avatar(one.with, "small") : icon(one.kind === "private" ? "lock" : one.kind === "mpim" ? "people" : "hash"));

// --- heading -----------------------------------------------------------------------------------

function members(anchor, one) {
  const list = h("ul", { class: "people-list" }, one.members.map((id) => h("li", {}, avatar(id, "small"), h("span", { class: "grow" }, personName(id)), id === store.me ? h("span", { class: "muted" }, "you") : null)));
  const others = store.state.people.filter((each) => !each.deleted && !one.members.includes(each.id));
  const add = one.is_member && others.length
    ? h("button", { type: "button", class: "button small", onclick: () => menu(anchor, others.map((each) => ({ text: each.real_name, run: () => attempt("invite", { channel: one.id, user: each.id }) })), "Add someone") }, "Add someone…") : null;
  popover(anchor, [h("h2", { class: "popover-title" }, `${one.members.length} in #${one.name}`), list, add], { label: "People in this channel", className: "members" });
}

function pins(one) {
  sheet(`Pinned in ${channelName(one)}`, (body) => {
    const pinned = one.pins.map((ts) => listOf(one.id)?.messages.find((message) => message.ts === ts));
    fill(body, one.pins.length
      ? one.pins.map((ts, at) => (pinned[at] ? messageRow(pinned[at], one.id) : h("p", {}, h("button", { type: "button", class: "text-button", onclick: () => show(one.id, { at: ts }) }, "An older message"))))
      : h("p", { class: "muted" }, "Nothing is pinned here yet."));
  }, "pins");
}

function heading(one, openSidebar) {
  const isRoom = one.kind === "channel" || one.kind === "private";
  const topic = isRoom ? one.topic || one.purpose : "";
  const more = iconButton("dots", "More for this channel", () => menu(more, [
    one.is_member ? { text: "Leave channel", run: () => attempt("leave", { channel: one.id }) } : { text: "Join channel", run: () => attempt("join", { channel: one.id }) },
    { text: "Copy channel id", hint: one.id, run: () => navigator.clipboard?.writeText(one.id) },
  ], "Channel"), { "aria-haspopup": "menu" });
  const people = h("button", { type: "button", class: "button small ghost", "aria-label": `${one.members.length} people`, title: "People in this channel", onclick: () => members(people, one) }, icon("people"), one.members.length);
  return [
    h("header", { class: "heading-bar" },
      iconButton("menu", "Show channels", openSidebar, { class: "icon-button only-narrow" }),
      h("div", { class: "heading-text" },
        h("h1", {}, channelIcon(one), h("span", { class: "ellipsis" }, channelName(one)), one.is_archived ? h("span", { class: "tag" }, "Archived") : null),
        topic ? h("div", { class: "topic ellipsis", title: "Topic" }, mrkdwn(topic)) : null),
      h("div", { class: "row" },
        one.pins.length ? h("button", { type: "button", class: "button small ghost", onclick: () => pins(channelOf(one.id)), title: "Pinned messages", "aria-label": `${one.pins.length} pinned` }, icon("pin"), one.pins.length) : null,
        isRoom ? [people, more] : null)),
    one.bookmarks?.length
      ? h("div", { class: "bookmarks", role: "list", "aria-label": "Bookmarks" }, one.bookmarks.map((each) => h("a", { class: "bookmark", role: "listitem", href: /^https?:/.test(each.link) ? each.link : null, target: "_blank", rel: "noopener noreferrer" }, icon("link"), each.title)))
      : null,
  ];
}

// --- first lines of a channel ------------------------------------------------------------------

function introOf(one) {
  if (one.kind === "im") return h("div", { class: "intro" }, avatar(one.with, "large"), h("h2", {}, channelName(one)), h("p", {}, one.with === store.me ? "Notes to yourself." : `This is the beginning of your direct messages with ${channelName(one)}.`));
  if (one.kind === "mpim") return h("div", { class: "intro" }, h("h2", {}, channelName(one)));
  return h("div", { class: "intro" }, h("h2", {}, icon(one.kind === "private" ? "lock" : "hash"), one.name),
    h("p", {}, one.kind === "private" ? "This is the beginning of a private channel: only the people in it can see it." : "This is the very beginning of the channel."),
    one.purpose ? h("p", {}, mrkdwn(one.purpose)) : null);
}

// --- a channel ---------------------------------------------------------------------------------

/** A channel's or direct message's view. `tabs()` draws an app's tabs. → {node, update(), list(key), reveal(ts), focus()} */
export function conversation(id, { openSidebar, tabs }) {
  let shownName = null;
  const head = h("div", { class: "conversation-head" });
  const foot = h("div", { class: "conversation-foot" });
  const label = `Messages in ${channelName(channelOf(id))}`;
  const messages = timeline(id, null, { intro: () => intro, empty: () => (channelOf(id)?.kind === "im" ? null : firstHint((text) => box.offer(text))), label });
  const intro = introOf(channelOf(id));
  const one = channelOf(id);
  const box = composer(id, null, {
    placeholder: one.kind === "im" ? `Message ${channelName(one)}` : one.kind === "mpim" ? "Message the group" : `Message #${one.name}`,
    onEdit: (ts) => startEdit(messages.inner, ts),
  });
  const node = h("div", { class: "conversation" }, head, messages.node, foot);

  function update() {
    const now = channelOf(id);
    if (!now) return;
    const form = JSON.stringify([now, tabs?.() ? store.route.view : null]);
    if (form === shownName) return;
    shownName = form;
    fill(head, heading(now, openSidebar), tabs?.());
    const closed = now.is_archived ? "This channel is archived." : null;
    const stranger = !now.is_member && now.kind === "channel";
    const wanted = closed
      ? h("div", { class: "join-bar" }, closed)
      : stranger ? h("div", { class: "join-bar" }, h("span", { class: "grow" }, `You are looking at #${now.name}`), h("button", { type: "button", class: "button primary", onclick: () => attempt("join", { channel: id }) }, "Join channel")) : box.node;
    if (foot.firstElementChild !== wanted) fill(foot, wanted);
  }

  async function reveal(ts) {
    for (let tries = 0; tries < 40 && listOf(id)?.hasMore && !listOf(id).messages.some((one) => one.ts === ts); tries += 1) await loadOlder(id);
    messages.reveal(ts);
  }

  update();
  load(id);
  return { node, update, reveal, draw: messages.draw, redraw: messages.redraw, markRead: messages.markRead, focus: () => box.area.focus(), box };
}

const startEdit = (inner, ts) => {
  const row = inner.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  row?.dispatchEvent(new CustomEvent("edit"));
};

// --- a thread ----------------------------------------------------------------------------------

/** The pane with one thread. → {node, draw(), focus()} */
export function threadPane(id, ts) {
  const one = channelOf(id);
  const close = () => show(id);
  const messages = timeline(id, ts, { label: "Thread" });
  const box = composer(id, ts, { placeholder: "Reply…", onEdit: (at) => startEdit(messages.inner, at) });
  const canWrite = one && !one.is_archived && (one.is_member || one.kind !== "channel");
  const node = h("div", { class: "thread" },
    h("header", { class: "heading-bar" },
      h("div", { class: "heading-text" }, h("h2", {}, "Thread"), one ? h("div", { class: "topic ellipsis" }, one.kind === "im" ? channelName(one) : `#${channelName(one)}`) : null),
      iconButton("close", "Close thread", close)),
    messages.node, h("div", { class: "conversation-foot" }, canWrite ? box.node : null));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  load(id, ts);
  return { node, draw: messages.draw, redraw: messages.redraw, markRead: messages.markRead, focus: () => box.area.focus() };
}

/** Tabs of the app: its home and its messages. */
export function appTabs(current) {
  const open = async (tab) => {
    if (tab === "home") return show("home");
    return openDirect(app().user_id);
  };
  return h("div", { class: "tabs", role: "tablist", "aria-label": app().name }, ["home", "messages"].map((tab) => h("button", {
    type: "button", role: "tab", class: "tab", "aria-selected": String(tab === current), onclick: () => open(tab),
  }, tab === "home" ? "Home" : "Messages")));
}
