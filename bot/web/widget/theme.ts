/** Colours of the widget from the shop's one colour, so that text on it and text in it can always be read (WCAG AA). */

export interface Theme {
  /** The shop's colour, as given. */
  accent: string;
  /** Text on the accent: white or near-black. */
  onAccent: string;
  /** The accent, darkened until it can be read as text on white and on the bubbles' light grey. */
  ink: string;
}

export const DEFAULT_COLOUR = "#1f5f5b";
const DARK = "#16191c";
/** The darkest background that the ink stands on (bubbles of the bot). */
const PAPER = "#f1f3f2";
const AA = 4.5;

type Rgb = [number, number, number];

/** Only `#rgb` and `#rrggbb` are taken: anything else from a page's attribute must not reach a style sheet. */
export function parseColour(value: string | null | undefined): string | null {
  const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec((value ?? "").trim());
  if (!match) return null;
  const digits = match[1]!.toLowerCase();
  return "#" + (digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits);
}

const toRgb = (colour: string): Rgb => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as Rgb;
const toHex = (rgb: Rgb): string => "#" + rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");

function luminance(colour: string): number {
  const [red, green, blue] = toRgb(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG contrast ratio, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function makeTheme(colour: string | null | undefined): Theme {
  const accent = parseColour(colour) ?? DEFAULT_COLOUR;
  let ink = accent;
  while (contrast(ink, PAPER) < AA) ink = toHex(toRgb(ink).map((part) => part * 0.92) as Rgb);
  // One of the three always passes: what white fails on by little, black does not.
  const onAccent = ["#ffffff", DARK].find((colour) => contrast(colour, accent) >= AA) ?? "#000000";
  return { accent, onAccent, ink };
}

export function applyTheme(theme: Theme, root: HTMLElement): void {
  root.style.setProperty("--accent", theme.accent);
  root.style.setProperty("--on-accent", theme.onAccent);
  root.style.setProperty("--ink", theme.ink);
}
