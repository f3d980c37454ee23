// Modals the app opens: a stack of views, of which the top one is shown.
import { drawBlocks } from "./blocks.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { closePopover } from "./overlay.js";
import { avatar } from "./people.js";
import { act, app, store } from "./store.js";
import { viewSurface } from "./surface.js";

const dialog = document.getElementById("modal");
const surfaces = new Map(); // view id → surface: what was typed lives as long as the view does
let shown = null;
let cameFrom = null;

dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  closeTop();
});

const topView = () => store.state?.views.at(-1);

async function closeTop() {
  const view = topView();
  if (view) await act("close", { view_id: view.id });
}

/** Show, change or close the dialog after the views changed. */
export function drawModal() {
  const { views } = store.state;
  for (const id of surfaces.keys()) if (!views.some((view) => view.id === id)) surfaces.delete(id);
  const view = topView();
  if (!view) {
    if (!dialog.open) return;
    closePopover();
    dialog.close();
    shown = null;
    cameFrom?.focus?.();
    return;
  }
  const key = `${view.id}:${view.hash}:${views.length}`;
  if (shown?.key === key) return;
  const same = shown?.id === view.id;
  const scroll = same ? dialog.querySelector(".modal-body")?.scrollTop : 0;
  const focusedBlock = same ? document.activeElement?.closest("[data-block]")?.dataset.block : null;
  if (!surfaces.has(view.id)) surfaces.set(view.id, viewSurface(view.id));
  shown = { key, id: view.id };
  closePopover();
  drawView(view, views.length);
  if (!dialog.open) {
    cameFrom = document.activeElement;
    dialog.showModal();
  }
  dialog.querySelector(".modal-body").scrollTop = scroll;
  const block = focusedBlock && dialog.querySelector(`[data-block="${CSS.escape(focusedBlock)}"]`);
  const fields = "input, textarea, select, .select";
  (
    block?.querySelector(fields) ??
    dialog.querySelector(`.modal-body :is(${fields})`) ??
    dialog.querySelector("footer .primary, .icon-button")
  )?.focus();
}

function drawView(view, depth) {
  const surface = surfaces.get(view.id);
  const problem = h("div", { class: "modal-problem", role: "alert" });
  const submit = view.submit ? h("button", { type: "submit", class: "button primary" }, plainText(view.submit)) : null;
  const form = h(
    "form",
    {
      class: "modal-form",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        send(view, surface, form, problem, submit);
      },
    },
    h(
      "header",
      { class: "modal-head" },
      avatar(app().user_id, "small"),
      h("h2", { id: "modal-title" }, plainText(view.title)),
      iconButton("close", "Close", closeTop),
    ),
    h("div", { class: "modal-body" }, drawBlocks(view.blocks, surface), problem),
    h(
      "footer",
      { class: "modal-foot" },
      h("span", { class: "muted grow" }, depth > 1 ? `Step ${depth}` : app().name),
      h(
        "button",
        { type: "button", class: "button", onclick: closeTop },
        view.close ? plainText(view.close) : depth > 1 ? "Back" : submit ? "Cancel" : "Close",
      ),
      submit,
    ),
  );
  // Enter in a text field submits even when a view has a single one, as forms do.
  dialog.setAttribute("aria-labelledby", "modal-title");
  dialog.classList.toggle("stacked", depth > 1);
  fill(dialog, form);
}

/** Fields left empty that may not be: said here, before asking the app, in the words forms use. */
function missing(view, values) {
  const errors = {};
  for (const block of view.blocks) {
    if (block.type !== "input" || block.optional) continue;
    const { type, ...value } = values[block.block_id]?.[block.element.action_id] ?? {};
    const held = Object.values(value)[0];
    if (held === null || held === undefined || held === "" || (Array.isArray(held) && !held.length))
      errors[block.block_id] = "Please fill in this field";
  }
  return errors;
}

async function send(view, surface, form, problem, submit) {
  if (submit?.getAttribute("aria-busy")) return;
  fill(problem);
  const values = Object.fromEntries(
    view.blocks
      .filter((block) => surface.values[block.block_id])
      .map((block) => [block.block_id, surface.values[block.block_id]]),
  );
  const empty = missing(view, values);
  if (Object.keys(empty).length) return showErrors(form, empty);
  submit.setAttribute("aria-busy", "true");
  const answer = await act("submit", { view_id: view.id, values });
  submit.removeAttribute("aria-busy");
  showErrors(form, answer.errors ?? {});
  if (!answer.ok && !answer.errors)
    fill(
      problem,
      icon("warn"),
      h("span", {}, `We had some trouble connecting: ${answer.message ?? answer.error}. Try again?`),
    );
  return undefined;
}

function showErrors(form, errors) {
  let first = null;
  for (const block of form.querySelectorAll("[data-block]")) {
    const text = errors[block.dataset.block];
    fill(block.querySelector(".field-error"), text ? [icon("warn"), text] : null);
    block.classList.toggle("wrong", Boolean(text));
    const control = block.querySelector("input, textarea, .select");
    if (text) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
    if (text) first ??= control;
  }
  first?.focus();
}
