// A select with a filter: one value or several, options in groups.
import { fill, h, icon } from "./dom.js";
import { popover } from "./overlay.js";

let counter = 0;
const ASK_AFTER = 200; // milliseconds without a key, before an app is asked

/**
 * A button that opens a list to choose from.
 * `entries()` → [{group?, key, text, hint?, lead?}], `chosen` keys at first, `onChange(keys)` after each choice.
 * `search(word)` → Promise of entries, or null when there was no answer: asked anew while one types, from `shortest` letters on.
 * → {node, set(keys)}
 */
export function picker({
  label,
  placeholder,
  entries,
  search: ask = null,
  shortest = 0,
  chosen = [],
  multiple = false,
  most = Infinity,
  describedBy = null,
  onChange,
}) {
  let keys = [...chosen];
  const id = `picker-${(counter += 1)}`;
  const node = h("button", {
    type: "button",
    class: multiple ? "select multiple" : "select",
    id,
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-describedby": describedBy,
    onclick: () => openList(),
    onkeydown: (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        openList();
      }
      if (event.key === "Backspace" && multiple && keys.length) set(keys.slice(0, -1), true);
    },
  });
  const set = (next, tell = false) => {
    keys = next;
    draw();
    if (tell) onChange(keys);
  };

  function draw() {
    const all = entries();
    const picked = keys.map((key) => all.find((entry) => entry.key === key)).filter(Boolean);
    const value = picked.map((entry) => entry.text).join(", ");
    const none = placeholder || (multiple ? "Choose some" : "Choose one");
    node.setAttribute("aria-label", [...new Set([label || placeholder || "Select", value || none])].join(": "));
    const shown = !picked.length
      ? h("span", { class: "placeholder" }, none)
      : multiple
        ? picked.map((entry) => h("span", { class: "chip" }, entry.lead?.(), entry.text))
        : [picked[0].lead?.(), h("span", { class: "ellipsis" }, picked[0].text)];
    fill(node, h("span", { class: "select-value" }, shown), icon("down"));
  }

  function openList() {
    const search = h("input", {
      class: "input",
      type: "text",
      role: "combobox",
      placeholder: "Filter",
      autocomplete: "off",
      "aria-label": `Filter ${label || placeholder || "options"}`,
      "aria-controls": `${id}-list`,
      "aria-expanded": "true",
      "aria-autocomplete": "list",
    });
    const list = h("div", {
      class: "options",
      role: "listbox",
      id: `${id}-list`,
      "aria-label": label || placeholder || "Options",
      "aria-multiselectable": multiple,
    });
    const shown = popover(node, [h("div", { class: "options-filter" }, search), list], {
      label: label || placeholder || "Options",
      className: "picker",
    });
    let at = 0;
    let options = [];

    const choose = (entry) => {
      if (!multiple) {
        shown.close();
        return set([entry.key], true);
      }
      const has = keys.includes(entry.key);
      if (!has && keys.length >= most) return undefined;
      set(has ? keys.filter((key) => key !== entry.key) : [...keys, entry.key], true);
      return drawList();
    };

    let answered = []; // the last answer to `ask`
    let none = "Nothing matches";
    let asked = 0;
    const askNow = async () => {
      const word = search.value.trim();
      const number = (asked += 1);
      if (word.length < shortest) {
        answered = [];
        none = `Type at least ${shortest} letters`;
        return drawList();
      }
      if (!answered.length) none = "Looking…";
      drawList();
      const found = await ask(word);
      // An answer to what was typed before comes too late.
      if (number !== asked || !shown.box.isConnected) return undefined;
      answered = found ?? [];
      none = found ? "Nothing matches" : "The app did not answer";
      return drawList();
    };

    const matchingNow = () => {
      if (ask) return answered;
      const word = search.value.trim().toLowerCase();
      return entries().filter((entry) => `${entry.text} ${entry.hint ?? ""}`.toLowerCase().includes(word));
    };

    const drawList = () => {
      const matching = matchingNow();
      at = Math.max(0, Math.min(at, matching.length - 1));
      fill(list);
      let group = null;
      options = matching.map((entry, index) => {
        if (entry.group && entry.group !== group)
          list.append(h("div", { class: "option-group", role: "presentation" }, (group = entry.group)));
        const option = h(
          "div",
          {
            class: index === at ? "option at" : "option",
            role: "option",
            id: `${id}-option-${index}`,
            "aria-selected": String(keys.includes(entry.key)),
            onclick: () => choose(entry),
            onpointermove: () => highlight(index),
          },
          entry.lead?.(),
          h("span", { class: "grow" }, entry.text, entry.hint ? h("span", { class: "option-hint" }, entry.hint) : null),
          keys.includes(entry.key) ? icon("check") : null,
        );
        list.append(option);
        return { option, entry };
      });
      if (!matching.length) list.append(h("div", { class: "empty", role: "presentation" }, none));
      mark();
    };
    const highlight = (index) => {
      if (index === at) return;
      at = index;
      mark();
    };
    const mark = () => {
      options.forEach(({ option }, index) => option.classList.toggle("at", index === at));
      search.setAttribute("aria-activedescendant", options[at]?.option.id ?? "");
    };
    let pause = 0;
    search.addEventListener("input", () => {
      at = 0;
      clearTimeout(pause);
      if (ask) pause = setTimeout(askNow, ASK_AFTER);
      else drawList();
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        if (options[at]) choose(options[at].entry);
      } else if (event.key === "Tab") {
        shown.close();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const count = options.length || 1;
        at = (at + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
        mark();
        options[at]?.option.scrollIntoView({ block: "nearest" });
      }
    });
    const chosenAt = entries().findIndex((entry) => keys.includes(entry.key));
    at = Math.max(0, chosenAt);
    if (ask) askNow();
    else drawList();
    shown.place();
    search.focus();
    options[at]?.option.scrollIntoView({ block: "nearest" });
  }

  draw();
  return { node, set };
}
