// Tables: the plain one, and the one that sorts and turns pages.
import { fill, h, icon } from "./dom.js";
import { richText } from "./richtext.js";

const shown = (cell) => (cell.type === "rich_text" ? richText(cell) : (cell.text ?? String(cell.value)));
const isNumber = (cell) => cell?.type === "raw_number";

const frame = (label, content) =>
  // It scrolls sideways where it is too wide, so it takes the focus.
  h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": label }, content);

/** A table block: its first row heads the columns. */
export function table(block) {
  const [head, ...rows] = block.rows;
  const align = (at, cell) => block.column_settings?.[at]?.align ?? (isNumber(cell) ? "right" : null);
  const wrapped = (at) => block.column_settings?.[at]?.is_wrapped;
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell, at) =>
        h(tag, { class: [align(at, cell), wrapped(at) && "wrapped"].filter(Boolean).join(" ") || null }, shown(cell)),
      ),
    );
  return h(
    "div",
    { class: "block" },
    frame(
      "Table",
      h(
        "table",
        {},
        h("thead", {}, row(head, "th")),
        h(
          "tbody",
          {},
          rows.map((cells) => row(cells, "td")),
        ),
      ),
    ),
  );
}

const plain = (cell) => (isNumber(cell) ? cell.value : shownText(cell).toLowerCase());
const shownText = (cell) => (cell.type === "rich_text" ? richText(cell).textContent : cell.text);
const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));

/** A data table: a click on a column sorts by it, and long ones have pages. */
export function dataTable(block) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  const headerColumn = block.row_header_column_index ?? 0;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  let page = 0;
  let by = null; // {column, down}
  const body = h("tbody");
  const count = h("span", { class: "muted" });
  const turn = (name, label, step) =>
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": label, onclick: () => draw((page += step)) },
      icon(name),
    );
  const back = turn("back", "Previous rows", -1);
  const on = turn("next", "Next rows", 1);
  const sorters = head.map((cell, column) =>
    h(
      "button",
      { type: "button", class: "sorter", onclick: () => sortBy(column) },
      shownText(cell),
      h("span", { class: "sorted", "aria-hidden": "true" }),
    ),
  );
  const headings = sorters.map((sorter, at) => h("th", { class: isNumber(rows[0]?.[at]) ? "right" : null }, sorter));

  function sortBy(column) {
    by = { column, down: by?.column === column && !by.down };
    page = 0;
    draw();
  }
  function draw() {
    const sorted = by
      ? [...rows].sort((a, b) => compare(plain(a[by.column]), plain(b[by.column])) * (by.down ? -1 : 1))
      : rows;
    headings.forEach((heading, at) => {
      const mine = by?.column === at;
      if (mine) heading.setAttribute("aria-sort", by.down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
      sorters[at].querySelector(".sorted").textContent = mine ? (by.down ? "↓" : "↑") : "";
    });
    fill(
      body,
      sorted.slice(page * size, (page + 1) * size).map((cells) =>
        h(
          "tr",
          {},
          cells.map((cell, at) =>
            h(
              at === headerColumn ? "th" : "td",
              { class: isNumber(cell) ? "right" : null, scope: at === headerColumn ? "row" : null },
              shown(cell),
            ),
          ),
        ),
      ),
    );
    fill(count, `${page * size + 1}–${Math.min(rows.length, (page + 1) * size)} of ${rows.length}`);
    back.disabled = page === 0;
    on.disabled = page === pages - 1;
  }

  draw();
  return h(
    "div",
    { class: "block data-table" },
    frame(block.caption, h("table", {}, h("caption", {}, block.caption), h("thead", {}, h("tr", {}, headings)), body)),
    pages > 1 ? h("div", { class: "row pager" }, count, back, on) : null,
  );
}
