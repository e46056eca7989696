/** Dialogs and form fields: named, closed by Escape, focus goes in and comes back (the browser's own `<dialog>` does it). */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { Words } from "./words.ts";

let count = 0;
const newId = (): string => `field-${(count += 1)}`;

export interface DialogOptions {
  title: string;
  words: Words;
  body: Node[];
  size?: "wide";
  onClose?: () => void;
}

/** Opens a modal dialog; only one at a time. */
export function openDialog({ title, words, body, size, onClose }: DialogOptions): HTMLDialogElement {
  document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
  const id = newId();
  const closer = make("button", { type: "button", class: "quiet icon-button", "aria-label": words.close, title: words.close }, icon("close"));
  const heading = make("h2", { id }, title);
  const dialog = make("dialog", { class: size ? `dialog ${size}` : "dialog", "aria-labelledby": id }, make("div", { class: "dialog-top" }, heading, closer), make("div", { class: "dialog-body" }, ...body));
  closer.addEventListener("click", () => dialog.close());
  // A click beside the dialog hits the dialog itself, its content fills it.
  dialog.addEventListener("pointerdown", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    document.body.append(...dialog.querySelectorAll(".toasts"));
    dialog.remove();
    putCaretBack();
    onClose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[autofocus], .dialog-body input, .dialog-body select, .dialog-body textarea, .dialog-body button")?.focus();
  return dialog;
}

/**
 * Chromium gives the focus back to the field that had it, but its caret may have been in the dialog's own field and have gone
 * with that: keys would reach the field and write nothing.
 */
function putCaretBack(): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return;
  field.blur();
  field.focus({ preventScroll: true });
}

export interface FormOptions {
  title: string;
  words: Words;
  fields: (Node | null)[];
  submit: string;
  /** A sentence of what is wrong; or done (true: close), or refused (false: stay). */
  onSubmit: () => Promise<boolean> | string;
}

/** A dialog with a form. */
export function openForm({ title, words, fields, submit, onSubmit }: FormOptions): HTMLDialogElement {
  const problem = make("p", { class: "problem", role: "alert" });
  const button = make("button", { type: "submit", class: "primary" }, submit);
  const cancel = make("button", { type: "button" }, words.cancel);
  const form = make("form", { class: "form", novalidate: true }, ...fields, problem, make("div", { class: "form-buttons" }, button, cancel));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const outcome = onSubmit();
    problem.textContent = typeof outcome === "string" ? outcome : "";
    if (typeof outcome === "string") return;
    button.disabled = true;
    void outcome.then((done) => {
      button.disabled = false;
      if (done) dialog.close();
    });
  });
  const dialog = openDialog({ title, words, body: [form] });
  cancel.addEventListener("click", () => dialog.close());
  return dialog;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** A labelled control; `offers` are suggestions that need not be taken. */
export function field(label: string, control: Control, hint = "", offers: readonly string[] = []): HTMLElement {
  control.id = newId();
  const parts: Node[] = [make("label", { for: control.id }, label), control];
  if (hint) {
    const id = newId();
    control.setAttribute("aria-describedby", id);
    parts.push(make("p", { class: "hint", id }, hint));
  }
  if (offers.length) {
    const id = newId();
    control.setAttribute("list", id);
    parts.push(make("datalist", { id }, ...offers.map((value) => make("option", { value }))));
  }
  return make("div", { class: "field" }, ...parts);
}

export function select(options: readonly (readonly [value: string, label: string])[], chosen: string): HTMLSelectElement {
  const control = make("select", {}, ...options.map(([value, label]) => make("option", { value }, label)));
  control.value = chosen;
  return control;
}

export interface Option {
  value: string;
  label: string;
  detail?: string;
  checked?: boolean;
  disabled?: boolean;
}

/** A group of radio buttons or check boxes. */
export function choices(legend: string, type: "radio" | "checkbox", options: readonly Option[], name = newId()): HTMLFieldSetElement {
  return make(
    "fieldset",
    { class: "choices" },
    make("legend", {}, legend),
    ...options.map(({ value, label, detail, checked, disabled }) =>
      make(
        "label",
        { class: "choice" },
        make("input", { type, name, value, checked, disabled }),
        make("span", { class: "choice-label", dir: "auto" }, label),
        detail ? make("span", { class: "choice-detail" }, detail) : null,
      ),
    ),
  );
}

export const chosen = (form: HTMLElement): string[] => [...form.querySelectorAll<HTMLInputElement>("input:checked")].map((input) => input.value);
