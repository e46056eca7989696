/** Charts as SVG with a sentence for those who cannot see them, and all figures in a table behind each. */
import { make } from "../shared/dom.ts";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 560;
const HEIGHT = 170;
const LEFT = 54;
const BOTTOM = 22;
const TOP = 10;
const BAR_ROW = 26;

export interface Series {
  name: string;
  values: readonly (number | null)[];
}

export interface ChartData {
  /** What the labels are: the table's first heading. */
  labelName: string;
  labels: readonly string[];
  series: readonly Series[];
  /** How a figure is written. */
  format: (value: number) => string;
  /** The top of the scale, when it is fixed (five stars); else it follows the largest figure. */
  most?: number;
  /** What a round figure is; durations are round in other places than numbers. */
  round?: (value: number) => number;
}

function shape(tag: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A round number at or above: 1, 2, 5, 10, 20, 50, … */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

const ROUND_SECONDS = [10, 20, 60, 120, 240, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800];

/** A round duration at or above, whose half is round too. */
export const roundUpSeconds = (value: number): number => ROUND_SECONDS.find((step) => step >= value) ?? Math.ceil(value / 172_800) * 172_800;

const top = (data: ChartData): number => data.most ?? (data.round ?? roundUp)(Math.max(0, ...data.series.flatMap((series) => series.values.map((value) => value ?? 0))));

/** Columns side by side, one group for each label. */
function columns(data: ChartData): SVGElement {
  const most = top(data);
  const height = HEIGHT - TOP - BOTTOM;
  const step = (WIDTH - LEFT) / Math.max(1, data.labels.length);
  const width = Math.min(26, (step * 0.72) / data.series.length);
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart-svg" });
  for (const share of [0, 0.5, 1]) {
    const y = TOP + height * (1 - share);
    svg.append(shape("line", { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: "grid" }));
    if (share !== 0.5 || most > 1) svg.append(shape("text", { x: LEFT - 6, y: y + 4, class: "scale", "text-anchor": "end" }, data.format(most * share)));
  }
  const every = Math.ceil(data.labels.length / 12);
  data.labels.forEach((label, index) => {
    const middle = LEFT + step * (index + 0.5);
    data.series.forEach((series, at) => {
      const value = series.values[index] ?? null;
      if (value === null) return;
      const tall = Math.max(value > 0 ? 2 : 0, Math.min(1, value / most) * height);
      const x = middle + (at - data.series.length / 2) * width;
      svg.append(
        shape(
          "rect",
          { x: x.toFixed(1), y: (TOP + height - tall).toFixed(1), width: Math.max(2, width - 2).toFixed(1), height: tall.toFixed(1), rx: 1.5, class: `series-${at}` },
          shape("title", {}, `${label}, ${series.name}: ${data.format(value)}`),
        ),
      );
    });
    if (index % every === 0) svg.append(shape("text", { x: middle.toFixed(1), y: HEIGHT - 6, class: "label", "text-anchor": "middle" }, label));
  });
  return svg;
}

/** Lying bars, one row for each label; a second series is the room that the first may fill. */
function bars(data: ChartData): SVGElement {
  const most = top(data);
  const names = 130;
  const room = WIDTH - names - 60;
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${Math.max(1, data.labels.length) * BAR_ROW}`, class: "chart-svg" });
  data.labels.forEach((label, index) => {
    const y = index * BAR_ROW;
    svg.append(shape("text", { x: names - 8, y: y + 17, class: "label", "text-anchor": "end" }, label.length > 18 ? `${label.slice(0, 17)}…` : label));
    const [first, room2] = [data.series[0]?.values[index] ?? null, data.series[1]?.values[index] ?? null];
    const wide = (value: number): string => (Math.min(1, value / most) * room).toFixed(1);
    if (room2 !== null) svg.append(shape("rect", { x: names, y: y + 5, width: wide(room2), height: 16, rx: 2, class: "series-room" }));
    if (first !== null) {
      svg.append(shape("rect", { x: names, y: y + 5, width: wide(first), height: 16, rx: 2, class: "series-0" }, shape("title", {}, `${label}: ${data.format(first)}`)));
    }
    const said = first === null ? "–" : room2 === null ? data.format(first) : `${data.format(first)} / ${data.format(room2)}`;
    svg.append(shape("text", { x: names + Number(wide(Math.max(first ?? 0, room2 ?? 0))) + 6, y: y + 17, class: "scale" }, said));
  });
  return svg;
}

/** What the drawing shows, in a sentence: each series with its newest and its largest figure. */
export function inWords(title: string, data: ChartData): string {
  const parts = data.series.map((series) => {
    const known = series.values.map((value, index) => ({ value, label: data.labels[index] ?? "" })).filter((one): one is { value: number; label: string } => one.value !== null);
    const largest = known.reduce<{ value: number; label: string } | null>((best, one) => (best && best.value >= one.value ? best : one), null);
    return largest ? `${series.name} ≤ ${data.format(largest.value)} (${largest.label})` : `${series.name} –`;
  });
  return `${title}. ${parts.join("; ")}.`;
}

export class Chart {
  readonly element: HTMLElement;
  private readonly picture = make("div", { class: "chart-picture", role: "img" });
  private readonly legend = make("p", { class: "legend", "aria-hidden": "true" });
  private readonly table = make("table", {});
  private drawn = "";

  constructor(
    private readonly title: string,
    private readonly kind: "columns" | "bars",
    tableWords: string,
  ) {
    const details = make("details", {}, make("summary", {}, tableWords, make("span", { class: "unseen" }, `: ${title}`)), make("div", { class: "table-frame", tabindex: 0, role: "group", "aria-label": title }, this.table));
    this.element = make("figure", { class: "chart" }, make("figcaption", {}, title), this.legend, this.picture, details);
  }

  update(data: ChartData): void {
    const key = JSON.stringify([data.labels, data.series, data.most]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.picture.setAttribute("aria-label", inWords(this.title, data));
    this.picture.replaceChildren(this.kind === "columns" ? columns(data) : bars(data));
    const many = this.kind === "columns" && data.series.length > 1;
    this.legend.hidden = !many;
    this.legend.replaceChildren(...(many ? data.series.map((series, index) => make("span", {}, make("i", { class: `swatch series-${index}` }), series.name)) : []));
    const head = make("tr", {}, make("th", { scope: "col" }, data.labelName), ...data.series.map((series) => make("th", { scope: "col" }, series.name)));
    const rows = data.labels.map((label, index) =>
      make("tr", {}, make("th", { scope: "row", dir: "auto" }, label), ...data.series.map((series) => make("td", {}, series.values[index] == null ? "–" : data.format(series.values[index])))),
    );
    this.table.replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows));
  }
}
