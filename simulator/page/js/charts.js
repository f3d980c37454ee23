// Charts of data_visualization blocks: bars, lines, areas, and a pie. The numbers are there as a table as well.
import { h, svg } from "./dom.js";

const WIDE = 560;
const HIGH = 220;
const LEFT = 44; // room for the scale
const BELOW = 26; // room for the categories
const TOP = 8;

const colour = (at) => `var(--chart-${at + 1})`;
const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** A round step so that about four lines fill the height. */
function stepOf(span) {
  const rough = span / 4 || 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((each) => each * size).find((each) => each >= rough);
}

/** The scale of all values, zero included: {low, high, step, y(value)}. */
function scaleOf(values) {
  const step = stepOf(Math.max(0, ...values) - Math.min(0, ...values));
  const low = Math.floor(Math.min(0, ...values) / step) * step;
  const high = Math.max(Math.ceil(Math.max(0, ...values) / step) * step, low + step);
  const y = (value) => TOP + ((high - value) / (high - low)) * (HIGH - TOP - BELOW);
  return { low, high, step, y };
}

function grid({ low, high, step, y }) {
  const lines = [];
  for (let value = low; value <= high + step / 2; value += step)
    lines.push(
      svg("line", { x1: LEFT, x2: WIDE, y1: y(value), y2: y(value), class: "chart-line" }),
      svg("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, compact.format(value)),
    );
  return lines;
}

const valueAt = (series, category) => series.data.find((point) => point.label === category)?.value ?? 0;

function plotted(chart) {
  const { categories } = chart.axis_config;
  const scale = scaleOf(chart.series.flatMap((series) => series.data.map((point) => point.value)));
  const slot = (WIDE - LEFT) / categories.length;
  const middle = (at) => LEFT + slot * (at + 0.5);
  // Every category is named where there is room for it, else every second, third, …
  const every = Math.ceil((categories.length * 64) / (WIDE - LEFT));
  const names = categories.map((name, at) =>
    at % every ? null : svg("text", { x: middle(at), y: HIGH - 6, "text-anchor": "middle" }, name),
  );
  const draw = chart.type === "bar" ? bars : lines;
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "chart", "aria-hidden": "true" },
    grid(scale),
    draw(chart, { scale, slot, middle, categories }),
    names,
  );
}

function bars(chart, { scale, slot, middle, categories }) {
  const width = Math.min(34, (slot * 0.72) / chart.series.length);
  return chart.series.flatMap((series, nth) =>
    categories.map((category, at) => {
      const value = valueAt(series, category);
      const [top, foot] = [scale.y(Math.max(0, value)), scale.y(Math.min(0, value))];
      return svg(
        "rect",
        {
          x: middle(at) + (nth - chart.series.length / 2) * width + 1,
          y: top,
          width: width - 2,
          height: Math.max(1, foot - top),
          rx: 2,
          fill: colour(nth),
        },
        svg("title", {}, `${series.name}, ${category}: ${number.format(value)}`),
      );
    }),
  );
}

function lines(chart, { scale, middle, categories }) {
  return chart.series.flatMap((series, nth) => {
    const points = categories.map((category, at) => [middle(at), scale.y(valueAt(series, category))]);
    const path = points.map(([x, y], at) => `${at ? "L" : "M"}${x} ${y}`).join("");
    const foot = scale.y(0);
    const area = `${path}L${points.at(-1)[0]} ${foot}L${points[0][0]} ${foot}Z`;
    return [
      chart.type === "area" ? svg("path", { d: area, fill: colour(nth), "fill-opacity": 0.22 }) : [],
      svg("path", { d: path, fill: "none", stroke: colour(nth), "stroke-width": 2.5, "stroke-linejoin": "round" }),
      points.map(([cx, cy], at) =>
        svg(
          "circle",
          { cx, cy, r: 3.5, fill: colour(nth) },
          svg("title", {}, `${series.name}, ${categories[at]}: ${number.format(valueAt(series, categories[at]))}`),
        ),
      ),
    ].flat();
  });
}

const RADIUS = 90;

function pie(chart) {
  const sum = chart.segments.reduce((total, one) => total + one.value, 0) || 1;
  let from = 0;
  const point = (turn) =>
    [Math.sin(turn * 2 * Math.PI), -Math.cos(turn * 2 * Math.PI)].map((each) => (each * RADIUS).toFixed(2)).join(" ");
  const slices = chart.segments.map((one, nth) => {
    const part = one.value / sum;
    const to = from + part;
    // A whole circle has no two different ends: it is drawn as one.
    const shape =
      part > 0.9999
        ? svg("circle", { r: RADIUS, fill: colour(nth) })
        : svg("path", {
            d: `M0 0L${point(from)}A${RADIUS} ${RADIUS} 0 ${part > 0.5 ? 1 : 0} 1 ${point(to)}Z`,
            fill: colour(nth),
          });
    from = to;
    shape.append(svg("title", {}, `${one.label}: ${number.format(one.value)}`));
    return shape;
  });
  return svg("svg", { viewBox: "-100 -100 200 200", class: "chart pie", "aria-hidden": "true" }, slices);
}

const legend = (names) =>
  h(
    "ul",
    { class: "legend", "aria-hidden": "true" },
    names.map((name, nth) => h("li", {}, h("span", { class: "swatch", style: `background:${colour(nth)}` }), name)),
  );

/** The numbers, for those who listen to the page. */
function numbers(chart) {
  const series = chart.series ?? [{ name: "Value", data: chart.segments }];
  const labels = chart.axis_config?.categories ?? chart.segments.map((one) => one.label);
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell) => h(tag, {}, cell)),
    );
  return h(
    "table",
    { class: "sr" },
    row(["", ...series.map((one) => one.name)], "th"),
    labels.map((label) => row([label, ...series.map((one) => number.format(valueAt(one, label)))], "td")),
  );
}

/** A data_visualization block. */
export function chart(block) {
  const { chart: what } = block;
  const isPie = what.type === "pie";
  const sum = isPie ? what.segments.reduce((total, one) => total + one.value, 0) || 1 : 0;
  const names = isPie
    ? what.segments.map((one) => `${one.label} · ${Math.round((one.value / sum) * 100)} %`)
    : what.series.map((one) => one.name);
  const axes = [what.axis_config?.y_label, what.axis_config?.x_label].filter(Boolean).join(" by ");
  return h(
    "figure",
    { class: isPie ? "block chart-frame with-pie" : "block chart-frame" },
    h("figcaption", {}, block.title, axes ? h("span", { class: "muted" }, ` ${axes}`) : null),
    isPie ? pie(what) : plotted(what),
    names.length > 1 || isPie ? legend(names) : null,
    numbers(what),
  );
}
