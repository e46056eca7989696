/** The page of one product. */
import { make, safeUrl } from "../shared/dom.ts";
import { getProduct, NotFound, type Product } from "./data.ts";
import { askButton, layout, notice, tile } from "./parts.ts";
import { say, texts } from "./words.ts";

export async function drawProduct(): Promise<void> {
  const main = make("main", { class: "product-page", tabindex: -1 });
  layout(main);
  const id = decodeURIComponent(location.pathname.split("/").pop() ?? "");
  try {
    show(main, await getProduct(id));
  } catch (error) {
    const gone = error instanceof NotFound;
    const words = texts();
    document.title = "Larkfield";
    main.append(notice(gone ? words.notFound : words.failed, gone ? undefined : () => void drawProduct()), make("a", { href: "/" }, words.back));
  }
}

function show(main: HTMLElement, product: Product): void {
  const words = texts();
  const title = say(product.title);
  document.title = `${title} · Larkfield`;
  const source = safeUrl(product.picture);
  const facts: [string, string][] = [
    [words.brand, product.brand ?? ""],
    [words.colour, say(product.colour)],
    [words.material, say(product.material)],
  ];
  const list = make("dl", { class: "facts" });
  for (const [name, value] of facts) if (value) list.append(make("dt", {}, name), make("dd", {}, value));
  main.append(
    make(
      "article",
      { class: "product" },
      make("div", { class: "product-picture" }, source ? make("img", { src: source, alt: title, width: 640, height: 640 }) : null),
      make(
        "div",
        { class: "product-text" },
        make("h1", {}, title),
        make("p", { class: "price" }, say(product.price)),
        make("p", {}, say(product.description)),
        sizes(product),
        list,
        askButton(words.askAbout, words.askWords(title)),
      ),
    ),
  );
  if (product.similar?.length) {
    main.append(make("h2", {}, words.similar), make("ul", { class: "grid small" }, ...product.similar.map(tile)));
  }
}

function sizes(product: Product): HTMLElement | null {
  const words = texts();
  if (!product.sizes?.length) return null;
  const items = product.sizes.map(({ name, stock }) =>
    make("li", { class: stock ? "" : "out" }, name, stock ? null : make("span", { class: "unseen" }, ` (${words.soldOut})`)),
  );
  return make("div", { class: "sizes" }, make("h2", {}, words.sizes), make("ul", {}, ...items));
}
