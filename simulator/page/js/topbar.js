// The bar on top: whose workspace, who one is, and who else one could be.
import { fill, h, icon, iconButton } from "./dom.js";
import { menu, toast } from "./overlay.js";
import { watched } from "./others.js";
import { avatar } from "./people.js";
import { addressOf } from "./route.js";
import { headingFor, skipMenu } from "./skipping.js";
import { now, personName, store } from "./store.js";
import { clockTime, weekdayTime, zoneName } from "./time.js";

const FACES = 6; // beyond this many people the switch is a menu

const firstName = (one) => (one.real_name || one.name).split(" ")[0];

/** Words for those who listen to the page. */
const unseen = (words) => h("span", { class: "sr" }, words);

function badge(id) {
  const waiting = store.unread.get(id);
  if (waiting?.badge) return [h("span", { class: "badge" }, waiting.badge), unseen(" waiting")];
  return waiting?.unread ? [h("span", { class: "dot" }), unseen(" with something unread")] : null;
}

function face(one, become) {
  const mine = one.id === store.me;
  const waiting = store.unread.get(one.id)?.badge > 0;
  return h(
    "button",
    {
      type: "button",
      class: ["face", mine && "mine", waiting && "waiting"].filter(Boolean).join(" "),
      "aria-pressed": String(mine),
      "data-person": one.id,
      title: mine ? `You are ${one.real_name}` : `Become ${one.real_name} (${zoneName(one.tz)})`,
      onclick: () => become(one.id),
    },
    avatar(one.id, "small"),
    unseen(mine ? "You are " : "Become "),
    h("span", { class: "face-name" }, firstName(one)),
    mine ? null : badge(one.id),
  );
}

function everyone(anchor, become, split) {
  const people = store.state.people.filter((one) => !one.is_bot && !one.deleted);
  menu(
    anchor,
    [
      { heading: "Be somebody else" },
      ...people.map((one) => ({
        lead: avatar(one.id, "small"),
        text: one.id === store.me ? `${one.real_name} (you)` : one.real_name,
        hint: store.unread.get(one.id)?.badge ? `${store.unread.get(one.id).badge} waiting` : zoneName(one.tz),
        run: () => become(one.id),
      })),
      null,
      { text: "Two people side by side", icon: "split", run: split },
    ],
    "People",
  );
}

let drawn = "";

/** Draw the bar again, if anything on it changed. `actions`: {become(id), split(), theme(), controls(), openSidebar()}. */
export function drawTop(node, actions) {
  const { state } = store;
  const people = watched();
  const there = headingFor();
  const key = JSON.stringify([store.me, state.team, people, [...store.unread], there]);
  tickClock(node);
  // A button replaced under the pointer would lose the click.
  if (key === drawn) return;
  drawn = key;
  const focused = document.activeElement?.dataset?.person;
  const shown = people.slice(0, FACES);
  const many = state.people.filter((one) => !one.is_bot && !one.deleted).length > shown.length;
  const waiting = [...store.unread.values()].reduce((sum, one) => sum + one.badge, 0);
  const current = state.people.find((one) => one.id === store.me);
  const you = h(
    "button",
    {
      type: "button",
      class: "you-button",
      "aria-haspopup": "menu",
      title: "Be somebody else",
      onclick: () => everyone(you, actions.become, actions.split),
    },
    avatar(store.me, "small"),
    h("span", { class: "you-text" }, "You are ", h("strong", {}, firstName(current))),
    waiting ? [h("span", { class: "badge others" }, waiting), unseen(" waiting for others")] : null,
    icon("down"),
  );
  const clock = h(
    "button",
    {
      type: "button",
      class: there ? "button small ghost clock walking" : "button small ghost clock",
      "aria-haspopup": "menu",
      onclick: () => skipMenu(clock, actions.controls),
      title: there ? `On the way to ${weekdayTime(there)}` : "Simulated time: skip ahead",
    },
    icon("clock"),
    unseen("Simulated time: "),
    h("span", { class: "clock-text" }, weekdayTime(now())),
    there ? h("span", { class: "clock-there" }, `→ ${clockTime(there)}`) : null,
  );
  fill(
    node,
    h(
      "div",
      { class: "top-team" },
      iconButton("menu", "Show channels", actions.openSidebar, { class: "icon-button only-narrow" }),
      h("span", { class: "team-name" }, state.team.name),
      h("span", { class: "tag simulated", title: "A simulated workspace: nothing leaves this machine" }, "simulated"),
    ),
    h(
      "div",
      { class: many ? "switch many" : "switch", role: "group", "aria-label": "Who you are" },
      h("span", { class: "switch-label" }, "You are"),
      shown.map((one) => face(one, actions.become)),
      you,
    ),
    h(
      "div",
      { class: "top-tools" },
      clock,
      iconButton("split", "Two people side by side", actions.split, { class: "icon-button only-wide" }),
      iconButton("theme", "Light or dark", actions.theme),
      iconButton("sliders", "Simulation controls", actions.controls),
    ),
  );
  if (focused) node.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export const tickClock = (node) => {
  const text = node.querySelector(".clock-text");
  if (text && store.state) text.textContent = weekdayTime(now());
};

/** Say that something arrived for somebody else, with the way there. */
export function announceWaiting(id, become) {
  toast([avatar(id, "small"), `Something is waiting for ${personName(id)}`], {
    key: `waiting-${id}`,
    tone: "waiting",
    action: { text: `Be ${personName(id).split(" ")[0]}`, run: () => become(id) },
  });
}

/** Two halves, each a page of its own. */
export function drawSplit(first, second) {
  const frame = (id, title) => h("iframe", { src: `/${addressOf(id)}`, title });
  const close = h(
    "button",
    {
      type: "button",
      class: "button small",
      onclick: () => {
        location.search = "";
      },
    },
    "Back to one person",
  );
  fill(
    document.body,
    h("header", { class: "split-head" }, h("span", { class: "grow" }, "Two people side by side"), close),
    h("main", { class: "split" }, frame(first, "First person"), frame(second, "Second person")),
  );
}
