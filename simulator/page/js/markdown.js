// Markdown as apps send it in markdown blocks → DOM nodes.
import { h } from "./dom.js";
import { inline } from "./mrkdwn.js";

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// Stand-ins for marks that are made of characters meaning something else in mrkdwn; none of them is ever typed.
const BOLD = "\uE000";
const ITALIC = "\uE001";

/** A line's marks, in the words of mrkdwn, with code left as it is. */
function line(text) {
  return text
    .split(/(`[^`]+`)/)
    .map((part, at) => (at % 2 ? escape(part) : marks(part)))
    .join("")
    .replaceAll(BOLD, "*")
    .replaceAll(ITALIC, "_");
}

const marks = (text) =>
  escape(text)
    .replace(/!?\[([^\]]*)\]\((https?:[^)\s]+)\)/g, (_, label, url) => `<${url}|${label || url}>`)
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, `${BOLD}$2${BOLD}`)
    .replace(/(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])/g, `${ITALIC}$1${ITALIC}`)
    .replace(/~~(?=\S)(.+?)(?<=\S)~~/g, "~$1~");

const shown = (text) => inline(line(text));
const cells = (row) =>
  row
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());

const RULE = /^ {0,3}(?:[-*_] *){3,}$/;
const HEADING = /^ {0,3}(#{1,6}) +(.*?) *#*$/;
const ITEM = /^( *)([-*+]|\d+[.)]) +(?:\[([ xX])\] +)?(.*)$/;
const TABLE_LINE = /^ *\|?(?: *:?-+:? *\|)+ *:?-*:? *\|? *$/;

/** Each kind of block: takes lines from the front of `rest` and gives a node, or null when it is not that kind. */
const KINDS = [fence, heading, rule, quote, list, table, paragraph];

function fence(rest) {
  const open = /^ {0,3}```/.test(rest[0]);
  if (!open) return null;
  rest.shift();
  const code = [];
  while (rest.length && !/^ {0,3}```/.test(rest[0])) code.push(rest.shift());
  rest.shift();
  return h("pre", { class: "code-block" }, code.join("\n"));
}

function heading(rest) {
  const found = HEADING.exec(rest[0]);
  if (!found) return null;
  rest.shift();
  const level = Math.min(found[1].length + 1, 6);
  return h(
    "div",
    { class: `md-heading md-h${found[1].length}`, role: "heading", "aria-level": level },
    shown(found[2]),
  );
}

function rule(rest) {
  if (!RULE.test(rest[0])) return null;
  rest.shift();
  return h("hr", { class: "divider" });
}

function quote(rest) {
  if (!/^ {0,3}>/.test(rest[0])) return null;
  const inside = [];
  while (rest.length && /^ {0,3}>/.test(rest[0])) inside.push(rest.shift().replace(/^ {0,3}> ?/, ""));
  return h("blockquote", { class: "quote" }, markdown(inside.join("\n")));
}

function list(rest) {
  if (!ITEM.test(rest[0])) return null;
  const items = [];
  for (let found; rest.length && (found = ITEM.exec(rest[0])); rest.shift()) {
    const [, indent, bullet, tick, text] = found;
    const mark = tick === undefined ? (/\d/.test(bullet) ? bullet : "•") : tick === " " ? "☐" : "☑";
    items.push(
      h(
        "div",
        { class: "item", style: `--depth:${Math.floor(indent.length / 2)}` },
        h("span", { class: "bullet" }, mark),
        h("span", {}, shown(text)),
      ),
    );
  }
  return h("div", { class: "md-list" }, items);
}

function table(rest) {
  if (!rest[0].includes("|") || !TABLE_LINE.test(rest[1] ?? "")) return null;
  const head = cells(rest.shift());
  rest.shift();
  const rows = [];
  while (rest.length && rest[0].includes("|")) rows.push(cells(rest.shift()));
  const row = (texts, tag) =>
    h(
      "tr",
      {},
      texts.map((text) => h(tag, {}, shown(text))),
    );
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      {},
      h("thead", {}, row(head, "th")),
      h(
        "tbody",
        {},
        rows.map((texts) => row(texts, "td")),
      ),
    ),
  );
}

function paragraph(rest) {
  const lines = [rest.shift()];
  while (rest.length && rest[0].trim() && !KINDS.slice(0, -1).some((kind) => kind([...rest]))) lines.push(rest.shift());
  return h(
    "p",
    {},
    lines.flatMap((text, at) => (at ? [h("br"), ...shown(text)] : shown(text))),
  );
}

/** → array of nodes */
export function markdown(text) {
  const rest = text.replaceAll("\r\n", "\n").split("\n");
  const nodes = [];
  while (rest.length) {
    if (!rest[0].trim()) {
      rest.shift();
      continue;
    }
    for (const kind of KINDS) {
      const node = kind(rest);
      if (!node) continue;
      nodes.push(node);
      break;
    }
  }
  return nodes;
}
