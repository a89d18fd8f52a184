// `data_visualization`: bar, line, area and pie as SVG, with the numbers as a table beside them for everybody who cannot see the drawing.
import { h, svg } from "../dom.js";

const WIDTH = 560;
const HEIGHT = 240;
const EDGE = { left: 44, right: 12, top: 12, bottom: 26 };

/** A number as people read it: 1,204 or 0.25. */
function number(value) {
  return new Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(value);
}

/** About five round steps that contain every value, and zero. */
function scaleOf(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values, low === 0 && values.every((value) => value === 0) ? 1 : 0);
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const from = Math.floor(low / step) * step;
  const to = Math.ceil(high / step) * step;
  const ticks = [];
  for (let at = from; at <= to + step / 2; at += step) ticks.push(Number(at.toFixed(10)));
  return { from, to, ticks };
}

export function chart(block) {
  const spec = block.chart ?? {};
  const pie = spec.type === "pie";
  const drawing = pie ? pieChart(spec) : axesChart(spec);
  const names = pie ? spec.segments.map((segment) => segment.label) : spec.series.map((series) => series.name);
  const legend =
    names.length > 1 || pie
      ? h(
          "ul.legend",
          null,
          names.map((name, index) =>
            h("li", null, h("span.legend-mark", { class: `series-${(index % 12) + 1}`, "aria-hidden": "true" }), name),
          ),
        )
      : null;
  return h(
    "figure.chart",
    null,
    h("figcaption", null, block.title),
    h("div.chart-body", { class: pie ? "chart-pie" : "" }, drawing, legend),
    numbers(block.title, spec, pie),
  );
}

function numbers(title, spec, pie) {
  const head = pie ? ["", "Value", "Share"] : ["", ...spec.series.map((series) => series.name)];
  const sum = pie ? spec.segments.reduce((all, segment) => all + segment.value, 0) : 0;
  const rows = pie
    ? spec.segments.map((segment) => [
        segment.label,
        number(segment.value),
        `${Math.round((segment.value / sum) * 100)} %`,
      ])
    : categoriesOf(spec).map((category) => [
        category,
        ...spec.series.map((series) => {
          const point = series.data.find((one) => one.label === category);
          return point ? number(point.value) : "–";
        }),
      ]);
  return h(
    "details.chart-numbers",
    null,
    h("summary", null, "Show the numbers"),
    h(
      "div.table-scroll",
      { tabIndex: 0, role: "region", "aria-label": `${title}: the numbers` },
      h(
        "table",
        null,
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            head.map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        h(
          "tbody",
          null,
          rows.map(([label, ...values]) =>
            h(
              "tr",
              null,
              h("th", { scope: "row" }, label),
              values.map((value) => h("td.number", null, value)),
            ),
          ),
        ),
      ),
    ),
  );
}

function categoriesOf(spec) {
  return (
    spec.axis_config?.categories ?? [
      ...new Set(spec.series.flatMap((series) => series.data.map((point) => point.label))),
    ]
  );
}

function axesChart(spec) {
  const categories = categoriesOf(spec);
  const values = spec.series.map((series) =>
    categories.map((category) => series.data.find((point) => point.label === category)?.value ?? null),
  );
  const scale = scaleOf(values.flat().filter((value) => value !== null));
  const { x_label: xLabel, y_label: yLabel } = spec.axis_config ?? {};
  const bottom = HEIGHT - EDGE.bottom - (xLabel ? 16 : 0);
  const left = EDGE.left + (yLabel ? 14 : 0);
  const y = (value) => bottom - ((value - scale.from) / (scale.to - scale.from)) * (bottom - EDGE.top);
  const band = (WIDTH - left - EDGE.right) / categories.length;
  const middle = (index) => left + band * (index + 0.5);
  const every = Math.ceil(
    categories.length /
      Math.max(1, Math.floor((WIDTH - left) / (Math.max(4, ...categories.map((name) => [...name].length)) * 6.5 + 8))),
  );
  const summary = `${spec.type} chart: ${spec.series.map((series) => series.name).join(", ")} over ${categories.length} ${categories.length === 1 ? "category" : "categories"}`;
  return svg(
    "svg",
    { class: "chart-svg", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary },
    scale.ticks.map((tick) => [
      svg("line", { class: tick === 0 ? "axis" : "grid", x1: left, x2: WIDTH - EDGE.right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "tick", x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, number(tick)),
    ]),
    categories.map((name, index) =>
      index % every
        ? null
        : svg("text", { class: "tick", x: middle(index), y: bottom + 16, "text-anchor": "middle" }, name),
    ),
    xLabel
      ? svg("text", { class: "tick", x: (left + WIDTH) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, xLabel)
      : null,
    yLabel
      ? svg(
          "text",
          {
            class: "tick",
            x: 10,
            y: (EDGE.top + bottom) / 2,
            "text-anchor": "middle",
            transform: `rotate(-90 10 ${(EDGE.top + bottom) / 2})`,
          },
          yLabel,
        )
      : null,
    spec.type === "bar"
      ? bars(spec, values, { y, band, left, categories })
      : values.map((row, index) => path(spec, row, index, { y, middle, categories })),
  );
}

function bars(spec, values, { y, band, left, categories }) {
  const width = Math.min(36, (band * 0.76) / values.length);
  return values.map((row, series) =>
    row.map((value, index) => {
      if (value === null) return null;
      const x = left + band * (index + 0.5) + width * (series - values.length / 2);
      const [top, low] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
      return svg(
        "rect",
        {
          class: `series-${(series % 12) + 1}`,
          x,
          y: top,
          width: Math.max(1, width - 2),
          height: Math.max(0.5, low - top),
          rx: Math.min(2, width / 4),
        },
        svg("title", null, `${categories[index]}, ${spec.series[series].name}: ${number(value)}`),
      );
    }),
  );
}

function path(spec, row, series, { y, middle, categories }) {
  const points = row
    .map((value, index) => (value === null ? null : [middle(index), y(value), value, index]))
    .filter(Boolean);
  const line = points.map(([px, py], index) => `${index ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
  const tone = `series-${(series % 12) + 1}`;
  return [
    spec.type === "area" && points.length
      ? svg("path", {
          class: `area ${tone}`,
          d: `${line}L${points.at(-1)[0].toFixed(1)} ${y(0)}L${points[0][0].toFixed(1)} ${y(0)}Z`,
        })
      : null,
    svg("path", { class: `line ${tone}`, d: line }),
    points.map(([px, py, value, index]) =>
      svg(
        "circle",
        { class: tone, cx: px, cy: py, r: 3.5 },
        svg("title", null, `${categories[index]}, ${spec.series[series].name}: ${number(value)}`),
      ),
    ),
  ];
}

function pieChart(spec) {
  const sum = spec.segments.reduce((all, segment) => all + segment.value, 0);
  const radius = 96;
  let turn = -Math.PI / 2;
  const slices = spec.segments.map((segment, index) => {
    const share = segment.value / sum;
    const end = turn + share * 2 * Math.PI;
    const at = (angle) => `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
    const d =
      share > 0.9999
        ? `M0 ${-radius}A${radius} ${radius} 0 1 1 -0.01 ${-radius}Z`
        : `M0 0L${at(turn)}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${at(end)}Z`;
    turn = end;
    return svg(
      "path",
      { class: `slice series-${(index % 12) + 1}`, d },
      svg("title", null, `${segment.label}: ${number(segment.value)} (${Math.round(share * 100)} %)`),
    );
  });
  return svg(
    "svg",
    {
      class: "chart-svg",
      viewBox: "-104 -104 208 208",
      role: "img",
      "aria-label": `pie chart: ${spec.segments.map((segment) => `${segment.label} ${Math.round((segment.value / sum) * 100)} %`).join(", ")}`,
    },
    slices,
  );
}
