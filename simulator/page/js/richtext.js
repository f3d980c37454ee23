// rich_text blocks → DOM nodes.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, dateNode, groupMention, link, userMention } from "./tokens.js";

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
];

function styled(node, style = {}) {
  for (const [name, tag] of STYLES) if (style[name]) node = h(tag, {}, node);
  return node;
}

const LEAVES = {
  text: (leaf) => withBreaks(leaf.text),
  link: (leaf) => link(leaf.url, leaf.text || leaf.url),
  user: (leaf) => userMention(leaf.user_id),
  usergroup: (leaf) => groupMention(leaf.usergroup_id),
  channel: (leaf) => channelMention(leaf.channel_id),
  broadcast: (leaf) => broadcast(leaf.range),
  emoji: (leaf) =>
    h("span", { class: "emoji", role: "img", "aria-label": leaf.name }, emoji(leaf.name) ?? `:${leaf.name}:`),
  date: (leaf) => dateNode(leaf.timestamp, leaf.format, leaf.fallback ?? "", leaf.url),
  color: (leaf) => h("code", {}, leaf.value),
};

const withBreaks = (text) =>
  h(
    "span",
    {},
    text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line])),
  );
const leaves = (elements) =>
  elements.map((leaf) => styled(LEAVES[leaf.type]?.(leaf) ?? h("span", {}, leaf.type), leaf.style));

const PARTS = {
  rich_text_section: (part) => h("div", {}, leaves(part.elements)),
  rich_text_quote: (part) => h("blockquote", { class: "quote" }, leaves(part.elements)),
  rich_text_preformatted: (part) =>
    h(
      "pre",
      { class: "code-block" },
      part.elements.map((leaf) => leaf.text ?? leaf.url ?? ""),
    ),
  rich_text_list: (part) =>
    h(
      part.style === "ordered" ? "ol" : "ul",
      { class: "rich-list", style: `--depth:${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => h("li", {}, leaves(item.elements))),
    ),
};

export const richText = (block) =>
  h(
    "div",
    { class: "block rich prose" },
    block.elements.map((part) => PARTS[part.type]?.(part) ?? null),
  );
