// What is entered into an element: kept on its surface, and told to the app where the block wants it.
import { confirmed } from "./overlay.js";

// Where each element keeps its value, and where its first value comes from.
export const VALUES = {
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  multi_external_select: ["selected_options", "initial_options"],
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
  rich_text_input: ["rich_text_value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
};

export const many = (type) => type.startsWith("multi_") || type === "checkboxes";

/** The value an element holds on its surface; made from its initial one the first time. */
export function held(element, context) {
  const block = (context.surface.values[context.blockId] ??= {});
  const [key, initial] = VALUES[element.type];
  if (block[element.action_id]?.type !== element.type) {
    block[element.action_id] = { type: element.type, [key]: element[initial] ?? (many(element.type) ? [] : null) };
  }
  return block[element.action_id];
}

/** Keep a new value and, where the block wants it, tell the app; `undo(value)` shows the old one again if refused. */
export async function change(element, context, value, node, undo) {
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

export async function send(context, action, node) {
  node.setAttribute("aria-busy", "true");
  await context.surface.send(action);
  node.removeAttribute("aria-busy");
}
