/** A photo as large as the window. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { Words } from "./words.ts";

export function enlarge(source: string, label: string, caption: string, words: Words): void {
  const closer = make("button", { type: "button", class: "icon-button lightbox-close", "aria-label": words.close, title: words.close }, icon("close"));
  const dialog = make(
    "dialog",
    { class: "lightbox", "aria-label": label },
    make("img", { src: source, alt: label }),
    caption ? make("p", { class: "lightbox-caption", dir: "auto" }, caption) : null,
    closer,
  );
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** A photo as a button that makes it large; a word in its place if it is gone. */
export function photoButton(source: string, label: string, caption: string, words: Words, className = "photo"): HTMLElement {
  const image = make("img", { src: source, alt: "", decoding: "async", loading: "lazy" });
  const button = make("button", { type: "button", class: className, "aria-label": `${words.enlarge}: ${label}` }, image);
  button.addEventListener("click", () => enlarge(source, label, caption, words));
  image.onerror = () => button.replaceWith(make("p", { class: "gone" }, words.photoGone));
  return button;
}
