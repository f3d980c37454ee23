// The drawer with which one plays fate: the clock, Slack's troubles, and every call the app made.
import * as api from "./api.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { toast } from "./overlay.js";
import { SKIPS, headingFor, skip, stay } from "./skipping.js";
import { app, channel, channelName, now, refresh, store } from "./store.js";
import { clockTimeWithSeconds, fullTime, weekdayTime } from "./time.js";

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

// What the bot's readiness says, in words; anything else it says is shown by its own name.
const WORDS = {
  ready: "Ready",
  database: "Database",
  slack: "Slack",
  backlog: "Waiting to be sent",
  oldest_seconds: "Oldest of these, seconds",
  next_at: "Next timer",
};
const UNTOLD = ["now"]; // the clock has a part of its own
const INSTANT = /^\d{4}-\d\d-\d\dT/;
function worded(value) {
  if (value === null) return "none";
  if (INSTANT.test(value)) return weekdayTime(new Date(value));
  return value === true ? "yes" : value === false ? "no" : String(value);
}

function botPart() {
  const list = h("dl", { class: "facts" });
  let drawn = null;
  let reading = false;
  const draw = async () => {
    if (reading) return;
    reading = true;
    try {
      show(await api.botHealth());
    } catch (problem) {
      if (!(problem instanceof api.Unreachable)) throw problem;
    } finally {
      reading = false;
    }
  };
  const fact = (name, value, good) => [
    h("dt", {}, name),
    h("dd", {}, good === undefined ? null : h("span", { class: good ? "lamp good" : "lamp bad" }), value),
  ];
  function show(bot) {
    const { name } = app();
    const connected = store.state.bot_connected;
    const facts = [["Socket", connected ? "connected" : "not connected", connected]];
    if (bot.url) {
      const { healthz, readyz } = bot;
      facts.push(["Alive", healthz.status ? `yes, in ${healthz.ms} ms` : "does not answer", healthz.status === 200]);
      if (readyz.body instanceof Object)
        for (const [key, value] of Object.entries(readyz.body).filter(([key]) => !UNTOLD.includes(key)))
          facts.push([WORDS[key] ?? key.replaceAll("_", " "), worded(value), value === !!value ? value : undefined]);
    }
    const key = JSON.stringify([
      name,
      facts.map(([each, value]) => (each === "Alive" ? each + !!bot.healthz.status : each + value)),
    ]);
    if (key === drawn) return;
    drawn = key;
    fill(
      list,
      facts.map((each) => fact(...each)),
    );
  }
  return { draw, node: h("section", {}, h("h3", {}, `Health of ${app().name}`), list) };
}

function clockPart() {
  const time = h("output", { class: "big-clock" });
  const way = h("p", { class: "row wrap", role: "status" });
  let drawn = null;
  const draw = () => {
    fill(time, clockTimeWithSeconds(now()), h("span", { class: "muted" }, fullTime(now())));
    const there = headingFor();
    if (String(there) === drawn) return;
    drawn = String(there);
    const stop = h("button", { type: "button", class: "button small", onclick: () => stay().then(draw) }, "Stay here");
    fill(way, there ? [h("span", {}, `On the way to ${weekdayTime(there)}`), stop] : null);
  };
  draw();
  return {
    draw,
    node: h(
      "section",
      {},
      h("h3", {}, "Time"),
      time,
      way,
      h("p", { class: "muted" }, "Skip ahead: what falls in between happens in its order, each at its own time."),
      h(
        "div",
        { class: "row wrap" },
        SKIPS.map(([name, words, when]) =>
          h(
            "button",
            { type: "button", class: "button small", onclick: () => skip(words, when()).then(draw) },
            name,
          ),
        ),
      ),
    ),
  };
}

function faultPart() {
  const active = h("p", { class: "active-faults", role: "status" });
  const buttons = new Map(
    TROUBLES.map(([name, sentence, what, details]) => [
      what,
      h(
        "button",
        {
          type: "button",
          class: "button small trouble",
          title: sentence,
          "aria-pressed": what === "disconnect" ? null : "false",
          onclick: () => set(what, details, sentence),
        },
        name,
      ),
    ]),
  );
  let drawn = null;
  const draw = async () => {
    let faults;
    try {
      faults = await api.faults();
    } catch (problem) {
      if (!(problem instanceof api.Unreachable)) throw problem;
      return;
    }
    if (JSON.stringify(faults) === drawn) return;
    drawn = JSON.stringify(faults);
    const inForce = Object.entries(faults)
      .filter(([key, value]) => key !== "methods" && (value instanceof Object ? Object.keys(value).length : value))
      .map(([key]) => key);
    for (const [what, button] of buttons)
      if (what !== "disconnect") button.setAttribute("aria-pressed", String(inForce.includes(what)));
    const names = inForce.map((key) => key.replaceAll("_", " ")).join(", ");
    fill(active, names ? [icon("warn"), h("span", {}, `In force: ${names}`)] : "Slack is well.");
    active.classList.toggle("bad", inForce.length > 0);
  };
  const set = (what, details, said) => attempt(api.setFault(what, details), said).then(draw);
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
        [...buttons.values()],
        h(
          "button",
          { type: "button", class: "button small primary", onclick: () => set("clear", {}, "Slack is well again") },
          "All well",
        ),
      ),
    ),
  };
}

/** The service that the bot's probes look at, where there is one. */
function examplePart() {
  const state = h("p", { class: "row", role: "status" });
  const button = h("button", { type: "button", class: "button small trouble" });
  const node = h(
    "section",
    { hidden: true },
    h("h3", {}, "The example service"),
    state,
    h("p", { class: "muted" }, "What the probes look at, here once an hour. Take it down, and skip two hours ahead: somebody is told."),
    h("div", { class: "row wrap" }, button),
  );
  let drawn = null;
  const draw = async () => {
    let said;
    try {
      said = await api.example();
    } catch (problem) {
      if (!(problem instanceof api.Unreachable)) throw problem;
      return;
    }
    node.hidden = !said.in_use;
    if (said.up === drawn) return;
    drawn = said.up;
    fill(state, h("span", { class: said.up ? "lamp good" : "lamp bad" }), said.up ? "It answers." : "It is down.");
    button.textContent = said.up ? "Take it down" : "Bring it back";
    button.onclick = () => attempt(api.setExample(!said.up)).then(draw);
  };
  return { draw, node };
}

const roomOf = (id) => (channel(id) ? `#${channelName(channel(id))}` : id);

/** Where a call went and what it said, as far as that is known. */
function aboutOf({ args }) {
  const words = args.text ?? args.name ?? args.topic ?? args.title ?? "";
  const where = args.channel ?? args.channel_id;
  return [where && roomOf(where), String(words).split("\n")[0]].filter(Boolean).join(" ");
}

const part = (name, value) => [
  h("div", { class: "call-part" }, name),
  h("pre", { class: "code-block", tabindex: "0", role: "region", "aria-label": name }, JSON.stringify(value, null, 2)),
];

function callRow(call) {
  const outcome = call.ok ? "ok" : call.error || (call.status ? `status ${call.status}` : "no answer");
  return h(
    "details",
    { class: call.ok ? "call" : "call bad" },
    h(
      "summary",
      {},
      h("span", { class: "call-number" }, call.number),
      h("span", { class: "grow ellipsis" }, call.method, h("span", { class: "call-about" }, aboutOf(call))),
      h("span", { class: "muted" }, outcome),
    ),
    part("Request", call.args),
    call.response ? part("Answer", call.response) : null,
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
  const parts = [botPart(), clockPart(), examplePart(), faultPart(), callsPart()];
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
    return parts.forEach((part) => part.draw());
  };
  const timer = setInterval(look, LOOK_EVERY);
  look();
  drawer.querySelector("button").focus();
}
