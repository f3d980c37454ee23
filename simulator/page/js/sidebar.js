// The list of channels, direct messages and the app.
import { fill, h, icon, iconButton } from "./dom.js";
import { createChannel } from "./acts.js";
import { channelIcon } from "./heading.js";
import { jump } from "./jump.js";
import { sheet } from "./overlay.js";
import { avatar } from "./people.js";
import { show } from "./route.js";
import { app, appChannel, channelName, store } from "./store.js";

const byName = (a, b) => channelName(a).localeCompare(channelName(b), "en", { numeric: true });
const byLatest = (a, b) => Number(b.last_ts ?? 0) - Number(a.last_ts ?? 0);

/** How many to show at a channel: everything in a direct message counts, elsewhere mentions do. */
export const badgeOf = (one) => (one.kind === "im" || one.kind === "mpim" ? one.unread : one.mentions);

function link(one, { name = channelName(one), lead = channelIcon(one), view = one.id } = {}) {
  const current = store.route.view === view || (view === "home" && store.route.view === one?.id);
  const badge = one ? badgeOf(one) : 0;
  const unread = one?.unread > 0 && !current;
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: ["side-link", unread && "unread", current && "current"].filter(Boolean).join(" "),
        "aria-current": current ? "page" : null,
        "data-view": view,
        onclick: () => show(view),
      },
      h("span", { class: "lead" }, lead),
      h("span", { class: "grow ellipsis" }, name),
      badge > 0 && !current ? h("span", { class: "badge" }, badge, h("span", { class: "sr" }, " unread")) : null,
      unread && !badge ? h("span", { class: "sr" }, "unread") : null,
    ),
  );
}

const group = (title, items, button = null) =>
  h(
    "section",
    { class: "side-group" },
    h("div", { class: "side-title" }, h("h2", {}, title), button),
    h("ul", {}, items),
  );

/** A button that is there while something unread is further down than one sees; it leads there. */
function moreUnread(list) {
  const below = () => {
    const foot = list.getBoundingClientRect().bottom;
    return [...list.querySelectorAll(".side-link.unread")].find((each) => each.getBoundingClientRect().top > foot - 12);
  };
  const button = h(
    "button",
    {
      type: "button",
      class: "more-unread",
      hidden: true,
      onclick: () => below()?.scrollIntoView({ block: "center", behavior: "smooth" }),
    },
    icon("down"),
    "More unread",
  );
  list.addEventListener("scroll", () => (button.hidden = !below()), { passive: true });
  return button;
}

let drawn = "";

/** Draw the sidebar again, if anything in it changed: a link replaced under the pointer would lose the click. */
export function drawSidebar(node) {
  const key = JSON.stringify([
    store.me,
    store.route.view,
    store.state.channels.map(({ id, name, kind, unread, mentions, is_member, is_archived, last_ts }) => [
      id,
      name,
      kind,
      unread,
      mentions,
      is_member,
      is_archived,
      last_ts,
    ]),
  ]);
  if (key === drawn) return;
  drawn = key;
  const scroll = node.querySelector(".side-scroll")?.scrollTop ?? 0;
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.view : null;
  const rooms = store.state.channels
    .filter((one) => (one.kind === "channel" || one.kind === "private") && one.is_member && !one.is_archived)
    .sort(byName);
  const direct = store.state.channels
    .filter((one) => (one.kind === "im" && one.with !== app().user_id) || one.kind === "mpim")
    .sort(byLatest);
  const withApp = appChannel();
  const appLink = link(withApp, {
    name: app().name,
    lead: avatar(app().user_id, "small"),
    view: withApp?.unread ? withApp.id : "home",
  });
  let list = node.querySelector(".side-scroll");
  if (!list) {
    list = h("div", { class: "side-scroll" });
    node.prepend(h("div", { class: "side-frame" }, list, moreUnread(list)));
  }
  fill(
    list,
    h(
      "button",
      { type: "button", class: "side-jump", onclick: () => jump() },
      icon("search"),
      h("span", { class: "grow" }, "Jump to…"),
      h("kbd", {}, "Ctrl K"),
    ),
    group("Apps", [appLink]),
    group(
      "Channels",
      rooms.map((one) => link(one)),
      iconButton("plus", "Browse or create channels", () => browse()),
    ),
    group(
      "Direct messages",
      direct.map((one) => link(one)),
      iconButton("plus", "Write to someone", () => jump("@")),
    ),
  );
  list.scrollTop = scroll;
  list.dispatchEvent(new Event("scroll"));
  if (focused) node.querySelector(`[data-view="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

// --- browsing and creating channels ------------------------------------------------------------

function browse() {
  sheet(
    "Channels",
    (body, close) => {
      const name = h("input", {
        class: "input",
        placeholder: "new-channel",
        "aria-label": "Name of a new channel",
        autocomplete: "off",
      });
      const secret = h("input", { type: "checkbox" });
      const create = async (event) => {
        event.preventDefault();
        const wanted = name.value.trim();
        if (!wanted) return;
        if (await createChannel(wanted, secret.checked)) close();
      };
      const others = store.state.channels.filter((one) => one.kind === "channel").sort(byName);
      fill(
        body,
        h(
          "form",
          { class: "row create", onsubmit: create },
          name,
          h("label", { class: "tick" }, secret, h("span", {}, "Private")),
          h("button", { class: "button primary" }, "Create"),
        ),
        h(
          "ul",
          { class: "browse" },
          others.map((one) =>
            h(
              "li",
              {},
              h(
                "button",
                {
                  type: "button",
                  class: "browse-link",
                  onclick: () => {
                    close();
                    show(one.id);
                  },
                },
                icon("hash"),
                h(
                  "span",
                  { class: "grow" },
                  one.name,
                  h(
                    "span",
                    { class: "option-hint" },
                    [`${one.members.length} people`, one.is_archived ? "archived" : null, one.topic]
                      .filter(Boolean)
                      .join(" · "),
                  ),
                ),
                one.is_member ? h("span", { class: "tag" }, "Joined") : null,
              ),
            ),
          ),
        ),
      );
    },
    "browser",
  );
}
