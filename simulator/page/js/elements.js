// Block Kit elements people can act on: buttons, selects, inputs.
import { h, icon, iconButton } from "./dom.js";
import { VALUES, change, held, send } from "./element-values.js";
import { plainText, textObject } from "./mrkdwn.js";
import { plain } from "./options.js";
import { confirmed, menu } from "./overlay.js";
import { richText } from "./richtext.js";
import { select } from "./selects.js";
import { epochToWall, wallToEpoch } from "./time.js";

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

/** A button that is only a picture; of those that exist, the bin. */
function iconOnly(element, context) {
  const words = element.accessibility_label ?? plainText(element.text).join("");
  const node = iconButton("trash", words, async () => {
    if (node.getAttribute("aria-busy") || !(await confirmed(element.confirm))) return;
    const { type, action_id, value, text } = element;
    await send(context, { type, action_id, block_id: context.blockId, value, text }, node);
  });
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

/** Lines as Slack keeps what was typed into a field for rich text, and back. */
const richOf = (text) => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }],
});
const textOf = (value) => (value ? richText(value).textContent : "");

function field(element, context) {
  const [key] = VALUES[element.type];
  const slot = held(element, context);
  const isMoment = element.type === "datetimepicker";
  const isRich = element.type === "rich_text_input";
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
  const node =
    element.multiline || isRich
      ? h("textarea", { ...attributes, rows: 4 })
      : h("input", { type: INPUT_TYPES[element.type], ...attributes });
  const show = (value) =>
    (node.value = isRich ? textOf(value) : isMoment && value ? epochToWall(value) : (value ?? ""));
  const read = () =>
    node.value === "" ? null : isRich ? richOf(node.value) : isMoment ? wallToEpoch(node.value) : node.value;
  show(slot[key]);
  if (element.type.includes("picker")) {
    node.addEventListener("change", () => change(element, context, read(), node, show));
    return node;
  }
  node.addEventListener("input", () => (slot[key] = read()));
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  node.addEventListener("keydown", (event) => {
    if (
      event.key === "Enter" &&
      node.tagName === "INPUT" &&
      context.dispatch &&
      triggers.includes("on_enter_pressed")
    ) {
      event.preventDefault();
      change(element, context, read(), node, show);
    }
  });
  if (context.dispatch && triggers.includes("on_character_entered"))
    node.addEventListener("input", () => change(element, context, read(), node, show));
  return node;
}

const DRAW = {
  button,
  overflow,
  icon_button: iconOnly,
  workflow_button: button,
  radio_buttons: ticks,
  checkboxes: ticks,
};

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
