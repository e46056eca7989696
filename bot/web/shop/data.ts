/** What the shop's pages ask the server for. */
import { language } from "./words.ts";

/** A text, or one for each language. */
export type Text = string | { en?: string; zh?: string };

export interface Product {
  id: string;
  title: Text;
  price: Text;
  picture: string | null;
  brand?: string;
  colour?: Text;
  category?: unknown;
  sizes?: { name: string; stock: number }[];
  description?: Text;
  material?: Text;
  similar?: Product[];
}

export interface ProductList {
  total: number;
  products: Product[];
}

/** Either the product itself with what was chosen of it, or the product inside. */
export type CartItem = Partial<Product> & { product?: Product; size?: string | null; quantity: number; price: Text };

export interface Cart {
  items: CartItem[];
  total: Text;
}

export class NotFound extends Error {}

async function ask<T>(address: string, init?: RequestInit): Promise<T> {
  const response = await fetch(address, init);
  if (response.status === 404) throw new NotFound(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return (await response.json()) as T;
}

export interface Wish {
  category: string;
  colour: string;
  q: string;
}

export function findProducts(wish: Wish, page: number): Promise<ProductList> {
  const fields = Object.entries(wish).filter(([, value]) => value);
  const query = new URLSearchParams([...fields, ["page", String(page)], ["language", language]] as string[][]);
  return ask(`/shop/products.json?${query}`);
}

export const getProduct = (id: string): Promise<Product> => ask(`/shop/products/${encodeURIComponent(id)}.json?language=${language}`);

export const getCart = (cart: string): Promise<Cart> => ask(`/shop/cart.json?${new URLSearchParams({ cart, language })}`);

export const placeOrder = (cart: string, email: string): Promise<{ order: string }> =>
  ask("/shop/order", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ cart, email }) });
