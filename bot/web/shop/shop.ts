/** The demo shop's one script: each page says in `data-page` what it is. */
import { drawCatalogue } from "./catalogue.ts";
import { drawCheckout } from "./checkout.ts";
import { drawProduct } from "./product.ts";
import { language, setLanguage } from "./words.ts";

const PAGES: Record<string, () => unknown> = { catalogue: drawCatalogue, product: drawProduct, checkout: drawCheckout };

function draw(): void {
  void PAGES[document.body.dataset.page ?? ""]?.();
}

setLanguage(language, false);
draw();
window.addEventListener("shop:language", draw);
