// What stands above a conversation: its name, topic, people, pins; and the first lines of its list.
import { attempt } from "./acts.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { listOf } from "./lists.js";
import { messageRow } from "./message.js";
import { mrkdwn } from "./mrkdwn.js";
import { menu, popover, sheet } from "./overlay.js";
import { avatar } from "./people.js";
import { show } from "./route.js";
import { channel as channelOf, channelName, personName, store } from "./store.js";

export const channelIcon = (one) =>
  one.kind === "im"
    ? avatar(one.with, "small")
    : icon(one.kind === "private" ? "lock" : one.kind === "mpim" ? "people" : "hash");

// --- heading -----------------------------------------------------------------------------------

function members(anchor, one) {
  const list = h(
    "ul",
    { class: "people-list" },
    one.members.map((id) =>
      h(
        "li",
        {},
        avatar(id, "small"),
        h("span", { class: "grow" }, personName(id)),
        id === store.me ? h("span", { class: "muted" }, "you") : null,
      ),
    ),
  );
  const others = store.state.people.filter((each) => !each.deleted && !one.members.includes(each.id));
  const add =
    one.is_member && others.length
      ? h(
          "button",
          {
            type: "button",
            class: "button small",
            onclick: () =>
              menu(
                anchor,
                others.map((each) => ({
                  text: each.real_name,
                  run: () => attempt("invite", { channel: one.id, user: each.id }),
                })),
                "Add someone",
              ),
          },
          "Add someone…",
        )
      : null;
  popover(anchor, [h("h2", { class: "popover-title" }, `${one.members.length} in #${one.name}`), list, add], {
    label: "People in this channel",
    className: "members",
  });
}

function pins(one) {
  sheet(
    `Pinned in ${channelName(one)}`,
    (body) => {
      const pinned = one.pins.map((ts) => listOf(one.id)?.messages.find((message) => message.ts === ts));
      fill(
        body,
        one.pins.length
          ? one.pins.map((ts, at) =>
              pinned[at]
                ? messageRow(pinned[at], one.id)
                : h(
                    "p",
                    {},
                    h(
                      "button",
                      { type: "button", class: "text-button", onclick: () => show(one.id, { at: ts }) },
                      "An older message",
                    ),
                  ),
            )
          : h("p", { class: "muted" }, "Nothing is pinned here yet."),
      );
    },
    "pins",
  );
}

/** The bar above a channel or direct message, with its bookmarks. */
export function heading(one, openSidebar) {
  const isRoom = one.kind === "channel" || one.kind === "private";
  const topic = isRoom ? one.topic || one.purpose : "";
  const more = iconButton(
    "dots",
    "More for this channel",
    () =>
      menu(
        more,
        [
          one.is_member
            ? { text: "Leave channel", run: () => attempt("leave", { channel: one.id }) }
            : { text: "Join channel", run: () => attempt("join", { channel: one.id }) },
          { text: "Copy channel id", hint: one.id, run: () => navigator.clipboard?.writeText(one.id) },
        ],
        "Channel",
      ),
    { "aria-haspopup": "menu" },
  );
  const people = h(
    "button",
    {
      type: "button",
      class: "button small ghost",
      "aria-label": `${one.members.length} people`,
      title: "People in this channel",
      onclick: () => members(people, one),
    },
    icon("people"),
    one.members.length,
  );
  return [
    h(
      "header",
      { class: "heading-bar" },
      iconButton("menu", "Show channels", openSidebar, { class: "icon-button only-narrow" }),
      h(
        "div",
        { class: "heading-text" },
        h(
          "h1",
          {},
          channelIcon(one),
          h("span", { class: "ellipsis" }, channelName(one)),
          one.is_archived ? h("span", { class: "tag" }, "Archived") : null,
        ),
        topic ? h("div", { class: "topic ellipsis", title: "Topic" }, mrkdwn(topic)) : null,
      ),
      h(
        "div",
        { class: "row" },
        one.pins.length
          ? h(
              "button",
              {
                type: "button",
                class: "button small ghost",
                onclick: () => pins(channelOf(one.id)),
                title: "Pinned messages",
                "aria-label": `${one.pins.length} pinned`,
              },
              icon("pin"),
              one.pins.length,
            )
          : null,
        isRoom ? [people, more] : null,
      ),
    ),
    one.bookmarks?.length
      ? h(
          "div",
          { class: "bookmarks", role: "list", "aria-label": "Bookmarks" },
          one.bookmarks.map((each) =>
            h(
              "a",
              {
                class: "bookmark",
                role: "listitem",
                href: /^https?:/.test(each.link) ? each.link : null,
                target: "_blank",
                rel: "noopener noreferrer",
              },
              icon("link"),
              each.title,
            ),
          ),
        )
      : null,
  ];
}

// --- first lines of a channel ------------------------------------------------------------------

/** The lines before the first message. */
export function introOf(one) {
  if (one.kind === "im")
    return h(
      "div",
      { class: "intro" },
      avatar(one.with, "large"),
      h("h2", {}, channelName(one)),
      h(
        "p",
        {},
        one.with === store.me
          ? "Notes to yourself."
          : `This is the beginning of your direct messages with ${channelName(one)}.`,
      ),
    );
  if (one.kind === "mpim") return h("div", { class: "intro" }, h("h2", {}, channelName(one)));
  return h(
    "div",
    { class: "intro" },
    h("h2", {}, icon(one.kind === "private" ? "lock" : "hash"), one.name),
    h(
      "p",
      {},
      one.kind === "private"
        ? "This is the beginning of a private channel: only the people in it can see it."
        : "This is the very beginning of the channel.",
    ),
    one.purpose ? h("p", {}, mrkdwn(one.purpose)) : null,
  );
}
