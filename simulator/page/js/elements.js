// Block Kit elements people can act on: buttons, selects, inputs.
import { h, icon } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";
import { confirmed, menu } from "./overlay.js";
import { entriesOf, plain } from "./options.js";
import { picker } from "./picker.js";
import { epochToWall, wallToEpoch } from "./time.js";

// Where each element keeps its value, and where its first value comes from.
const VALUES = {
  static_select: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  channels_select: ["selected_channel", "initial_channel"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  radio_buttons: ["selected_option", "initial_option"],
  checkboxes: ["selected_options", "initial_options"],
  plain_text_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
};

const many = (type) => type.startsWith("multi_") || type === "checkboxes";

/** The value an element holds on its surface; made from its initial one the first time. */
function held(element, context) {
  const block = (context.surface.values[context.blockId] ??= {});
  const [key, initial] = VALUES[element.type];
  if (block[element.action_id]?.type !== element.type) {
    block[element.action_id] = { type: element.type, [key]: element[initial] ?? (many(element.type) ? [] : null) };
  }
  return block[element.action_id];
}

/** Keep a new value and, where the block wants it, tell the app; `undo(value)` shows the old one again if refused. */
async function change(element, context, value, node, undo) {
  const [key] = VALUES[element.type];
  const slot = held(element, context);
  const before = slot[key];
  slot[key] = value;
  if (context.input && !context.dispatch) return;
  if (!(await confirmed(element.confirm))) {
    slot[key] = before;
    undo(before);
    return;
  }
  await send(
    context,
    { type: element.type, action_id: element.action_id, block_id: context.blockId, [key]: value },
    node,
  );
}

async function send(context, action, node) {
  node.setAttribute("aria-busy", "true");
  await context.surface.send(action);
  node.removeAttribute("aria-busy");
}

function button(element, context) {
  const classes = ["button", "block-button", element.style].filter(Boolean).join(" ");
  if (element.url) {
    const tell = () =>
      context.surface.send({
        type: "button",
        action_id: element.action_id,
        block_id: context.blockId,
        value: element.value,
        text: element.text,
      });
    return h(
      "a",
      { class: classes, href: element.url, target: "_blank", rel: "noopener noreferrer", onclick: tell },
      plainText(element.text),
    );
  }
  const node = h(
    "button",
    {
      type: "button",
      class: classes,
      "aria-label": element.accessibility_label,
      "data-action": element.action_id,
      onclick: async () => {
        if (node.getAttribute("aria-busy") || !(await confirmed(element.confirm))) return;
        const action = { type: "button", action_id: element.action_id, block_id: context.blockId, text: element.text };
        if (element.value !== undefined) action.value = element.value;
        await send(context, action, node);
      },
    },
    plainText(element.text),
  );
  return node;
}

function overflow(element, context) {
  const node = h(
    "button",
    {
      type: "button",
      class: "button block-button overflow",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "data-action": element.action_id,
    },
    icon("dots"),
  );
  const run = (option) => async () => {
    if (option.url) window.open(option.url, "_blank", "noopener");
    if (!(await confirmed(element.confirm))) return;
    await send(
      context,
      { type: "overflow", action_id: element.action_id, block_id: context.blockId, selected_option: option },
      node,
    );
  };
  node.addEventListener("click", () =>
    menu(
      node,
      element.options.map((option) => ({
        text: plainText(option.text),
        hint: option.description && plainText(option.description),
        run: run(option),
      })),
      "More actions",
    ),
  );
  return node;
}

function select(element, context) {
  const [key] = VALUES[element.type];
  const slot = held(element, context);
  if (element.default_to_current_conversation && !slot[key] && context.surface.channel)
    slot[key] = context.surface.channel;
  const keysOf = (value) =>
    [value]
      .flat()
      .filter(Boolean)
      .map((each) => (typeof each === "string" ? each : each.value));
  const made = picker({
    label: context.label ?? plain(element.placeholder ?? { text: "" }),
    placeholder: element.placeholder && plain(element.placeholder),
    describedBy: context.describedBy,
    multiple: many(element.type),
    most: element.max_selected_items,
    entries: () => entriesOf(element),
    chosen: keysOf(slot[key]),
    onChange: (keys) => {
      const picked = keys.map((each) => entriesOf(element).find((entry) => entry.key === each)?.data).filter(Boolean);
      change(element, context, many(element.type) ? picked : picked[0], made.node, (before) =>
        made.set(keysOf(before)),
      );
    },
  });
  made.node.dataset.action = element.action_id;
  return made.node;
}

let groups = 0;

function ticks(element, context) {
  const [key] = VALUES[element.type];
  const several = element.type === "checkboxes";
  const slot = held(element, context);
  const group = `ticks-${(groups += 1)}`;
  const box = h("div", {
    class: "ticks",
    role: several ? "group" : "radiogroup",
    "aria-label": context.label ?? "Options",
    "data-action": element.action_id,
  });
  for (const option of element.options) {
    const picked = several ? slot[key].some((each) => each.value === option.value) : slot[key]?.value === option.value;
    const input = h("input", { type: several ? "checkbox" : "radio", name: group, checked: picked });
    const undo = (before) =>
      [...box.querySelectorAll("input")].forEach((each, at) => {
        each.checked = [before].flat().some((one) => one?.value === element.options[at].value);
      });
    input.addEventListener("change", () => {
      if (!several) return change(element, context, option, box, undo);
      const others = slot[key].filter((each) => each.value !== option.value);
      return change(element, context, input.checked ? [...others, option] : others, box, undo);
    });
    box.append(
      h(
        "label",
        { class: "tick" },
        input,
        h(
          "span",
          {},
          textObject(option.text),
          option.description ? h("span", { class: "option-hint" }, textObject(option.description)) : null,
        ),
      ),
    );
  }
  return box;
}

const INPUT_TYPES = {
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
  plain_text_input: "text",
};

function field(element, context) {
  const [key] = VALUES[element.type];
  const slot = held(element, context);
  const isMoment = element.type === "datetimepicker";
  const attributes = {
    class: "input",
    placeholder: element.placeholder && plain(element.placeholder),
    "aria-describedby": context.describedBy,
    id: context.inputId,
    "aria-label": context.inputId ? null : (context.label ?? (plain(element.placeholder ?? { text: "" }) || "Value")),
    maxlength: element.max_length,
    "data-action": element.action_id,
    autocomplete: "off",
  };
  const node = element.multiline
    ? h("textarea", { ...attributes, rows: 4 })
    : h("input", { type: INPUT_TYPES[element.type], ...attributes });
  const show = (value) => (node.value = isMoment && value ? epochToWall(value) : (value ?? ""));
  const read = () => (node.value === "" ? null : isMoment ? wallToEpoch(node.value) : node.value);
  show(slot[key]);
  if (element.type.includes("picker")) {
    node.addEventListener("change", () => change(element, context, read(), node, show));
    return node;
  }
  node.addEventListener("input", () => (slot[key] = read()));
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !element.multiline && context.dispatch && triggers.includes("on_enter_pressed")) {
      event.preventDefault();
      change(element, context, read(), node, show);
    }
  });
  if (context.dispatch && triggers.includes("on_character_entered"))
    node.addEventListener("input", () => change(element, context, read(), node, show));
  return node;
}

const DRAW = { button, overflow, radio_buttons: ticks, checkboxes: ticks };

/**
 * An interactive element. `context`: {surface, blockId, input, dispatch, label, inputId, describedBy};
 * a surface is {values, channel, send(action)}.
 */
export function interactive(element, context) {
  if (DRAW[element.type]) return DRAW[element.type](element, context);
  if (element.type.endsWith("_select")) return VALUES[element.type] ? select(element, context) : unknown(element);
  return VALUES[element.type] ? field(element, context) : unknown(element);
}

export const unknown = (thing) => h("div", { class: "unknown" }, `This page cannot show “${thing.type}” yet.`);
