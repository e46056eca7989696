/** Where the customer writes: a real text field with a label, photo buttons, and the tray of the photo to be sent. */
import { isTouch, make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { hasCamera, takePhoto } from "./camera.ts";
import { Tray, type TrayOptions } from "./tray.ts";
import type { StoredPhoto } from "./upload.ts";
import type { Words } from "./words.ts";

export interface ComposerOptions extends Omit<TrayOptions, "onChange"> {
  onSend: (text: string, photo: StoredPhoto | null) => void;
  /** Keeps what was typed when the customer goes to another page. */
  draft: { get: () => string; set: (text: string) => void };
  /** The customer has typed; this is what the field holds now. */
  onType: (text: string) => void;
}

const HIGHEST_FIELD = 132;
/** The server cuts what is longer (MAX_TEXT of bot/settings.py): better said before than found out after. */
const LONGEST_TEXT = 4_000;

export class Composer {
  readonly element: HTMLFormElement;
  // Room to write too much and shorten it; but a line of a megabyte would stop the page for a minute.
  private readonly field = make("textarea", { rows: 1, enterkeyhint: "send", dir: "auto", autocomplete: "off", maxlength: 2 * LONGEST_TEXT });
  private readonly photoButton = make("button", { type: "button", class: "tool" }, icon("photo"));
  private readonly cameraButton = make("button", { type: "button", class: "tool", hidden: true }, icon("camera"));
  private readonly sendButton = make("button", { type: "submit", class: "send" }, icon("send"));
  private readonly fileInput = make("input", { type: "file", accept: "image/*", hidden: true, tabindex: -1 });
  private readonly captureInput = make("input", { type: "file", accept: "image/*", capture: "environment", hidden: true, tabindex: -1 });
  private readonly note = make("p", { class: "composer-note", role: "status", hidden: true });
  private readonly tray: Tray;
  private sending = false;

  constructor(private readonly options: ComposerOptions) {
    this.tray = new Tray({ ...options, onChange: () => this.update() });
    const bar = make("div", { class: "bar" }, this.photoButton, this.cameraButton, this.field, this.sendButton);
    this.element = make("form", { class: "composer" }, this.note, this.tray.element, bar, this.fileInput, this.captureInput);
    this.listen();
    this.field.value = options.draft.get();
    this.relabel();
    this.update();
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  /** Puts words in the field for the customer to send or change ("Ask about this product"). */
  suggest(text: string): void {
    this.field.value = text;
    this.update();
    this.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  openPicker(): void {
    this.fileInput.click();
  }

  async takeFiles(files: FileList | readonly File[] | null | undefined): Promise<void> {
    this.say("");
    if (files?.length) await this.tray.take([...files]);
    this.focus();
  }

  relabel(): void {
    const words: Words = this.options.words();
    this.field.placeholder = words.placeholder;
    this.field.setAttribute("aria-label", words.message);
    for (const [button, label] of [
      [this.photoButton, words.addPhoto],
      [this.cameraButton, words.takePhoto],
      [this.sendButton, words.send],
    ] as const) {
      button.setAttribute("aria-label", label);
      button.title = label;
    }
    this.tray.relabel();
  }

  private listen(): void {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.field.addEventListener("keydown", (event) => {
      // While an input method composes (pinyin, say), Enter chooses a word and must not send; 229 is Safari's way to say so.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      void this.submit();
    });
    this.field.addEventListener("input", () => {
      this.say("");
      this.options.draft.set(this.field.value);
      this.options.onType(this.field.value);
      this.update();
    });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
      if (!files.length) return;
      event.preventDefault();
      void this.takeFiles(files);
    });
    this.photoButton.addEventListener("click", () => this.openPicker());
    for (const input of [this.fileInput, this.captureInput]) {
      input.addEventListener("change", () => {
        void this.takeFiles(input.files);
        input.value = "";
      });
    }
    this.cameraButton.addEventListener("click", () => void this.openCamera());
    if (isTouch()) this.cameraButton.hidden = false;
    else void hasCamera().then((there) => (this.cameraButton.hidden = !there));
  }

  private async openCamera(): Promise<void> {
    if (isTouch()) return this.captureInput.click();
    try {
      const file = await takePhoto(this.options.words());
      if (file) await this.takeFiles([file]);
    } catch {
      this.say(this.options.words().cameraRefused);
    }
    this.focus();
  }

  private async submit(): Promise<void> {
    const text = this.field.value.trim();
    if (this.sending || (!text && !this.tray.filled)) return;
    if (text.length > LONGEST_TEXT) return this.say(this.options.words().tooLong(LONGEST_TEXT.toLocaleString("en")));
    let photo: StoredPhoto | null = null;
    if (this.tray.filled) {
      this.sending = true;
      this.update();
      photo = await this.tray.settled();
      this.sending = false;
      this.update();
      // Failed or cancelled: the words stay in the field and the tray says what happened.
      if (!photo) return;
    }
    this.options.onSend(text, photo);
    this.field.value = "";
    this.options.draft.set("");
    this.say("");
    this.tray.clear();
    this.update();
    this.focus();
  }

  private say(text: string): void {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  private update(): void {
    this.sendButton.disabled = this.sending || (!this.field.value.trim() && !this.tray.filled);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, HIGHEST_FIELD)}px`;
    this.field.style.overflowY = this.field.scrollHeight > HIGHEST_FIELD ? "auto" : "hidden";
  }
}
