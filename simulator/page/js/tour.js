// Five steps for a newcomer. Each is done when the workspace shows it, however one got there.
import { fill, h, icon, iconButton } from "./dom.js";
import { app, appChannel, on, personName, store } from "./store.js";

const COMMAND = "/incident";
const EXAMPLE = "/incident sev1 Checkout returns 500s";

/** The room the app opened, the newest first. */
const room = () =>
  store.state.channels
    .filter((one) => one.kind !== "im" && one.creator === app().user_id && one.is_member)
    .sort((a, b) => b.created - a.created)[0];
const waiting = () => [...store.unread].find(([, one]) => one.badge > 0)?.[0];
const firstName = (id) => personName(id).split(" ")[0];

const progress = { step: 0, clicked: null };

// Each step: its title, what to do, and whether it is done.
const STEPS = [
  {
    title: "Declare an incident",
    text: () => ["Type ", h("code", {}, EXAMPLE), " into the box and press Enter."],
    done: () => room(),
  },
  {
    title: "Look into its room",
    text: () => ["A channel was opened for it: ", h("strong", {}, `#${room()?.name ?? "…"}`), ", here on the left."],
    done: () => store.route.view === room()?.id,
  },
  {
    title: "Find the page",
    text: () => {
      if (appChannel()?.unread) return `You are on call yourself: your page is under ${app().name}, on the left.`;
      return waiting()
        ? `${firstName(waiting())} is paged. Press that name on top to be ${firstName(waiting())}.`
        : "Whoever is on call gets a direct message: a badge on top shows who.";
    },
    done: () => Boolean(appChannel()) && store.route.view === appChannel().id,
  },
  {
    title: "Answer the page",
    text: () => "Press Acknowledge, so that everyone knows someone is on it.",
    done: () => progress.clicked !== null,
  },
  {
    title: "Bring it to an end",
    text: () => "Go to its room and press Resolve; say what fixed it, and send it off.",
    done: () => room()?.is_archived || /resolved/i.test(room()?.topic ?? ""),
  },
];

let node = null;

/** Start the tour in `place`, unless it was taken, or there is nothing to declare with or something declared already. */
export function startTour(place) {
  const fits = app().commands.some((one) => one.command === COMMAND);
  if (!fits || room() || localStorage.getItem("tour") === "over") return;
  node = h("section", { class: "tour", "aria-label": "First steps" });
  place.append(node);
  on("acted", (channelId) => {
    progress.clicked = channelId;
    look();
  });
  on("state", look);
  on("route", look);
  on("unread", look);
  look();
}

function end() {
  localStorage.setItem("tour", "over");
  node.remove();
  node = null;
}

function look() {
  if (!node?.isConnected || !store.state) return;
  while (STEPS[progress.step]?.done()) {
    progress.step += 1;
    progress.clicked = null;
  }
  const step = STEPS[progress.step];
  fill(
    node,
    h(
      "header",
      {},
      h("h2", {}, step ? step.title : "That was a whole incident"),
      iconButton("close", step ? "End the tour" : "Close", end),
    ),
    h(
      "p",
      {},
      step
        ? step.text()
        : "Press the clock on top to skip ahead: the next workday brings a checklist, Friday 16:00 the weekly report. With the sliders beside it, make Slack fail.",
    ),
    h(
      "ol",
      { class: "tour-steps", "aria-label": `${progress.step} of ${STEPS.length} steps done` },
      STEPS.map((each, at) =>
        h(
          "li",
          { class: at < progress.step ? "done" : at === progress.step ? "now" : null, title: each.title },
          at < progress.step ? icon("check") : at + 1,
        ),
      ),
    ),
  );
}
