// The bar and the menu that appear on a message.
import { attempt } from "./acts.js";
import { fill, h, iconButton } from "./dom.js";
import { EMOJI, FAVOURITES, emoji } from "./emoji.js";
import { closePopover, confirmed, menu, popover, toast } from "./overlay.js";
import { permalink, show } from "./route.js";
import { app, channel as channelOf, store } from "./store.js";

const QUICK = ["pushpin", "eyes", "white_check_mark"];

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

function react(message, channel, name) {
  const mine = message.reactions?.find((one) => one.name === name)?.users.includes(store.me);
  return attempt(mine ? "unreact" : "react", { channel, ts: message.ts, name });
}

/** Quick reactions, reply, and more; shown on hover and when something in the row has the focus. */
export function toolbar(message, place) {
  const { channel, inThread } = place;
  const more = iconButton("dots", "More for this message", () => messageMenu(more, message, place), {
    "aria-haspopup": "menu",
  });
  return h(
    "div",
    { class: "toolbar", role: "group", "aria-label": "Message actions" },
    QUICK.map((name) =>
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          title: `React with :${name}:`,
          "aria-label": `React with ${name}`,
          onclick: () => react(message, channel, name),
        },
        emoji(name),
      ),
    ),
    iconButton("smile", "Add a reaction", (event) =>
      pickEmoji(event.currentTarget, (name) => react(message, channel, name)),
    ),
    inThread
      ? null
      : iconButton("reply", "Reply in thread", () => show(channel, { thread: message.thread_ts ?? message.ts })),
    more,
  );
}

/** A grid of emoji with a filter; `chosen(name)` is called once. */
export function pickEmoji(anchor, chosen) {
  const grid = h("div", { class: "emoji-grid" });
  const search = h("input", {
    class: "input",
    placeholder: "Find an emoji",
    "aria-label": "Find an emoji",
    autocomplete: "off",
  });
  const draw = () => {
    const word = search.value.trim().toLowerCase();
    const names = word
      ? [...EMOJI.keys()].filter((name) => name.includes(word))
      : [...new Set([...FAVOURITES, ...EMOJI.keys()])];
    fill(
      grid,
      names.map((name) =>
        h(
          "button",
          {
            type: "button",
            class: "emoji-choice",
            title: `:${name}:`,
            "aria-label": name,
            onclick: () => {
              closePopover();
              chosen(name);
            },
          },
          emoji(name),
        ),
      ),
    );
  };
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    grid.querySelector("button")?.click();
  });
  draw();
  popover(anchor, [search, grid], { label: "Emoji", className: "emoji-picker" });
  search.focus();
}

/** Everything one can do with a message, the app's message shortcuts included. */
export function messageMenu(anchor, message, place) {
  const { channel, inThread, startEdit } = place;
  const pinned = channelOf(channel)?.pins.includes(message.ts) || message.pinned_to?.includes(channel);
  const mine = message.user === store.me;
  const where = { channel, ts: message.ts };
  const shortcuts = app().shortcuts.filter((one) => one.type === "message");
  menu(
    anchor,
    [
      { text: "Add a reaction…", icon: "smile", run: () => pickEmoji(anchor, (name) => react(message, channel, name)) },
      inThread
        ? null
        : {
            text: "Reply in thread",
            icon: "reply",
            run: () => show(channel, { thread: message.thread_ts ?? message.ts }),
          },
      pinned
        ? { text: "Unpin from channel", icon: "pin", run: () => attempt("unpin", where) }
        : { text: "Pin to channel", icon: "pin", run: () => attempt("pin", where) },
      { text: "Copy link", icon: "link", run: () => copy(permalink(channel, message)) },
      ...(mine
        ? [
            { text: "Edit message", icon: "edit", run: startEdit },
            { text: "Delete message", icon: "trash", danger: true, run: () => remove(where) },
          ]
        : []),
      ...(shortcuts.length ? [{ heading: `Shortcuts from ${app().name}` }] : []),
      ...shortcuts.map((one) => ({
        text: one.name,
        icon: "bolt",
        run: () => attempt("shortcut", { ...where, callback_id: one.callback_id }),
      })),
    ].filter(Boolean),
    "Message actions",
  );
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Link copied");
  } catch {
    // Without a secure context or permission there is no clipboard: show the link to copy by hand.
    toast(text);
  }
}

async function remove(where) {
  const sure = await confirmed({
    title: { type: "plain_text", text: "Delete this message?" },
    text: { type: "plain_text", text: "It will be gone for everyone." },
    confirm: { text: "Delete" },
    deny: { text: "Keep it" },
    style: "danger",
  });
  if (sure) await attempt("delete", where);
}

/** A small editor in place of a message's text. */
export function edit(message, channel, close) {
  const area = h("textarea", { class: "input", rows: 2, "aria-label": "Edit message" });
  area.value = unescape(message.text ?? "");
  const save = async () => {
    const text = area.value.trim();
    if (text && text !== unescape(message.text)) {
      const answer = await attempt("edit", { channel, ts: message.ts, text });
      if (!answer.ok) return;
    }
    close();
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  return h(
    "div",
    { class: "editor" },
    area,
    h(
      "div",
      { class: "row end" },
      h("button", { type: "button", class: "button small", onclick: close }, "Cancel"),
      h("button", { type: "button", class: "button small primary", onclick: save }, "Save"),
    ),
  );
}
