/** The front page: departments, colours, search, and the shelves. The address keeps what was chosen. */
import { make } from "../shared/dom.ts";
import { findProducts, type Wish } from "./data.ts";
import { askButton, layout, notice, tile } from "./parts.ts";
import { language, texts } from "./words.ts";

/** Kinds and groups of the shop's taxonomy. */
const DEPARTMENTS: { id: string; en: string; zh: string }[] = [
  { id: "tops", en: "Tops", zh: "上装" },
  { id: "dress", en: "Dresses", zh: "连衣裙" },
  { id: "outerwear", en: "Jackets & coats", zh: "外套" },
  { id: "pants", en: "Trousers", zh: "裤子" },
  { id: "skirt", en: "Skirts", zh: "半身裙" },
  { id: "shoes", en: "Shoes", zh: "鞋子" },
  { id: "bags", en: "Bags", zh: "包" },
  { id: "accessories", en: "Accessories", zh: "配饰" },
];

const COLOURS: { id: string; zh: string; swatch: string }[] = [
  { id: "Black", zh: "黑色", swatch: "#18181a" },
  { id: "White", zh: "白色", swatch: "#f8f8f6" },
  { id: "Grey", zh: "灰色", swatch: "#8c8e91" },
  { id: "Blue", zh: "蓝色", swatch: "#285cbe" },
  { id: "Green", zh: "绿色", swatch: "#2a8c42" },
  { id: "Red", zh: "红色", swatch: "#c42430" },
  { id: "Pink", zh: "粉色", swatch: "#eda0b8" },
  { id: "Yellow", zh: "黄色", swatch: "#f0cc3c" },
  { id: "Brown", zh: "棕色", swatch: "#6e4a30" },
  { id: "Beige", zh: "米色", swatch: "#decca8" },
  { id: "Purple", zh: "紫色", swatch: "#73438f" },
];

let wish: Wish = readWish();
let turn = 0;

function readWish(): Wish {
  const query = new URLSearchParams(location.search);
  return { category: query.get("category") ?? "", colour: query.get("colour") ?? "", q: query.get("q") ?? "" };
}

function choose(change: Partial<Wish>): void {
  wish = { ...wish, ...change };
  const query = new URLSearchParams(Object.entries(wish).filter(([, value]) => value));
  history.pushState(null, "", query.size ? `/?${query}` : "/");
  drawCatalogue();
}

window.addEventListener("popstate", () => {
  if (document.body.dataset.page !== "catalogue") return;
  wish = readWish();
  drawCatalogue();
});

export function drawCatalogue(): void {
  const words = texts();
  document.title = "Larkfield";
  const pristine = !wish.category && !wish.colour && !wish.q;
  const hero = make("section", { class: "hero" }, make("h1", {}, words.tagline), make("p", {}, words.pitch), askButton(words.ask));
  const count = make("p", { class: "count", role: "status" });
  const grid = make("ul", { class: "grid" });
  const end = make("div", { class: "end" });
  const main = make("main", { tabindex: -1 }, pristine ? hero : make("h1", { class: "unseen" }, "Larkfield"), departments(), colours(), count, grid, end);
  const focused = document.activeElement?.getAttribute("data-key");
  layout(main, { query: wish.q, onSearch: (q) => choose({ q }) });
  // The buttons were drawn anew; whoever works by keyboard stays where they were.
  if (focused) document.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  void fill(1);

  async function fill(page: number): Promise<void> {
    const mine = ++turn;
    end.replaceChildren();
    if (page === 1) grid.replaceChildren(...Array.from({ length: 8 }, () => make("li", { class: "ghost", "aria-hidden": "true" })));
    try {
      const found = await findProducts(wish, page);
      if (mine !== turn) return;
      if (page === 1) grid.replaceChildren();
      grid.append(...found.products.map(tile));
      count.textContent = words.count(found.total);
      if (!found.total) end.append(notice(words.nothing), askButton(words.ask, wish.q || undefined, true));
      else if (grid.childElementCount < found.total && found.products.length) {
        const more = make("button", { type: "button", class: "button quiet" }, words.more);
        more.addEventListener("click", () => void fill(page + 1));
        end.append(more);
      }
    } catch {
      if (mine !== turn) return;
      if (page === 1) grid.replaceChildren();
      end.append(notice(words.failed, () => void fill(page)));
    }
  }
}

function departments(): HTMLElement {
  const nav = make("nav", { class: "departments", "aria-label": texts().departments });
  for (const { id, name } of [{ id: "", name: texts().all }, ...DEPARTMENTS.map((entry) => ({ id: entry.id, name: entry[language] }))]) {
    const button = make("button", { type: "button", "aria-pressed": String(wish.category === id), "data-key": `department-${id}` }, name);
    button.addEventListener("click", () => choose({ category: id }));
    nav.append(button);
  }
  return nav;
}

function colours(): HTMLElement {
  const group = make("div", { class: "colours", role: "group", "aria-label": texts().colours });
  const any = make("button", { type: "button", class: "any", "aria-pressed": String(!wish.colour), "data-key": "colour-" }, texts().anyColour);
  any.addEventListener("click", () => choose({ colour: "" }));
  group.append(any);
  for (const { id, zh, swatch } of COLOURS) {
    const name = language === "zh" ? zh : id;
    const button = make("button", { type: "button", class: "swatch", title: name, "aria-label": name, "aria-pressed": String(wish.colour === id), "data-key": `colour-${id}` });
    button.style.setProperty("--swatch", swatch);
    button.addEventListener("click", () => choose({ colour: wish.colour === id ? "" : id }));
    group.append(button);
  }
  return group;
}
