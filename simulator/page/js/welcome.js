// What a newcomer reads first.
import { h, icon } from "./dom.js";
import { app } from "./store.js";

const EXAMPLE = "/incident sev1 Checkout returns 500s";

/** What stands in an empty channel: one sentence to type. `use(text)` puts it into the message box. */
export function firstHint(use) {
  const { name, commands } = app();
  const command = EXAMPLE.split(" ")[0];
  const fits = commands.some((one) => one.command === command);
  const offered = fits ? EXAMPLE : commands[0] ? `${commands[0].command} ` : null;
  if (!offered)
    return h(
      "div",
      { class: "hint-card" },
      h("h3", {}, "Nothing has been said here yet"),
      h("p", {}, "Write the first message below."),
    );
  return h(
    "div",
    { class: "hint-card" },
    h("h3", {}, fits ? "Declare your first incident" : `Try ${name}`),
    h("p", {}, "Type this into the box below and press Enter:"),
    h(
      "button",
      { type: "button", class: "hint-command", title: "Put it into the message box", onclick: () => use(offered) },
      icon("bolt"),
      h("code", {}, offered),
    ),
    fits
      ? h(
          "p",
          { class: "muted" },
          "Then watch the names on top: a badge appears at whoever is on call. Become them to answer the page.",
        )
      : h("p", { class: "muted" }, "With the names on top you can be anyone in this workspace."),
  );
}
