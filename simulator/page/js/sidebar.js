// The list of channels, direct messages and the app.
import { fill, h, icon, iconButton } from "./dom.js";
import { createChannel, openDirect } from "./acts.js";
import { channelIcon } from "./heading.js";
import { sheet } from "./overlay.js";
import { avatar } from "./people.js";
import { show } from "./route.js";
import { app, appChannel, channelName, store } from "./store.js";

const byName = (a, b) => channelName(a).localeCompare(channelName(b));
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
  if (!list) node.prepend((list = h("div", { class: "side-scroll" })));
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

// --- jumping -----------------------------------------------------------------------------------

function places(word) {
  const own = store.state.channels
    .filter((one) => one.kind !== "im" && !one.is_archived)
    .map((one) => ({
      name: channelName(one),
      lead: () => channelIcon(one),
      hint: one.topic,
      go: () => show(one.id),
      weight: one.unread ? 2 : one.is_member ? 1 : 0,
    }));
  const people = store.state.people
    .filter((one) => !one.deleted && one.id !== app().user_id)
    .map((one) => ({
      name: one.real_name || one.name,
      lead: () => avatar(one.id, "small"),
      hint: `@${one.name}`,
      weight: 1,
      person: true,
      go: () => openDirect(one.id),
    }));
  const home = {
    name: app().name,
    lead: () => avatar(app().user_id, "small"),
    hint: "App",
    weight: 1,
    person: true,
    go: () => show("home"),
  };
  const wanted = word.replace(/^[#@]/, "").toLowerCase();
  return [...own, ...people, home]
    .filter(
      (one) =>
        (!word.startsWith("@") || one.person) &&
        (!word.startsWith("#") || !one.person) &&
        `${one.name} ${one.hint ?? ""}`.toLowerCase().includes(wanted),
    )
    .sort(
      (a, b) =>
        Number(b.name.toLowerCase().startsWith(wanted)) - Number(a.name.toLowerCase().startsWith(wanted)) ||
        b.weight - a.weight ||
        a.name.localeCompare(b.name),
    );
}

/** The Ctrl-K dialog: type a part of a name, press Enter. */
export function jump(start = "") {
  sheet(
    "Jump to a channel or a person",
    (body, close) => {
      let at = 0;
      let found = [];
      const list = h("div", { class: "options", role: "listbox", id: "jump-list", "aria-label": "Places" });
      const input = h("input", {
        class: "input",
        value: start,
        autofocus: true,
        autocomplete: "off",
        role: "combobox",
        "aria-expanded": "true",
        "aria-controls": "jump-list",
        "aria-label": "Name of a channel or a person",
        placeholder: "Name of a channel or a person",
      });
      const go = (one) => {
        close();
        one.go();
      };
      const draw = () => {
        found = places(input.value.trim()).slice(0, 12);
        at = Math.max(0, Math.min(at, found.length - 1));
        fill(
          list,
          found.map((one, index) =>
            h(
              "div",
              {
                class: index === at ? "option at" : "option",
                id: `jump-${index}`,
                role: "option",
                "aria-selected": String(index === at),
                onclick: () => go(one),
              },
              h("span", { class: "lead" }, one.lead()),
              h(
                "span",
                { class: "grow ellipsis" },
                one.name,
                one.hint ? h("span", { class: "option-hint inline" }, one.hint) : null,
              ),
            ),
          ),
        );
        input.setAttribute("aria-activedescendant", found.length ? `jump-${at}` : "");
      };
      input.addEventListener("input", () => {
        at = 0;
        draw();
      });
      input.addEventListener("keydown", (event) => {
        if (!["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) return;
        // Also for Enter: it would go on to type a line break where the focus goes next.
        event.preventDefault();
        if (event.key === "Enter") {
          if (found[at]) go(found[at]);
          return;
        }
        at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % (found.length || 1);
        draw();
      });
      fill(body, input, list);
      draw();
    },
    "jump",
  );
}
