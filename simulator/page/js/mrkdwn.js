// Slack's mrkdwn → DOM nodes.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { inlineToken, link } from "./tokens.js";

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Everything mrkdwn knows: code blocks, quotes, list lines, and inline marks. → array of nodes */
export function mrkdwn(text) {
  const nodes = [];
  for (const [at, part] of text.split("```").entries()) {
    // An odd number of fences leaves the last one open: it is shown as it was typed.
    const open = at % 2 === 1 && at === text.split("```").length - 1;
    if (open) nodes.push(...lines("```" + part));
    else if (at % 2 === 1) nodes.push(h("pre", { class: "code-block" }, codeText(part.replace(/^\n|\n$/g, ""))));
    else nodes.push(...lines(at > 0 ? part.replace(/^\n/, "") : part));
  }
  return nodes;
}

/** Tokens keep their plain form inside code. */
const codeText = (text) => unescape(text.replace(/<(https?:[^|>]+)(\|[^>]*)?>/g, "$1"));

const QUOTE = /^(?:&gt;|>)(?!&gt;|>) ?(.*)$/;
const ITEM = /^(\s*)(•|◦|▪︎|-|\d+\.) +(.*)$/;

function lines(text) {
  if (text === "") return [];
  const nodes = [];
  let quote = null;
  let plain = false; // whether the line before was ordinary text, and so needs a break before the next
  for (const line of text.split("\n")) {
    const quoted = QUOTE.exec(line);
    const item = quoted ? null : ITEM.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote", { class: "quote" })));
      else quote.append(h("br"));
      quote.append(...inline(quoted[1]));
      plain = false;
      continue;
    }
    quote = null;
    if (item) {
      nodes.push(
        h(
          "div",
          { class: "item", style: `--depth:${Math.floor(item[1].length / 2)}` },
          h("span", { class: "bullet" }, item[2] === "-" ? "–" : item[2]),
          h("span", {}, inline(item[3])),
        ),
      );
      plain = false;
      continue;
    }
    if (plain) nodes.push(h("br"));
    nodes.push(...inline(line));
    plain = true;
  }
  return nodes;
}

const MARKS = { "*": "strong", _: "em", "~": "s" };

/** One line's inline marks, tokens and emoji. → array of nodes */
export function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(unescape(plain));
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = special(text, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else plain += text[at++];
  }
  flush();
  return nodes;
}

function special(text, at) {
  const character = text[at];
  if (character === "<") return token(text, at);
  if (character === "`") return code(text, at);
  if (character === ":") return shortcode(text, at);
  if (MARKS[character]) return mark(text, at, character);
  if (character === "h" && /^https?:\/\//.test(text.slice(at, at + 8)) && !/\w/.test(text[at - 1] ?? ""))
    return bareLink(text, at);
  return null;
}

function token(text, at) {
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const node = inlineToken(text.slice(at + 1, end), unescape);
  return node && { node, end: end + 1 };
}

function code(text, at) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1) return null;
  return { node: h("code", {}, codeText(text.slice(at + 1, end))), end: end + 1 };
}

function shortcode(text, at) {
  const found = /^:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:/.exec(text.slice(at, at + 60));
  const character = found && emoji(found[1]);
  if (!character) return null;
  return {
    node: h("span", { class: "emoji", role: "img", "aria-label": found[1], title: `:${found[1]}:` }, character),
    end: at + found[0].length,
  };
}

/** Bold, italic, strike: the mark stands at a word's edge outside and against text inside, as in Slack. */
function mark(text, at, character) {
  if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? "") || /\s/.test(text[at + 1] ?? " ") || text[at + 1] === character)
    return null;
  let end = at + 1;
  for (;;) {
    end = text.indexOf(character, end + 1);
    if (end < 0) return null;
    const insideToken = text.lastIndexOf("<", end) > text.lastIndexOf(">", end);
    if (!insideToken && !/\s/.test(text[end - 1]) && !/[\p{L}\p{N}]/u.test(text[end + 1] ?? "")) break;
  }
  return { node: h(MARKS[character], {}, inline(text.slice(at + 1, end))), end: end + 1 };
}

function bareLink(text, at) {
  const url = /^https?:\/\/[^\s<>|*~`]+[^\s<>|*~`.,;:!?)_]/.exec(text.slice(at));
  return url && { node: link(unescape(url[0]), unescape(url[0])), end: at + url[0].length };
}

/** Plain text objects: no marks, but emoji when the object asks for them (Slack's default). */
export function plainText(object) {
  if (!object) return [];
  if (object.emoji === false) return [object.text];
  return object.text
    .split(/(:[a-z0-9_+'-]+:)/)
    .map((part, index) => (index % 2 ? (emoji(part.slice(1, -1)) ?? part) : part));
}

/** A text object of either kind. → array of nodes */
export const textObject = (object) => (object?.type === "mrkdwn" ? mrkdwn(object.text) : plainText(object));
