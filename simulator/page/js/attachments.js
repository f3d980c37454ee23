// What hangs under a message: an app's attachments of old, and previews of links.
import { drawBlocks, image } from "./blocks.js";
import { h } from "./dom.js";
import { drawFiles } from "./files.js";
import { mrkdwn, plainText } from "./mrkdwn.js";
import { link } from "./tokens.js";
import { clockTime, dayName, instant } from "./time.js";

const NAMED_COLOURS = { good: "#2eb67d", warning: "#e0a40c", danger: "#d0402b" };

function barOf(colour = "") {
  if (NAMED_COLOURS[colour]) return NAMED_COLOURS[colour];
  const found = /^#?([0-9a-f]{6})$/i.exec(colour);
  return found ? `#${found[1]}` : null;
}

const small = (url, alt) => (url ? image({ image_url: url, alt_text: alt }, "context-image") : null);

function body(one, surface) {
  if (one.blocks?.length) return drawBlocks(one.blocks, surface);
  if (one.message_blocks?.length) return one.message_blocks.map((each) => drawBlocks(each.message.blocks, surface));
  const text = one.text ?? one.fallback;
  return text && !(one.text === undefined && one.title) ? h("div", { class: "prose" }, mrkdwn(text)) : null;
}

const fields = (one) =>
  one.fields?.length
    ? h(
        "div",
        { class: "fields" },
        one.fields.map((each) =>
          h(
            "div",
            { class: each.short === false ? "field prose whole" : "field prose" },
            h("strong", {}, each.title),
            h("br"),
            mrkdwn(each.value ?? ""),
          ),
        ),
      )
    : null;

const footer = (one) =>
  one.footer || one.ts
    ? h(
        "div",
        { class: "attachment-foot" },
        small(one.footer_icon, ""),
        [one.footer, one.ts ? `${dayName(instant(one.ts))} at ${clockTime(instant(one.ts))}` : null]
          .filter(Boolean)
          .join(" · "),
      )
    : null;

/** One attachment or link preview. `surface` carries the values of blocks in it. */
export function attachment(one, surface) {
  const bar = barOf(one.color);
  const title = one.title ? (typeof one.title === "string" ? one.title : plainText(one.title)) : null;
  const source = one.service_name ?? one.author_name;
  return h(
    "div",
    { class: "attachment-frame" },
    one.pretext ? h("div", { class: "prose" }, mrkdwn(one.pretext)) : null,
    h(
      "div",
      { class: "attachment", style: bar ? `--bar:${bar}` : null },
      h(
        "div",
        { class: "grow" },
        source
          ? h(
              "div",
              { class: "attachment-source" },
              small(one.service_icon ?? one.author_icon, ""),
              one.author_link ? link(one.author_link, source) : source,
            )
          : null,
        title ? h("div", { class: "attachment-title" }, one.title_link ? link(one.title_link, title) : title) : null,
        body(one, surface),
        fields(one),
        one.image_url ? image({ image_url: one.image_url, alt_text: one.fallback ?? "" }, "picture") : null,
        drawFiles(one.files),
        footer(one),
      ),
      one.thumb_url && !one.image_url ? image({ image_url: one.thumb_url, alt_text: "" }, "thumb") : null,
    ),
  );
}
