// What a select offers: its own options, or the people and channels of the workspace.
import { icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { channelName, store } from "./store.js";

/** A plain text object as a string. */
export const plain = (object) => plainText(object).join("");

function optionEntries(element) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return groups.flatMap((group) =>
    group.options.map((option) => ({
      key: option.value,
      text: plain(option.text),
      hint: option.description && plain(option.description),
      group: group.label && plain(group.label),
      data: option,
    })),
  );
}

const userEntries = () =>
  store.state.people
    .filter((one) => !one.deleted)
    .map((one) => ({
      key: one.id,
      text: one.real_name || one.name,
      hint: `@${one.name}`,
      lead: () => avatar(one.id, "small"),
      data: one.id,
    }));

function conversationEntries(kinds) {
  return store.state.channels
    .filter((one) => kinds.includes(one.kind) && !one.is_archived)
    .map((one) => ({
      key: one.id,
      text: channelName(one),
      lead: () => (one.kind === "im" ? avatar(one.with, "small") : icon(one.kind === "private" ? "lock" : "hash")),
      data: one.id,
    }));
}

const CONVERSATION_KINDS = { public: "channel", private: "private", im: "im", mpim: "mpim" };

/** → [{key, text, hint?, group?, lead?, data}]; `data` is what Slack sends for the choice. */
export function entriesOf(element) {
  if (element.type.endsWith("users_select")) return userEntries();
  if (element.type.endsWith("channels_select")) return conversationEntries(["channel"]);
  if (element.type.endsWith("conversations_select")) {
    const include = element.filter?.include ?? Object.keys(CONVERSATION_KINDS);
    return conversationEntries(include.map((kind) => CONVERSATION_KINDS[kind]));
  }
  return optionEntries(element);
}
