// Block Kit layout blocks → DOM nodes.
import { alert, card, carousel, container, contextActions, plan, remoteFile, taskCard, video } from "./cards.js";
import { chart } from "./charts.js";
import { h } from "./dom.js";
import { interactive, unknown } from "./elements.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

/** A picture; one that cannot be had leaves its description in its place. */
export function image(one, className) {
  const alt = one.alt_text ?? "";
  const node = h("img", {
    class: className,
    src: one.image_url ?? one.slack_file?.url,
    alt,
    loading: "lazy",
    onerror: () =>
      node.replaceWith(h("span", { class: `${className} no-picture` }, className === "picture" ? alt : "")),
  });
  return node;
}

function section(block, surface) {
  const accessory = block.accessory;
  return h(
    "div",
    { class: "block section" },
    h(
      "div",
      { class: "section-text" },
      block.text ? h("div", { class: "prose" }, textObject(block.text)) : null,
      block.fields
        ? h(
            "div",
            { class: "fields" },
            block.fields.map((field) => h("div", { class: "field prose" }, textObject(field))),
          )
        : null,
    ),
    accessory
      ? h(
          "div",
          { class: "accessory" },
          accessory.type === "image"
            ? image(accessory, "thumb")
            : interactive(accessory, { surface, blockId: block.block_id, label: accessoryLabel(block, accessory) }),
        )
      : null,
  );
}

/** A control beside a text is named by that text, unless it says what it is itself. */
function accessoryLabel(block, accessory) {
  if (accessory.placeholder) return accessory.placeholder.text;
  return block.text?.text.slice(0, 80).replace(/[*_~`]/g, "");
}

const header = (block) =>
  h("div", { class: "block block-header", role: "heading", "aria-level": "2" }, plainText(block.text));
const divider = () => h("hr", { class: "block divider" });

const context = (block) =>
  h(
    "div",
    { class: "block context" },
    block.elements.map((element) =>
      element.type === "image" ? image(element, "context-image") : h("span", { class: "prose" }, textObject(element)),
    ),
  );

const actions = (block, surface) =>
  h(
    "div",
    { class: "block actions" },
    block.elements.map((element) => interactive(element, { surface, blockId: block.block_id })),
  );

let inputs = 0;

const WITH_OWN_FIELD = /_input$|picker$/;

function input(block, surface) {
  const id = `input-${(inputs += 1)}`;
  const label = plainText(block.label).join("");
  const native = WITH_OWN_FIELD.test(block.element.type);
  const describedBy = [block.hint ? `${id}-hint` : null, `${id}-error`].filter(Boolean).join(" ");
  const control = interactive(block.element, {
    surface,
    blockId: block.block_id,
    input: true,
    dispatch: block.dispatch_action === true,
    label,
    describedBy,
    inputId: native ? id : null,
  });
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  return h(
    "div",
    { class: "block input-block", "data-block": block.block_id },
    native ? h("label", { class: "label", for: id }, label, optional) : h("div", { class: "label" }, label, optional),
    control,
    h("div", { class: "field-error", id: `${id}-error`, role: "alert" }),
    block.hint ? h("div", { class: "hint-text", id: `${id}-hint` }, plainText(block.hint)) : null,
  );
}

const picture = (block) =>
  h(
    "figure",
    { class: "block figure" },
    block.title ? h("figcaption", {}, plainText(block.title)) : null,
    image(block, "picture"),
  );

const markdownBlock = (block) => h("div", { class: "block prose md" }, markdown(block.text));

const BLOCKS = {
  section,
  header,
  divider,
  context,
  actions,
  input,
  image: picture,
  rich_text: richText,
  table,
  markdown: markdownBlock,
  data_table: dataTable,
  data_visualization: chart,
  alert,
  card,
  carousel,
  container,
  context_actions: contextActions,
  file: remoteFile,
  plan,
  task_card: taskCard,
  video,
};

/** Draw blocks. `surface`: {values, channel, send(action)}; see elements.js. → array of nodes */
export const drawBlocks = (blocks, surface) =>
  blocks.map((block) => (BLOCKS[block.type] ? BLOCKS[block.type](block, surface) : unknown(block)));
