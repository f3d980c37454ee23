// The bar on top: whose workspace, who one is, and who else one could be.
import { fill, h, icon, iconButton } from "./dom.js";
import { menu, toast } from "./overlay.js";
import { watched } from "./others.js";
import { avatar } from "./people.js";
import { addressOf } from "./route.js";
import { now, personName, store } from "./store.js";
import { clockTime, zoneName } from "./time.js";

const FACES = 6; // beyond this many people the switch is a menu

const firstName = (one) => (one.real_name || one.name).split(" ")[0];

function badge(id) {
  const waiting = store.unread.get(id);
  if (waiting?.badge) return h("span", { class: "badge" }, waiting.badge);
  return waiting?.unread ? h("span", { class: "dot" }) : null;
}

function described(id) {
  const waiting = store.unread.get(id);
  if (waiting?.badge) return `${waiting.badge} waiting`;
  return waiting?.unread ? "something unread" : "nothing waiting";
}

function face(one, become) {
  const mine = one.id === store.me;
  const waiting = store.unread.get(one.id)?.badge > 0;
  return h("button", {
    type: "button", class: ["face", mine && "mine", waiting && "waiting"].filter(Boolean).join(" "), "aria-pressed": String(mine), "data-person": one.id,
    title: mine ? `You are ${one.real_name}` : `Become ${one.real_name} (${zoneName(one.tz)})`,
    "aria-label": mine ? `You are ${firstName(one)}` : `Become ${firstName(one)}: ${described(one.id)}`, onclick: () => become(one.id),
  }, avatar(one.id, "small"), h("span", { class: "face-name" }, firstName(one)), mine ? null : badge(one.id));
}

function everyone(anchor, become, split) {
  const people = store.state.people.filter((one) => !one.is_bot && !one.deleted);
  menu(anchor, [
    { heading: "Be somebody else" },
    ...people.map((one) => ({
      text: [avatar(one.id, "small"), ` ${one.real_name}`, one.id === store.me ? " (you)" : ""],
      hint: store.unread.get(one.id)?.badge ? `${store.unread.get(one.id).badge} waiting` : zoneName(one.tz), run: () => become(one.id),
    })),
    null,
    { text: "Two people side by side", icon: "split", run: split },
  ], "People");
}

/** Draw the bar again. `actions`: {become(id), split(), theme(), controls(), openSidebar()}. */
export function drawTop(node, actions) {
  const { state } = store;
  const people = watched();
  const focused = document.activeElement?.dataset?.person;
  const shown = people.length <= FACES ? people : people.slice(0, FACES);
  const waiting = [...store.unread.values()].reduce((sum, one) => sum + one.badge, 0);
  const current = state.people.find((one) => one.id === store.me);
  const you = h("button", {
    type: "button", class: "you-button", "aria-haspopup": "menu", "aria-label": `You are ${current.real_name}. Switch person${waiting ? `; ${waiting} waiting for others` : ""}`,
    onclick: () => everyone(you, actions.become, actions.split),
  }, avatar(store.me, "small"), h("span", { class: "you-text" }, "You are ", h("strong", {}, firstName(current))), waiting ? h("span", { class: "badge others" }, waiting) : null, icon("down"));
  fill(node,
    h("div", { class: "top-team" },
      iconButton("menu", "Show channels", actions.openSidebar, { class: "icon-button only-narrow" }),
      h("span", { class: "team-name" }, state.team.name), h("span", { class: "tag simulated", title: "A simulated workspace: nothing leaves this machine" }, "simulated")),
    h("div", { class: "switch", role: "group", "aria-label": "Who you are" },
      h("span", { class: "switch-label" }, "You are"), shown.map((one) => face(one, actions.become)), you),
    h("div", { class: "top-tools" },
      h("button", { type: "button", class: "button small ghost clock", onclick: actions.controls, title: "Simulated time; skip ahead in the controls", "aria-label": "Simulated time" }, icon("clock"), h("span", { class: "clock-text" }, clockTime(now()))),
      iconButton("split", "Two people side by side", actions.split, { class: "icon-button only-wide" }),
      iconButton("theme", "Light or dark", actions.theme),
      iconButton("sliders", "Simulation controls", actions.controls)));
  if (focused) node.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export const tickClock = (node) => {
  const text = node.querySelector(".clock-text");
  if (text && store.state) text.textContent = clockTime(now());
};

/** Say that something arrived for somebody else, with the way there. */
export function announceWaiting(id, become) {
  toast([avatar(id, "small"), ` Something is waiting for ${personName(id)}`], { key: `waiting-${id}`, tone: "waiting", action: { text: `Be ${personName(id).split(" ")[0]}`, run: () => become(id) } });
}

/** Two halves, each a page of its own. */
export function drawSplit(first, second) {
  const frame = (id, title) => h("iframe", { src: `/${addressOf(id)}`, title });
  const close = h("button", { type: "button", class: "button small split-close", onclick: () => { location.search = ""; } }, icon("close"), "Back to one person");
  document.body.className = "split-body";
  fill(document.body, h("div", { class: "split" }, frame(first, "First person"), frame(second, "Second person")), close);
}
