/** Line icons of 24 × 24, drawn for these pages. They say nothing to a screen reader: what they stand on has a name. */
const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  send: "M12 19V5.5M5.8 11.4 12 5.2l6.2 6.2",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  down: "M12 5v13.5M5.8 12.6 12 18.8l6.2-6.2",
  photo: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM4.3 16.5l4.2-4.6 3.6 4 2.6-2.6 5 4.6M15.2 9.4h.01",
  camera: "M4 8.5A1.5 1.5 0 0 1 5.5 7h2.3l1.4-2.2h5.6L16.2 7h2.3A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM12 16.2a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z",
  product: "M4.5 8.5 12 4.5l7.5 4v7L12 19.5l-7.5-4zM4.8 8.7 12 12.5l7.2-3.8M12 12.5v6.7",
  spark: "M12 4.5l1.7 5.3L19 11.5l-5.3 1.7L12 18.5l-1.7-5.3L5 11.5l5.3-1.7zM18.5 4v3M17 5.5h3",
  search: "M10.8 17.1a6.3 6.3 0 1 0 0-12.6 6.3 6.3 0 0 0 0 12.6zM15.5 15.5l4.2 4.2",
  lists: "M5 7h14M5 12h14M5 17h9",
  context: "M4.5 6A1.5 1.5 0 0 1 6 4.5h12A1.5 1.5 0 0 1 19.5 6v12a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18zM14.5 4.5v15",
  settings: "M5 7.5h7M16.5 7.5H19M14.3 9.7a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM5 16.5h2.5M12 16.5h7M9.7 18.7a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  help: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM9.8 9.6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M12 16.2h.01",
  lock: "M7 11V8.5a5 5 0 0 1 10 0V11M5.5 11h13v8.5h-13z",
  left: "M14.5 6 8.5 12l6 6",
  right: "M9.5 6l6 6-6 6",
  star: "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z",
  retry: "M19 12a7 7 0 1 1-2.2-5.1M19.2 4.2v4h-4",
  more: "M6 12h.01M12 12h.01M18 12h.01",
} as const;

export type IconName = keyof typeof ICONS;

/** A shape of one path in a square of `side`; the style sheet gives its class a size and a colour. */
export function shape(path: string, className: string, side = 24): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", className);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const icon = (name: IconName): SVGSVGElement => shape(ICONS[name], "icon");
