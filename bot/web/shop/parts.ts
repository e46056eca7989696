/** What all pages of the shop share: header, footer, product tile, notices. */
import { make, safeUrl } from "../shared/dom.ts";
import { shape } from "../shared/icons.ts";
import "../shared/shopchat.ts";
import type { Product } from "./data.ts";
import { language, say, setLanguage, texts } from "./words.ts";

const BIRD = "M5 23c7.4 2.3 15.700-1.100 18.600-9.400L26.300 6l-5.100 2.700c-2.900-2.700-7.600-1.900-9.300 1.600-2.100 4.300-4.900 7-9 7.900L5 23z";

/** The frame of a page around its main part; drawn anew when the language changes. */
export function layout(main: HTMLElement, { onSearch, query = "" }: { onSearch?: (query: string) => void; query?: string } = {}): void {
  const words = texts();
  const home = make("a", { class: "brand", href: "/", "aria-label": words.home }, shape(BIRD, "bird", 32), make("span", {}, "Larkfield"));
  const field = make("input", { type: "search", name: "q", value: query, placeholder: words.search, "aria-label": words.searchLabel, autocomplete: "off" });
  const search = make("form", { class: "search", role: "search", action: "/" }, field);
  if (onSearch) {
    search.addEventListener("submit", (event) => {
      event.preventDefault();
      onSearch(field.value.trim());
    });
    // The cross in the field empties it without a submit.
    field.addEventListener("search", () => field.value === "" && onSearch(""));
  }
  const other = make("button", { type: "button", class: "language", lang: language === "zh" ? "en" : "zh-CN" }, words.otherLanguage);
  other.addEventListener("click", () => {
    setLanguage(language === "zh" ? "en" : "zh");
    window.dispatchEvent(new Event("shop:language"));
  });
  main.id = "main";
  // Only our own part of the body is drawn anew: the widget beside it would lose its frame if it were moved.
  const page = document.getElementById("page") ?? document.body.insertBefore(make("div", { id: "page" }), document.body.firstChild);
  page.replaceChildren(
    make("a", { class: "skip", href: "#main" }, words.skip),
    make("header", { class: "top" }, make("div", { class: "top-row" }, home, search, other)),
    main,
    make("footer", {}, make("p", {}, words.footer)),
  );
}

export function tile(product: Product): HTMLLIElement {
  const source = safeUrl(product.picture);
  const title = say(product.title);
  const picture = source ? make("img", { src: source, alt: "", loading: "lazy", decoding: "async", width: 640, height: 640 }) : null;
  return make(
    "li",
    {},
    make(
      "a",
      { class: "tile", href: `/shop/${encodeURIComponent(product.id)}` },
      make("span", { class: "tile-picture" }, picture),
      make("span", { class: "tile-title" }, title),
      make("span", { class: "tile-price" }, say(product.price)),
    ),
  );
}

export function askButton(label: string, words?: string, quiet = false): HTMLButtonElement {
  const button = make("button", { type: "button", class: quiet ? "button quiet" : "button" }, label);
  button.addEventListener("click", () => (words ? window.shopChat?.ask(words) : window.shopChat?.open()));
  return button;
}

export function notice(text: string, onRetry?: () => void): HTMLElement {
  const element = make("div", { class: "notice", role: "status" }, make("p", {}, text));
  if (onRetry) {
    const button = make("button", { type: "button", class: "button quiet" }, texts().retry);
    button.addEventListener("click", onRetry);
    element.append(button);
  }
  return element;
}
