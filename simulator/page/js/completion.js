// Completion while typing: /commands with their hints, @people and groups, #channels, :emoji:.
import { fill, h, icon } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { avatar } from "./people.js";
import { app, store } from "./store.js";

const MOST = 8; // suggestions shown at once

const starts = (text, word) => text.toLowerCase().startsWith(word);
const wordIn = (text, word) =>
  starts(text, word) ||
  text
    .toLowerCase()
    .split(/[\s_-]/)
    .some((part) => part.startsWith(word));

function commands(word) {
  return app()
    .commands.filter((one) => starts(one.command, word))
    .map((one) => ({
      insert: `${one.command} `,
      text: one.command,
      hint: one.usage_hint,
      more: one.description,
      lead: () => icon("bolt"),
    }));
}

function people(word) {
  const users = store.state.people.filter(
    (one) => !one.deleted && (wordIn(one.name, word) || wordIn(one.real_name ?? "", word)),
  );
  const groups = store.state.usergroups.filter((one) => wordIn(one.handle, word));
  const everyone = ["here", "channel"].filter((one) => starts(one, word));
  return [
    ...users.map((one) => ({
      insert: `@${one.name} `,
      text: `@${one.name}`,
      hint: one.real_name,
      lead: () => avatar(one.id, "small"),
    })),
    ...groups.map((one) => ({
      insert: `@${one.handle} `,
      text: `@${one.handle}`,
      hint: one.name,
      lead: () => icon("people"),
    })),
    ...everyone.map((one) => ({
      insert: `@${one} `,
      text: `@${one}`,
      hint: "Notify everyone here",
      lead: () => icon("people"),
    })),
  ];
}

const channels = (word) =>
  store.state.channels
    .filter((one) => (one.kind === "channel" || one.kind === "private") && !one.is_archived && wordIn(one.name, word))
    .map((one) => ({
      insert: `#${one.name} `,
      text: `#${one.name}`,
      hint: one.topic,
      lead: () => icon(one.kind === "private" ? "lock" : "hash"),
    }));

const emojis = (word) =>
  [...EMOJI]
    .filter(([name]) => name.includes(word))
    .sort(([a], [b]) => Number(starts(b, word)) - Number(starts(a, word)))
    .map(([name, character]) => ({
      insert: `:${name}: `,
      text: `:${name}:`,
      lead: () => h("span", { class: "emoji" }, character),
    }));

const TRIGGERS = [
  [/^(\/[\w-]*)$/, (word) => commands(word)],
  [/(?:^|[\s(])(@[\w.-]*)$/, (word) => people(word.slice(1))],
  [/(?:^|[\s(])(#[\w-]*)$/, (word) => channels(word.slice(1))],
  [/(?:^|\s)(:[\w+-]{2,})$/, (word) => emojis(word.slice(1))],
];

function find(area) {
  const before = area.value.slice(0, area.selectionStart);
  for (const [pattern, suggest] of TRIGGERS) {
    const word = pattern.exec(before)?.[1];
    if (word) return { from: before.length - word.length, found: suggest(word.toLowerCase()).slice(0, MOST) };
  }
  return null;
}

/** The command being typed, once its name is complete: its hint stays in view. */
function typedCommand(area) {
  const word = /^(\/[\w-]+)\s/.exec(area.value)?.[1];
  return word && app().commands.find((one) => one.command === word);
}

/** Attach completion to a text area; → {node, handles(event)}: the list, and whether a key press was its own. */
export function completion(area, id) {
  const list = h("div", {
    class: "suggestions",
    role: "listbox",
    id: `${id}-suggestions`,
    "aria-label": "Suggestions",
    hidden: true,
  });
  const hint = h("div", { class: "command-hint", hidden: true });
  let state = null;
  let at = 0;

  const hide = () => {
    state = null;
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };

  function draw() {
    const command = typedCommand(area);
    hint.hidden = !command;
    if (command)
      fill(
        hint,
        h("strong", {}, command.command),
        " ",
        command.usage_hint ?? "",
        command.description ? h("span", { class: "muted" }, ` — ${command.description}`) : null,
      );
    const next = find(area);
    if (!next?.found.length) return hide();
    if (!state || next.from !== state.from || next.found.length !== state.found.length) at = 0;
    state = next;
    fill(
      list,
      next.found.map((one, index) =>
        h(
          "div",
          {
            class: "option",
            role: "option",
            id: `${id}-suggestion-${index}`,
            "aria-selected": String(index === at),
            onpointerdown: (event) => {
              event.preventDefault();
              accept(index);
            },
          },
          h("span", { class: "lead" }, one.lead()),
          h(
            "span",
            { class: "grow" },
            h("span", { class: "suggestion-text" }, one.text),
            one.hint ? h("span", { class: "option-hint inline" }, one.hint) : null,
            one.more ? h("span", { class: "option-hint" }, one.more) : null,
          ),
        ),
      ),
    );
    list.hidden = false;
    mark();
    return undefined;
  }

  function mark() {
    [...list.children].forEach((option, index) => {
      option.classList.toggle("at", index === at);
      option.setAttribute("aria-selected", String(index === at));
    });
    area.setAttribute("aria-activedescendant", `${id}-suggestion-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function accept(index) {
    const { insert } = state.found[index];
    area.setRangeText(insert, state.from, area.selectionStart, "end");
    hide();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** A complete command followed by Enter is to be sent, not completed. */
  const isWhole = () => state.found[at].insert.trim() === area.value.slice(state.from).trim();

  area.addEventListener("input", draw);
  area.addEventListener("blur", hide);
  return {
    node: [list, hint],
    handles(event) {
      if (!state) return false;
      const { key } = event;
      if (key === "Escape") hide();
      else if (key === "ArrowDown" || key === "ArrowUp") {
        at = (at + (key === "ArrowDown" ? 1 : -1) + state.found.length) % state.found.length;
        mark();
      } else if (key === "Tab" || (key === "Enter" && !event.shiftKey && !isWhole())) accept(at);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
