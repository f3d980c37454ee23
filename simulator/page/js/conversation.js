// The middle of the page: a channel or direct message; and the thread pane beside it.
import { attempt, openDirect } from "./acts.js";
import { composer } from "./composer.js";
import { fill, h, iconButton } from "./dom.js";
import { heading, introOf } from "./heading.js";
import { listOf, load, loadOlder } from "./lists.js";
import { show } from "./route.js";
import { app, channel as channelOf, channelName, store } from "./store.js";
import { timeline } from "./timeline.js";
import { firstHint } from "./welcome.js";

// --- a channel ---------------------------------------------------------------------------------

/** A channel's or direct message's view. `tabs()` draws an app's tabs. → {node, update(), draw(), reveal(ts), markRead(), focus(), typing(id, stopped)} */
export function conversation(id, { openSidebar, tabs }) {
  let shownName = null;
  const head = h("div", { class: "conversation-head" });
  const foot = h("div", { class: "conversation-foot" });
  const label = `Messages in ${channelName(channelOf(id))}`;
  const messages = timeline(id, null, {
    intro: () => intro,
    empty: () => (channelOf(id)?.kind === "im" ? null : firstHint((text) => box.offer(text))),
    label,
  });
  const intro = introOf(channelOf(id));
  const one = channelOf(id);
  const box = composer(id, null, {
    placeholder:
      one.kind === "im"
        ? `Message ${channelName(one)}`
        : one.kind === "mpim"
          ? "Message the group"
          : `Message #${one.name}`,
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
      : stranger
        ? h(
            "div",
            { class: "join-bar" },
            h("span", { class: "grow" }, `You are looking at #${now.name}`),
            h(
              "button",
              { type: "button", class: "button primary", onclick: () => attempt("join", { channel: id }) },
              "Join channel",
            ),
          )
        : box.node;
    if (foot.firstElementChild !== wanted) fill(foot, wanted);
  }

  async function reveal(ts) {
    for (
      let tries = 0;
      tries < 40 && listOf(id)?.hasMore && !listOf(id).messages.some((one) => one.ts === ts);
      tries += 1
    )
      await loadOlder(id);
    messages.reveal(ts);
  }

  update();
  load(id);
  return {
    node,
    update,
    reveal,
    draw: messages.draw,
    markRead: messages.markRead,
    focus: () => box.area.focus(),
    typing: box.showTyping,
  };
}

const startEdit = (inner, ts) => {
  const row = inner.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  row?.dispatchEvent(new CustomEvent("edit"));
};

// --- a thread ----------------------------------------------------------------------------------

/** The pane with one thread. → {node, draw(), markRead(), focus()} */
export function threadPane(id, ts) {
  const one = channelOf(id);
  const close = () => show(id);
  const messages = timeline(id, ts, { label: "Thread" });
  const box = composer(id, ts, { placeholder: "Reply…", onEdit: (at) => startEdit(messages.inner, at) });
  const canWrite = one && !one.is_archived && (one.is_member || one.kind !== "channel");
  const node = h(
    "div",
    { class: "thread" },
    h(
      "header",
      { class: "heading-bar" },
      h(
        "div",
        { class: "heading-text" },
        h("h2", {}, "Thread"),
        one
          ? h("div", { class: "topic ellipsis" }, one.kind === "im" ? channelName(one) : `#${channelName(one)}`)
          : null,
      ),
      iconButton("close", "Close thread", close),
    ),
    messages.node,
    h("div", { class: "conversation-foot" }, canWrite ? box.node : null),
  );
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  load(id, ts);
  return { node, draw: messages.draw, markRead: messages.markRead, focus: () => box.area.focus() };
}

/** Tabs of the app: its home and its messages. */
export function appTabs(current) {
  const open = async (tab) => {
    if (tab === "home") return show("home");
    return openDirect(app().user_id);
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": app().name },
    ["home", "messages"].map((tab) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          class: "tab",
          "aria-selected": String(tab === current),
          onclick: () => open(tab),
        },
        tab === "home" ? "Home" : "Messages",
      ),
    ),
  );
}
