/** Tells the other side that one is writing: at once, again while it goes on, and its end. */

const AGAIN_MS = 3_000;
const STOPS_AFTER_MS = 4_000;

export class Typing {
  private conversation: string | null = null;
  private told = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly tell: (conversation: string, on: boolean) => void,
    private readonly now: () => number = Date.now,
  ) {}

  touched(conversation: string, hasText: boolean): void {
    if (conversation !== this.conversation || !hasText) this.stop();
    if (!hasText) return;
    this.conversation = conversation;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), STOPS_AFTER_MS);
    if (this.now() - this.told < AGAIN_MS) return;
    this.told = this.now();
    this.tell(conversation, true);
  }

  stop(): void {
    clearTimeout(this.timer);
    if (this.conversation && this.told) this.tell(this.conversation, false);
    this.conversation = null;
    this.told = 0;
  }
}
