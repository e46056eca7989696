/** The demo shop's words, and the language that the visitor has chosen. */
import { chooseLanguage, tagOf, type Language } from "../shared/language.ts";
import { openStore } from "../shared/storage.ts";

const store = openStore("shop:", () => localStorage);

const en = {
  tagline: "Clothes for ordinary good days",
  pitch: "Everything here is drawn, nothing is for sale. Ask the assistant in the corner, in English or Chinese, or show it a photo.",
  ask: "Ask the assistant",
  askAbout: "Ask about this",
  askWords: (title: string) => `Do you have something like “${title}”?`,
  search: "Search the shop",
  searchLabel: "Search products",
  all: "All",
  departments: "Departments",
  colours: "Colour",
  anyColour: "Any",
  count: (total: number) => (total === 1 ? "1 product" : `${total} products`),
  more: "Show more",
  nothing: "Nothing found. Try other words, or ask the assistant.",
  failed: "The shop's shelves cannot be reached right now.",
  retry: "Try again",
  skip: "Skip to products",
  otherLanguage: "中文",
  home: "Larkfield, front page",
  sizes: "Sizes",
  soldOut: "sold out",
  similar: "You may also like",
  notFound: "This product is not in the shop (any more).",
  back: "Back to the shop",
  checkout: "Checkout",
  emptyCart: "This cart is empty, or its link has run out. Ask the assistant for a new one.",
  size: "Size",
  total: "Total",
  email: "Your e-mail",
  order: "Place the demo order",
  demo: "A demo: nothing is charged and nothing is sent.",
  badEmail: "Please enter an e-mail address.",
  orderFailed: "The order could not be placed. Please try again.",
  thanks: "Thank you!",
  ordered: (order: string) => `Your order number is ${order}. Ask the assistant where it is, with this number and your e-mail.`,
  colour: "Colour",
  material: "Material",
  brand: "Brand",
  footer: "Larkfield is the demo shop of an open-source shopping assistant.",
};

const zh: typeof en = {
  tagline: "为平常的好日子准备的衣服",
  pitch: "这里的商品都是画出来的，并不真的出售。用中文或英文问问右下角的助手，也可以发照片给它看。",
  ask: "问问助手",
  askAbout: "咨询这件商品",
  askWords: (title) => `有没有类似“${title}”的？`,
  search: "搜索商品",
  searchLabel: "搜索商品",
  all: "全部",
  departments: "分类",
  colours: "颜色",
  anyColour: "不限",
  count: (total) => `共 ${total} 件商品`,
  more: "加载更多",
  nothing: "没有找到。换个词试试，或者问问助手。",
  failed: "暂时无法加载商品。",
  retry: "重试",
  skip: "跳到商品列表",
  otherLanguage: "English",
  home: "Larkfield 首页",
  sizes: "尺码",
  soldOut: "缺货",
  similar: "您可能还喜欢",
  notFound: "店里没有这件商品（或已下架）。",
  back: "返回首页",
  checkout: "结账",
  emptyCart: "购物车是空的，或者链接已过期。请向助手要一个新的链接。",
  size: "尺码",
  total: "合计",
  email: "您的邮箱",
  order: "提交演示订单",
  demo: "仅为演示，不会扣款，也不会发货。",
  badEmail: "请输入邮箱地址。",
  orderFailed: "下单失败，请重试。",
  thanks: "谢谢！",
  ordered: (order) => `您的订单号是 ${order}。凭订单号和邮箱可以向助手查询进度。`,
  colour: "颜色",
  material: "材质",
  brand: "品牌",
  footer: "Larkfield 是一个开源购物助手的演示商店。",
};

const TEXTS = { en, zh };

export let language: Language = chooseLanguage(
  new URLSearchParams(location.search).get("language"),
  store.get<string | null>("language", null),
  ...navigator.languages,
);
export const texts = (): typeof en => TEXTS[language];

/** Also tells the widget, which watches the page's `lang`. */
export function setLanguage(chosen: Language, keep = true): void {
  language = chosen;
  document.documentElement.lang = tagOf(chosen);
  if (keep) store.set("language", chosen);
}

/** A text of the shop's data: one string, or one for each language. */
export function say(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) {
    const choices = value as Record<string, unknown>;
    return String(choices[language] ?? choices.en ?? choices.zh ?? "");
  }
  return typeof value === "number" ? String(value) : "";
}
