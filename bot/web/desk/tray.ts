/** The photo that goes with the next reply: made small in the browser, uploaded at once, shown until it is sent. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { object, text } from "../shared/json.ts";
import { PhotoError, shrink } from "../shared/photo.ts";
import { ApiError } from "./api.ts";
import type { App } from "./app.ts";

export class Tray {
  readonly element = make("div", { class: "tray", hidden: true });
  private readonly picture = make("img", { class: "tray-picture", alt: "" });
  private readonly label = make("p", { class: "tray-label", role: "status" });
  private upload: Promise<string | null> | null = null;
  private address: string | null = null;
  private cancel: AbortController | null = null;

  constructor(
    private readonly app: App,
    private readonly onChange: () => void,
  ) {
    const words = app.words();
    const remove = make("button", { type: "button", class: "quiet icon-button", "aria-label": words.removePhoto, title: words.removePhoto }, icon("close"));
    remove.addEventListener("click", () => this.clear());
    this.element.append(this.picture, this.label, remove);
  }

  get filled(): boolean {
    return this.upload !== null;
  }

  take(file: File, conversation: string): void {
    this.clear();
    const cancel = (this.cancel = new AbortController());
    this.element.hidden = false;
    this.label.textContent = this.app.words().photoUploading;
    this.upload = this.send(file, conversation, cancel.signal);
    this.onChange();
  }

  /** The stored photo's id once it is there; null if it failed (the tray says why). */
  settled(): Promise<string | null> {
    return this.upload ?? Promise.resolve(null);
  }

  clear(): void {
    this.cancel?.abort();
    this.cancel = null;
    this.upload = null;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
    this.picture.removeAttribute("src");
    this.element.hidden = true;
    this.label.textContent = "";
    this.onChange();
  }

  private async send(file: File, conversation: string, signal: AbortSignal): Promise<string | null> {
    const words = this.app.words();
    try {
      const blob = await shrink(file);
      if (signal.aborted) return null;
      this.address = URL.createObjectURL(blob);
      this.picture.src = this.address;
      const form = new FormData();
      form.append("photo", blob, "photo.jpg");
      const body = await this.app.api.call("POST", `photos?conversation=${encodeURIComponent(conversation)}`, form, signal);
      const id = text(object(body).photo);
      if (!id) throw new PhotoError("failed");
      this.label.textContent = words.photoReady;
      return id;
    } catch (error) {
      if (signal.aborted) return null;
      const problem = error instanceof PhotoError ? error.problem : "failed";
      const sentence = error instanceof ApiError && error.status < 500 ? error.sentence : null;
      this.label.textContent = sentence ?? { not_picture: words.photoNotPicture, too_large: words.photoTooLarge, failed: words.photoFailed }[problem];
      this.upload = null;
      this.onChange();
      return null;
    }
  }
}
