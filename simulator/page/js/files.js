// What was uploaded: pictures as they are, texts by their first lines, anything else by its name.
import { h, icon } from "./dom.js";

const UNITS = ["bytes", "kB", "MB", "GB"];

function sizeOf(bytes) {
  const at = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** at;
  return `${at && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[at]}`;
}

const isPicture = (one) => one.mimetype?.startsWith("image/");
const nameOf = (one) => one.title || one.name || "File";

const outside = (url, attributes, ...children) =>
  h("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);

function picture(one) {
  const shown = h("img", {
    class: "picture",
    src: one.thumb_720 ?? one.thumb_360 ?? one.url_private,
    alt: one.alt_txt || nameOf(one),
    loading: "lazy",
    // Known sizes keep the list from jumping once the picture is there.
    width: one.original_w ?? null,
    height: one.original_h ?? null,
  });
  return h(
    "figure",
    { class: "upload" },
    h("figcaption", {}, nameOf(one)),
    outside(one.url_private, { class: "picture-link" }, shown),
  );
}

function document_(one) {
  const kind = [one.pretty_type, one.size !== undefined ? sizeOf(one.size) : null].filter(Boolean).join(" · ");
  return h(
    "div",
    { class: "upload" },
    h(
      "div",
      { class: "file" },
      icon("file"),
      h(
        "div",
        { class: "grow" },
        h("div", { class: "ellipsis card-title" }, outside(one.url_private, {}, nameOf(one))),
        kind ? h("div", { class: "muted" }, kind) : null,
      ),
      outside(
        one.url_private_download ?? one.url_private,
        { class: "icon-button", download: one.name ?? "", "aria-label": `Download ${nameOf(one)}` },
        icon("download"),
      ),
    ),
    one.preview
      ? h(
          "pre",
          { class: "code-block file-preview", tabindex: "0", role: "region", "aria-label": `Start of ${nameOf(one)}` },
          one.preview,
        )
      : null,
  );
}

/** The files of a message. → array of nodes */
export const drawFiles = (files = []) =>
  files.map((one) =>
    one.mode === "tombstone"
      ? h("div", { class: "unknown" }, "This file was deleted.")
      : isPicture(one)
        ? picture(one)
        : document_(one),
  );
