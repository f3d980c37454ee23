// The box one types into, in a channel or in a thread.
import { completion } from "./completion.js";
import { h, icon, iconButton } from "./dom.js";
import { listOf, notice } from "./lists.js";
import { pickEmoji } from "./message-actions.js";
import { act, app, store } from "./store.js";

const drafts = new Map(); // what was typed and not sent, by person, channel and thread
const TALLEST = 220; // pixels; beyond it the box scrolls

/** The message box of a channel or thread. `onEdit(ts)` is called when Up asks to edit one's last message. */
export function composer(channel, thread, { placeholder, onEdit }) {
  const id = thread ? "composer-thread" : "composer-main";
  const draftKey = `${store.me}/${channel}/${thread ?? ""}`;
  const area = h("textarea", {
    id,
    class: "composer-text",
    rows: 1,
    placeholder,
    "aria-label": placeholder,
    "aria-autocomplete": "list",
    "aria-controls": `${id}-suggestions`,
    enterkeyhint: "send",
    spellcheck: "true",
  });
  const send = h(
    "button",
    { type: "submit", class: "icon-button send", "aria-label": "Send", title: "Send (Enter)" },
    icon("send"),
  );
  const suggestions = completion(area, id);
  const status = h("div", { class: "composer-status", role: "status" });
  const form = h(
    "form",
    { class: "composer" },
    suggestions.node,
    h(
      "div",
      { class: "composer-box" },
      area,
      h(
        "div",
        { class: "composer-bar" },
        iconButton("bolt", "Commands and shortcuts", () => insert("/", true)),
        iconButton("smile", "Emoji", (event) => pickEmoji(event.currentTarget, (name) => insert(`:${name}: `))),
        h(
          "button",
          {
            type: "button",
            class: "icon-button letter",
            "aria-label": "Mention someone",
            title: "Mention someone",
            onclick: () => insert("@"),
          },
          "@",
        ),
        status,
        send,
      ),
    ),
  );

  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`;
    send.disabled = !area.value.trim();
  };
  const set = (text) => {
    area.value = text;
    area.dispatchEvent(new Event("input"));
  };
  function insert(text, atStart = false) {
    area.focus();
    if (atStart) return set(area.value.startsWith(text) ? area.value : text + area.value);
    const glue = /(^|\s)$/.test(area.value.slice(0, area.selectionStart)) ? "" : " ";
    area.setRangeText(glue + text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input"));
    return undefined;
  }

  area.addEventListener("input", () => {
    drafts.set(draftKey, area.value);
    fit();
  });
  area.addEventListener("keydown", (event) => {
    if (event.isComposing || suggestions.handles(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "ArrowUp" && !area.value) {
      const last = listOf(channel, thread)?.messages.findLast(
        (one) => one.user === store.me && !one.ephemeral && !one.subtype,
      );
      if (last) {
        event.preventDefault();
        onEdit(last.ts);
      }
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = area.value.trim();
    if (!text) return;
    set("");
    await submit(channel, thread, text, status, () => {
      if (!area.value) set(text);
    });
  });

  area.value = drafts.get(draftKey) ?? "";
  requestAnimationFrame(() => area.dispatchEvent(new Event("input")));
  /** Put a text into the box, ready to be sent. */
  const offer = (text) => {
    set(text);
    area.focus();
  };
  return { node: form, area, offer };
}

const PATIENCE = 400; // milliseconds before a command says that it waits

async function submit(channel, thread, text, status, giveBack) {
  const command = /^(\/[\w-]+)/.exec(text)?.[1];
  const waiting = setTimeout(
    () => (status.textContent = command ? `Waiting for ${app().name}…` : "Sending…"),
    PATIENCE,
  );
  const answer = await act(command ? "command" : "say", { channel, text, thread });
  clearTimeout(waiting);
  status.textContent = "";
  if (answer.ok) return;
  notice(channel, thread, command ? failure(command, answer) : (answer.message ?? answer.error));
  if (answer.error !== "operation_timeout") giveBack();
}

/** The words under a command that went wrong; the code first, as one would search for it. */
function failure(command, answer) {
  const head = `${command} failed: ${answer.error}`;
  return answer.message && answer.message !== answer.error ? `${head}. ${answer.message}` : head;
}
