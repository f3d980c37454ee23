// The drawer with which one plays fate: the clock, Slack's troubles, and every call the app made.
import * as api from "./api.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { toast } from "./overlay.js";
import { now, refresh, store } from "./store.js";
import { clockTimeWithSeconds, fullTime } from "./time.js";

const SKIPS = [
  ["1 min", 60],
  ["5 min", 300],
  ["30 min", 1800],
  ["1 hour", 3600],
  ["1 day", 86_400],
];

// Each trouble: its name, what it does in a sentence, and what is sent.
const TROUBLES = [
  ["Slow", "Every call takes 2 seconds", "latency", { seconds: 2 }],
  ["Unavailable", "Every call answers 503", "unavailable", {}],
  ["Outage", "Connections are closed and sockets cut", "outage", {}],
  ["Hang", "Calls are accepted and never answered", "hang", {}],
  ["Lost answers", "Every third call is done, but its answer is lost", "lose_answers", { every: 3 }],
  ["Rate limit", "Everything answers 429, try again in 30 seconds", "rate_limit", { retry_after: 30 }],
  ["Silent sockets", "Sockets stay open and nothing arrives", "silence_sockets", {}],
  ["Disconnect", "Slack asks the app to connect anew", "disconnect", { reason: "refresh_requested" }],
];

const CALLS_KEPT = 300;
const LOOK_EVERY = 1000; // milliseconds, while the drawer is open

async function attempt(work, said) {
  try {
    const answer = await work;
    if (answer.ok === false) toast(answer.message ?? answer.error, { tone: "bad" });
    else if (said) toast(said, { key: "control" });
  } catch (problem) {
    if (!(problem instanceof api.Unreachable)) throw problem;
    toast(problem.message, { tone: "bad" });
  }
  await refresh();
}

function clockPart() {
  const time = h("output", { class: "big-clock" });
  const draw = () => fill(time, clockTimeWithSeconds(now()), h("span", { class: "muted" }, fullTime(now())));
  draw();
  return {
    draw,
    node: h(
      "section",
      {},
      h("h3", {}, "Time"),
      time,
      h("p", { class: "muted" }, "Skip ahead: timers, reminders and escalations that fall in between happen at once."),
      h(
        "div",
        { class: "row wrap" },
        SKIPS.map(([name, seconds]) =>
          h(
            "button",
            {
              type: "button",
              class: "button small",
              onclick: () => attempt(api.advanceClock(seconds), `Skipped ${name} ahead`).then(draw),
            },
            `+${name}`,
          ),
        ),
      ),
    ),
  };
}

function faultPart() {
  const active = h("p", { class: "active-faults", role: "status" });
  const draw = async () => {
    try {
      const set = await api.faults();
      const names = Object.entries(set)
        .filter(([key, value]) => key !== "methods" && (value instanceof Object ? Object.keys(value).length : value))
        .map(([key]) => key.replaceAll("_", " "));
      fill(active, names.length ? [icon("warn"), `In force: ${names.join(", ")}`] : "Slack is well.");
      active.classList.toggle("bad", names.length > 0);
    } catch (problem) {
      if (!(problem instanceof api.Unreachable)) throw problem;
    }
  };
  const set = (what, details, said) => attempt(api.setFault(what, details), said).then(draw);
  draw();
  return {
    draw,
    node: h(
      "section",
      {},
      h("h3", {}, "Slack’s health"),
      active,
      h(
        "div",
        { class: "row wrap" },
        TROUBLES.map(([name, sentence, what, details]) =>
          h(
            "button",
            { type: "button", class: "button small", title: sentence, onclick: () => set(what, details, sentence) },
            name,
          ),
        ),
        h(
          "button",
          { type: "button", class: "button small primary", onclick: () => set("clear", {}, "Slack is well again") },
          "All well",
        ),
      ),
    ),
  };
}

function callRow(call) {
  const outcome = call.ok ? "ok" : call.error || (call.status ? `status ${call.status}` : "no answer");
  return h(
    "details",
    { class: call.ok ? "call" : "call bad" },
    h(
      "summary",
      {},
      h("span", { class: "call-number" }, call.number),
      h("span", { class: "grow ellipsis" }, call.method),
      h("span", { class: "muted" }, outcome),
    ),
    h("pre", { class: "code-block" }, JSON.stringify(call.args, null, 2)),
    call.response ? h("pre", { class: "code-block" }, JSON.stringify(call.response, null, 2)) : null,
  );
}

function callsPart() {
  const list = h("div", { class: "calls", role: "list", "aria-label": "Calls of the app, newest first" });
  let last = 0;
  let reading = false;
  const draw = async () => {
    if (reading) return;
    reading = true;
    try {
      const { calls } = await api.calls(last);
      if (!calls.length) return;
      last = calls.at(-1).number;
      list.prepend(...calls.map((call) => h("div", { role: "listitem" }, callRow(call))).reverse());
      while (list.children.length > CALLS_KEPT) list.lastChild.remove();
    } catch (problem) {
      if (!(problem instanceof api.Unreachable)) throw problem;
    } finally {
      reading = false;
    }
  };
  return { draw, node: h("section", {}, h("h3", {}, "Calls to Slack"), list) };
}

/** Open the drawer in `side`, or close it. */
export function toggleControls(side) {
  const open = side.querySelector(".controls");
  if (open) {
    open.remove();
    side.hidden = true;
    return;
  }
  const parts = [clockPart(), faultPart(), callsPart()];
  const health = h("p", { class: "health" });
  const close = () => toggleControls(side);
  const drawer = h(
    "div",
    { class: "controls", role: "region", "aria-label": "Simulation controls" },
    h(
      "header",
      { class: "heading-bar" },
      h("div", { class: "heading-text" }, h("h2", {}, "Simulation")),
      iconButton("close", "Close the controls", close),
    ),
    h(
      "div",
      { class: "controls-body" },
      health,
      parts.map((part) => part.node),
    ),
  );
  drawer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  side.hidden = false;
  side.append(drawer);
  const look = () => {
    if (!drawer.isConnected) return clearInterval(timer);
    const connected = store.state?.bot_connected;
    fill(
      health,
      h("span", { class: connected ? "lamp good" : "lamp bad" }),
      `${store.state?.app.name} is ${connected ? "connected" : "not connected"}`,
    );
    return parts.forEach((part) => part.draw());
  };
  const timer = setInterval(look, LOOK_EVERY);
  look();
  drawer.querySelector("button").focus();
}
