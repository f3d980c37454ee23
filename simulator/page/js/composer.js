// The box one types into, in a channel or in a thread.
import * as api from "./api.js";
import { completion } from "./completion.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { listOf, notice } from "./lists.js";
import { pickEmoji } from "./message-actions.js";
import { act, app, personName, store } from "./store.js";
import { toast } from "./overlay.js";

const drafts = new Map(); // what was typed and not sent, by person, channel and thread
const TALLEST = 220; // pixels; beyond it the box scrolls
const TYPING_TOLD = 3000; // milliseconds between two tellings that one types
const TYPING_SHOWN = 4500; // milliseconds that somebody is taken to type after such a telling

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
  const files = attached(() => fit());
  const form = h(
    "form",
    { class: "composer" },
    suggestions.node,
    h(
      "div",
      { class: "composer-box" },
      files.node,
      area,
      h(
        "div",
        { class: "composer-bar" },
        iconButton("clip", "Attach files", () => files.pick()),
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
    send.disabled = !area.value.trim() && !files.list().length;
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

  let told = 0;
  area.addEventListener("input", () => {
    drafts.set(draftKey, area.value);
    fit();
    // Nobody is told that a command is on its way.
    if (document.activeElement !== area || !area.value || area.value.startsWith("/")) return;
    if (Date.now() - told < TYPING_TOLD) return;
    told = Date.now();
    act("typing", { channel });
  });
  area.addEventListener("paste", (event) => files.add(event, event.clipboardData));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => files.add(event, event.dataTransfer));
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
    const chosen = files.take();
    if (!text && !chosen.length) return;
    told = 0;
    set("");
    if (chosen.length) return shareAll(channel, thread, chosen, text, status);
    return submit(channel, thread, text, status, () => {
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
  return { node: form, area, offer, showTyping: typists(status) };
}

// --- who else types ----------------------------------------------------------------------------

/** → function(person's id): shows for a while that they type */
function typists(status) {
  const seen = new Map();
  const line = h("span", { class: "typing" });
  const draw = () => {
    const names = [...seen.keys()].map((id) => personName(id).split(" ")[0]);
    if (!names.length) line.remove();
    line.textContent = names.length
      ? `${names.length > 2 ? "Several people are" : names.join(" and ") + (names.length > 1 ? " are" : " is")} typing…`
      : "";
    if (!line.isConnected && names.length && !status.textContent) fill(status, line);
  };
  return (id, stopped = false) => {
    clearTimeout(seen.get(id));
    seen.delete(id);
    const gone = () => {
      seen.delete(id);
      draw();
    };
    if (!stopped) seen.set(id, setTimeout(gone, TYPING_SHOWN));
    draw();
  };
}

// --- files -------------------------------------------------------------------------------------

/** The files waiting to be sent. → {node, pick(), add(event, data), list(), take()} */
function attached(changed) {
  let chosen = [];
  const node = h("ul", { class: "attached", hidden: true, "aria-label": "Files to send" });
  const input = h("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabindex: "-1" });
  const draw = () => {
    node.hidden = !chosen.length;
    fill(
      node,
      chosen.map((file) =>
        h(
          "li",
          {},
          icon("file"),
          h("span", { class: "ellipsis" }, file.name),
          iconButton("close", `Leave out ${file.name}`, () => change(chosen.filter((each) => each !== file))),
        ),
      ),
    );
    changed();
  };
  const change = (files) => {
    chosen = files;
    draw();
  };
  input.addEventListener("change", () => {
    change([...chosen, ...input.files]);
    input.value = "";
  });
  return {
    node,
    pick: () => input.click(),
    add(event, data) {
      if (!data?.files.length) return;
      event.preventDefault();
      change([...chosen, ...data.files]);
    },
    list: () => chosen,
    take() {
      const taken = chosen;
      change([]);
      return taken;
    },
  };
}

/** Share files one after the other, the words with the first. */
async function shareAll(channel, thread, files, text, status) {
  for (const [at, file] of files.entries()) {
    status.textContent = `Sending ${file.name}…`;
    const answer = await api.upload(store.me, channel, file, { text: at ? "" : text, thread });
    status.textContent = "";
    if (!answer.ok) toast(`${file.name}: ${answer.message ?? answer.error}`, { tone: "bad" });
  }
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
