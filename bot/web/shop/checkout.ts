/** The till of the demo: shows the cart behind the assistant's signed link, and takes an order that nobody pays. */
import { make, safeUrl } from "../shared/dom.ts";
import { getCart, placeOrder, type Cart, type CartItem } from "./data.ts";
import { askButton, layout, notice } from "./parts.ts";
import { say, texts } from "./words.ts";

export async function drawCheckout(): Promise<void> {
  const words = texts();
  document.title = `${words.checkout} · Larkfield`;
  const main = make("main", { class: "checkout", tabindex: -1 }, make("h1", {}, words.checkout));
  layout(main);
  const signed = new URLSearchParams(location.search).get("cart") ?? "";
  let cart: Cart | null = null;
  try {
    cart = signed ? await getCart(signed) : null;
  } catch {
    // An old or broken link reads like an empty cart: the way on is the same.
  }
  if (!cart?.items.length) main.append(notice(words.emptyCart), askButton(words.ask, undefined, true));
  else main.append(itemList(cart), orderForm(signed, main));
}

function itemList(cart: Cart): HTMLElement {
  const words = texts();
  return make(
    "div",
    { class: "cart" },
    make("ul", {}, ...cart.items.map(line)),
    make("p", { class: "cart-total" }, make("span", {}, words.total), make("strong", {}, say(cart.total))),
  );
}

function line(item: CartItem): HTMLLIElement {
  const product = { ...item, ...item.product };
  const source = safeUrl(product.picture);
  const size = item.size ? `${texts().size} ${item.size} · ` : "";
  return make(
    "li",
    {},
    source ? make("img", { src: source, alt: "", width: 72, height: 72 }) : null,
    make("div", {}, make("p", {}, say(product.title)), make("p", { class: "soft" }, `${size}× ${item.quantity}`)),
    make("span", {}, say(item.price)),
  );
}

function orderForm(signed: string, main: HTMLElement): HTMLElement {
  const words = texts();
  const field = make("input", { type: "email", id: "email", name: "email", required: true, autocomplete: "email" });
  const trouble = make("p", { class: "trouble", role: "alert" });
  const button = make("button", { type: "submit", class: "button" }, words.order);
  const form = make("form", { class: "order", novalidate: true }, make("label", { for: "email" }, words.email), field, trouble, button, make("p", { class: "soft" }, words.demo));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trouble.textContent = field.validity.valid ? "" : words.badEmail;
    if (!field.validity.valid) return field.focus();
    button.disabled = true;
    placeOrder(signed, field.value.trim()).then(
      ({ order }) => {
        const thanks = make("section", { class: "thanks", role: "status" }, make("h2", {}, words.thanks), make("p", {}, words.ordered(order)));
        main.replaceChildren(make("h1", {}, words.checkout), thanks, make("a", { class: "button quiet", href: "/" }, words.back));
      },
      () => {
        button.disabled = false;
        trouble.textContent = words.orderFailed;
      },
    );
  });
  return form;
}
