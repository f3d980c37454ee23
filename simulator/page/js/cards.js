// The newer blocks: cards and what holds them, alerts, plans, videos, buttons under an answer.
import { drawBlocks, image } from "./blocks.js";
import { h, icon } from "./dom.js";
import { interactive } from "./elements.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { link } from "./tokens.js";

/** A card; its buttons act in the card's own block. */
export const card = (block, surface) =>
  h(
    "div",
    { class: "block card" },
    block.hero_image ? image(block.hero_image, "card-hero") : null,
    h(
      "div",
      { class: "card-head" },
      block.icon ? image(block.icon, "card-icon") : null,
      h(
        "div",
        { class: "grow" },
        block.title ? h("div", { class: "card-title prose" }, textObject(block.title)) : null,
        block.subtitle ? h("div", { class: "muted prose" }, textObject(block.subtitle)) : null,
      ),
    ),
    block.body ? h("div", { class: "prose card-body" }, textObject(block.body)) : null,
    block.actions?.length
      ? h(
          "div",
          { class: "actions" },
          block.actions.map((element) => interactive(element, { surface, blockId: block.block_id })),
        )
      : null,
  );

export const carousel = (block, surface) =>
  h(
    "div",
    { class: "block carousel", tabindex: "0", role: "region", "aria-label": "Cards" },
    block.elements.map((each) => card({ block_id: block.block_id, ...each }, surface)),
  );

export function container(block, surface) {
  const title = [
    block.icon ? image(block.icon, "card-icon") : null,
    h(
      "span",
      { class: "grow" },
      h("span", { class: "card-title" }, block.title ? plainText(block.title) : null),
      block.rich_text_title ? richText(block.rich_text_title) : null,
      block.subtitle ? h("span", { class: "muted container-subtitle" }, textObject(block.subtitle)) : null,
    ),
  ];
  const children = h("div", { class: "container-body" }, drawBlocks(block.child_blocks, surface));
  const classes = ["block container", block.width, block.has_header_divider && "divided"].filter(Boolean).join(" ");
  if (!block.is_collapsible) return h("section", { class: classes }, h("div", { class: "card-head" }, title), children);
  return h(
    "details",
    { class: classes, open: !block.default_collapsed },
    h("summary", { class: "card-head" }, title, icon("down")),
    children,
  );
}

const ALERT_ICONS = { warning: "warn", error: "warn", success: "check" };

export const alert = (block) =>
  h(
    "div",
    { class: `block alert ${block.level ?? "default"}`, role: "note" },
    icon(ALERT_ICONS[block.level] ?? "info"),
    h("div", { class: "prose grow" }, textObject(block.text)),
  );

const STATUS = {
  pending: ["clock", "Waiting"],
  in_progress: ["sliders", "Under way"],
  complete: ["check", "Done"],
  error: ["warn", "Failed"],
};

export function taskCard(block) {
  const [name, words] = STATUS[block.status] ?? STATUS.pending;
  return h(
    "div",
    { class: `block task ${block.status}` },
    h("span", { class: "task-mark", title: words }, icon(name), h("span", { class: "sr" }, words)),
    h(
      "div",
      { class: "grow" },
      h("div", { class: "card-title" }, block.title),
      block.details ? richText(block.details) : null,
      block.output ? richText(block.output) : null,
      block.sources?.length
        ? h(
            "div",
            { class: "row wrap" },
            block.sources.map((one) => link(one.url, one.text ?? one.url)),
          )
        : null,
    ),
  );
}

export const plan = (block) =>
  h(
    "section",
    { class: "block plan" },
    h("div", { class: "card-title" }, block.title),
    (block.tasks ?? []).map(taskCard),
  );

/** Nothing is played here: the picture leads to where it is. */
export const video = (block) =>
  h(
    "figure",
    { class: "block video" },
    h(
      "figcaption",
      {},
      block.provider_name ? h("div", {}, block.provider_name) : null,
      h(
        "div",
        { class: "card-title" },
        block.title_url ? link(block.title_url, plainText(block.title)) : plainText(block.title),
      ),
      block.description ? h("div", { class: "muted" }, plainText(block.description)) : null,
    ),
    h(
      "a",
      { class: "video-frame", href: block.video_url, target: "_blank", rel: "noopener noreferrer" },
      h("img", { class: "picture", src: block.thumbnail_url, alt: block.alt_text, loading: "lazy" }),
      h("span", { class: "play" }, icon("play")),
    ),
  );

export const remoteFile = (block) =>
  h("div", { class: "block file" }, icon("file"), h("span", { class: "grow" }, `File ${block.external_id}`));

const opinion = (element, side, name, surface, blockId) => {
  const one = element[`${side}_button`];
  const act = { type: element.type, action_id: element.action_id, block_id: blockId, value: one.value, text: one.text };
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      title: plainText(one.text).join(""),
      "aria-label": one.accessibility_label ?? plainText(one.text).join(""),
      onclick: () => surface.send(act),
    },
    icon(name),
  );
};

export const contextActions = (block, surface) =>
  h(
    "div",
    { class: "block row" },
    block.elements.map((element) =>
      element.type === "feedback_buttons"
        ? [
            opinion(element, "positive", "thumbsup", surface, block.block_id),
            opinion(element, "negative", "thumbsdown", surface, block.block_id),
          ]
        : interactive(element, { surface, blockId: block.block_id }),
    ),
  );
