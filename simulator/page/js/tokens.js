// What stands between < and > in mrkdwn: people, channels, groups, dates, links.
import { h } from "./dom.js";
import { channel, channelName, person, store } from "./store.js";
import { dateToken, fullTime } from "./time.js";
import { permalinkTarget, show } from "./route.js";

/** Someone's name; yellow when it is oneself. */
export function userMention(id) {
  const mine = id === store.me;
  return h(
    "span",
    { class: mine ? "mention mine" : "mention", title: person(id)?.real_name ?? id },
    `@${person(id)?.name ?? id}`,
  );
}

export function groupMention(id, fallback) {
  const group = store.state?.usergroups.find((each) => each.id === id);
  const mine = group?.users.includes(store.me);
  return h(
    "span",
    { class: mine ? "mention mine" : "mention", title: group?.name ?? id },
    `@${group?.handle ?? fallback?.replace(/^@/, "") ?? id}`,
  );
}

/** A channel's name, leading there; a private one the person is not in is not named. */
export function channelMention(id, fallback) {
  const found = channel(id);
  if (!found) return h("span", { class: "mention" }, fallback ? `#${fallback}` : "🔒 private channel");
  return h(
    "button",
    { type: "button", class: "mention channel-mention", onclick: () => show(id) },
    `#${channelName(found)}`,
  );
}

export const broadcast = (word) => h("span", { class: "mention mine" }, `@${word}`);

export function dateNode(seconds, template, fallback, url) {
  if (!Number.isFinite(seconds)) return h("span", {}, fallback);
  const text = dateToken(seconds, template);
  const date = new Date(seconds * 1000);
  const node = h("time", { datetime: date.toISOString(), title: fullTime(date) }, text);
  return url ? link(url, [node]) : node;
}

/** A link. Links to a message of this workspace lead there; others open in a tab of their own. */
export function link(url, label) {
  if (!/^(https?|mailto|tel):/i.test(url)) return h("span", {}, label);
  const target = permalinkTarget(url);
  if (!target) return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
  return h(
    "a",
    {
      href: url,
      onclick: (event) => {
        event.preventDefault();
        show(target.channel, { thread: target.thread, at: target.ts });
      },
    },
    label,
  );
}

/** The node for a token's inside, or null when it is not one. */
export function inlineToken(inside, unescape) {
  const bar = inside.indexOf("|");
  const body = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : unescape(inside.slice(bar + 1));
  if (body.startsWith("@")) return userMention(body.slice(1));
  if (body.startsWith("#")) return channelMention(body.slice(1), label);
  if (body.startsWith("!subteam^")) return groupMention(body.slice(9), label);
  if (body.startsWith("!date^")) {
    const [, seconds, template, url] = body.split("^");
    return dateNode(Number(seconds), unescape(template ?? ""), label ?? "", url);
  }
  if (/^!(here|channel|everyone)$/.test(body)) return broadcast(body.slice(1));
  if (body.startsWith("!")) return h("span", {}, label ?? `<${body}>`);
  if (/^(https?|mailto|tel):/i.test(body)) return link(unescape(body), label || unescape(body).replace(/^mailto:/, ""));
  return null;
}
