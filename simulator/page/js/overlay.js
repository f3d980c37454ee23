// Things that float above the page: popovers, menus, confirmations, toasts.
import { h, icon, iconButton } from "./dom.js";
import { textObject } from "./mrkdwn.js";

let open = null;

/** Close whatever popover is open. */
export const closePopover = () => open?.close();

/**
 * Show `content` beside `anchor` until Escape, a click elsewhere, or `close()`.
 * Focus goes back to the anchor, unless the click that closed it chose another place.
 */
export function popover(anchor, content, { label, className = "", role = "dialog", onClose = null } = {}) {
  closePopover();
  const host = anchor.closest("dialog") ?? document.body;
  const box = h("div", { class: `popover ${className}`, role, "aria-label": label }, content);
  host.append(box);
  const place = () => placeBeside(anchor, box);
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close(true);
  };
  function close(giveFocusBack = true) {
    if (open?.box !== box) return;
    open = null;
    removeEventListener("pointerdown", outside, true);
    removeEventListener("keydown", escape, true);
    removeEventListener("resize", place);
    box.remove();
    anchor.setAttribute("aria-expanded", "false");
    anchor.parentElement?.classList.remove("open");
    if (giveFocusBack && anchor.isConnected) anchor.focus({ preventScroll: true });
    onClose?.();
  }
  open = { box, close };
  anchor.setAttribute("aria-expanded", "true");
  anchor.parentElement.classList.add("open");
  addEventListener("pointerdown", outside, true);
  addEventListener("keydown", escape, true);
  addEventListener("resize", place);
  place();
  return { box, close, place };
}

const GAP = 6; // pixels between the anchor, the box and the window's edges

function placeBeside(anchor, box) {
  box.style.maxHeight = "none"; // measured at its full size
  const from = anchor.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const below = innerHeight - from.bottom - GAP * 2;
  const above = from.top - GAP * 2;
  const up = size.height > below && above > below;
  box.style.maxHeight = `${Math.max(140, up ? above : below)}px`;
  const height = Math.min(size.height, Math.max(140, up ? above : below));
  box.style.top = `${Math.max(GAP, up ? from.top - height - GAP : from.bottom + GAP)}px`;
  const rightAligned = from.left + size.width > innerWidth - GAP;
  const left = rightAligned ? Math.min(from.right, innerWidth - GAP) - size.width : from.left;
  box.style.left = `${Math.max(GAP, left)}px`;
}

/** Arrow keys, Home and End move the focus among `items()`. */
function arrowKeys(box, items) {
  box.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !all.length) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
}

/** A menu of `{text, icon? or lead?, hint?, danger?, run}`; null entries draw a line, `{heading}` a small title. */
export function menu(anchor, entries, label) {
  const list = entries.map((entry) => {
    if (!entry) return h("hr");
    if (entry.heading) return h("div", { class: "menu-heading", role: "presentation" }, entry.heading);
    return h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: entry.danger ? "menu-item danger" : "menu-item",
        onclick: () => {
          shown.close();
          entry.run();
        },
      },
      entry.icon ? icon(entry.icon) : entry.lead,
      h("span", { class: "grow" }, entry.text),
      entry.hint ? h("span", { class: "hint" }, entry.hint) : null,
    );
  });
  const shown = popover(anchor, list, { label, className: "menu", role: "menu" });
  const items = () => [...shown.box.querySelectorAll("[role=menuitem]")];
  arrowKeys(shown.box, items);
  items()[0]?.focus();
  return shown;
}

/** Ask with a Block Kit confirm object. → Promise of true or false */
export function confirmed(ask) {
  if (!ask) return Promise.resolve(true);
  return new Promise((answer) => {
    const done = (yes) => {
      dialog.remove();
      answer(yes);
    };
    const yes = h(
      "button",
      {
        type: "button",
        class: ask.style === "danger" ? "button danger" : "button primary",
        onclick: () => done(true),
      },
      ask.confirm?.text ?? "Yes",
    );
    const dialog = h(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title", oncancel: () => done(false) },
      h("h2", { id: "confirm-title" }, textObject(ask.title)),
      h("div", { class: "prose" }, textObject(ask.text)),
      h(
        "div",
        { class: "row end" },
        h("button", { type: "button", class: "button", onclick: () => done(false) }, ask.deny?.text ?? "Cancel"),
        yes,
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}

const TOAST_STAYS = 8000; // milliseconds; long enough to read a sentence and reach its button

/** Take the notice of that key away, if it is still there. */
export const dropToast = (key) => document.querySelector(`.toast[data-key="${CSS.escape(key)}"]`)?.remove();

/** A short notice at the edge of the page, with an optional `{text, run}` to press. `key` replaces an earlier one. */
export function toast(content, { tone = "", action = null, key = null, stays = TOAST_STAYS } = {}) {
  if (key) dropToast(key);
  const node = h(
    "div",
    { class: `toast ${tone}`, "data-key": key },
    h("div", { class: "grow" }, content),
    action
      ? h(
          "button",
          {
            type: "button",
            class: "button small primary",
            onclick: () => {
              node.remove();
              action.run();
            },
          },
          action.text,
        )
      : null,
    iconButton("close", "Dismiss", () => node.remove()),
  );
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), stays);
  return node;
}

/** A dialog with a title and a way out; Escape and the backdrop close it. `draw(body, close)` fills it. */
export function sheet(title, draw, className = "") {
  const body = h("div", { class: "sheet-body" });
  const dialog = h(
    "dialog",
    { class: `sheet ${className}`, "aria-label": title, onclose: () => dialog.remove() },
    h(
      "header",
      { class: "sheet-head" },
      h("h2", {}, title),
      iconButton("close", "Close", () => dialog.close()),
    ),
    body,
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  draw(body, () => dialog.close());
  dialog.showModal();
}
