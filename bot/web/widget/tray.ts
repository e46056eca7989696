/** The photo that goes with the next message: preview, upload with progress, cancel, errors, another try. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { PhotoError, shrink } from "../shared/photo.ts";
import { upload, type StoredPhoto } from "./upload.ts";
import type { Words } from "./words.ts";

export interface TrayOptions {
  words: () => Words;
  language: () => string;
  uploadUrl: string;
  /** A valid token; `renew` asks the server for another one first. */
  token: (renew: boolean) => Promise<string>;
  onChange: () => void;
}

type TrayState = "empty" | "preparing" | "uploading" | "ready" | "error";

export class Tray {
  readonly element = make("div", { class: "tray", hidden: true });
  private readonly thumb = make("img", { class: "tray-thumb", alt: "" });
  private readonly bar = make("progress", { max: 100, value: 0 });
  private readonly label = make("p", { class: "tray-label", role: "status" });
  private readonly retryButton = make("button", { type: "button", class: "tray-retry", hidden: true }, icon("retry"));
  private readonly removeButton = make("button", { type: "button", class: "tray-remove" }, icon("close"));
  private state: TrayState = "empty";
  private percent = 0;
  private problem: PhotoError | null = null;
  private note = "";
  private preview = "";
  private small: Blob | null = null;
  private stored: StoredPhoto | null = null;
  private abort: AbortController | null = null;
  private waiters: ((photo: StoredPhoto | null) => void)[] = [];

  constructor(private readonly options: TrayOptions) {
    const text = make("div", { class: "tray-text" }, this.label, this.bar);
    this.element.append(this.thumb, text, this.retryButton, this.removeButton);
    this.removeButton.addEventListener("click", () => this.clear());
    this.retryButton.addEventListener("click", () => void this.send());
    this.relabel();
  }

  /** There is a photo that can go (or will soon be able to go) with a message. */
  get filled(): boolean {
    return this.state === "preparing" || this.state === "uploading" || this.state === "ready";
  }

  get busy(): boolean {
    return this.state === "preparing" || this.state === "uploading";
  }

  async take(files: readonly File[]): Promise<void> {
    const file = files[0];
    if (!file) return;
    this.clear();
    const abort = (this.abort = new AbortController());
    this.note = files.length > 1 ? this.options.words().photoSwapped : "";
    this.become("preparing");
    try {
      const small = await shrink(file);
      if (abort.signal.aborted) return;
      this.small = small;
      this.preview = URL.createObjectURL(small);
      this.thumb.src = this.preview;
    } catch (error) {
      if (!abort.signal.aborted) this.fail(error);
      return;
    }
    await this.send();
  }

  /** The stored photo once the upload is through, or null when it failed or was cancelled. */
  settled(): Promise<StoredPhoto | null> {
    if (this.stored || !this.busy) return Promise.resolve(this.stored);
    return new Promise((done) => this.waiters.push(done));
  }

  clear(): void {
    this.abort?.abort();
    this.abort = null;
    if (this.preview) URL.revokeObjectURL(this.preview);
    this.preview = "";
    this.thumb.removeAttribute("src");
    this.small = this.stored = this.problem = null;
    this.note = "";
    this.percent = 0;
    this.settle();
    this.become("empty");
  }

  relabel(): void {
    const words = this.options.words();
    const texts: Record<TrayState, string> = {
      empty: "",
      preparing: words.photoPreparing,
      uploading: words.photoUploading(this.percent),
      ready: this.note || words.photoReady,
      error: this.describe(words),
    };
    this.label.textContent = texts[this.state];
    this.retryButton.setAttribute("aria-label", words.photoRetry);
    this.removeButton.setAttribute("aria-label", this.busy ? words.photoCancel : words.photoRemove);
    this.bar.setAttribute("aria-label", words.photoUploading(this.percent));
  }

  private async send(): Promise<void> {
    const small = this.small;
    if (!small) return;
    const abort = (this.abort = new AbortController());
    this.percent = 0;
    this.become("uploading");
    for (const renew of [false, true]) {
      try {
        this.stored = await upload(small, {
          url: this.options.uploadUrl,
          token: await this.options.token(renew),
          language: this.options.language(),
          signal: abort.signal,
          onProgress: (share) => {
            this.percent = Math.round(share * 100);
            this.bar.value = this.percent;
            // The status region would read every step aloud; the bar has the figure, the text moves in quarters.
            if (this.percent % 25 === 0) this.relabel();
          },
        });
        this.become("ready");
        this.settle();
        return;
      } catch (error) {
        if (abort.signal.aborted) return;
        // An expired token is our business, not the customer's: one more try with a fresh one.
        if (!renew && error instanceof PhotoError && (error.status === 401 || error.status === 403)) continue;
        return this.fail(error);
      }
    }
  }

  private fail(error: unknown): void {
    this.problem = error instanceof PhotoError ? error : new PhotoError("failed");
    this.become("error");
    this.settle();
  }

  private settle(): void {
    for (const done of this.waiters.splice(0)) done(this.stored);
  }

  private describe(words: Words): string {
    if (this.problem?.sentence) return this.problem.sentence;
    const texts = { not_picture: words.photoNotPicture, too_large: words.photoTooLarge, failed: words.photoFailed };
    return texts[this.problem?.problem ?? "failed"];
  }

  private become(state: TrayState): void {
    this.state = state;
    this.element.hidden = state === "empty";
    this.element.dataset.state = state;
    this.thumb.hidden = !this.preview;
    this.bar.hidden = state !== "uploading";
    this.bar.value = this.percent;
    this.retryButton.hidden = !(state === "error" && this.small && this.problem?.problem === "failed" && !this.problem.sentence);
    this.relabel();
    this.options.onChange();
  }
}
