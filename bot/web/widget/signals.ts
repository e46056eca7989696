/** What a person at the desk sees of the customer besides the messages: that he writes, and what he has read. */

const REPEAT_TYPING_MS = 3_000;
const STOPPED_AFTER_MS = 5_000;

/** Tells that the customer writes, never what; at most every three seconds, and only while a person is there to see it. */
export class TypingSignal {
  private enabled = false;
  private on = false;
  private told = -Infinity;
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly send: (on: boolean) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  enable(enabled: boolean): void {
    if (!enabled) this.stop();
    this.enabled = enabled;
  }

  /** The field has changed to this text. */
  typed(text: string): void {
    if (!this.enabled) return;
    if (!text.trim()) return this.stop();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.stop(), STOPPED_AFTER_MS);
    if (this.on && this.now() - this.told < REPEAT_TYPING_MS) return;
    this.on = true;
    this.told = this.now();
    this.send(true);
  }

  /** Sent, emptied, paused, or nobody there any more. */
  stop(): void {
    clearTimeout(this.pause);
    if (!this.on) return;
    this.on = false;
    this.send(false);
  }
}

/** Tells how far the customer has read, each number once. */
export class ReadSignal {
  private told = 0;

  /** @param send tells whether it went out: a line that is down gets it later. */
  constructor(private readonly send: (seq: number) => boolean) {}

  note(seq: number): void {
    if (seq > this.told && this.send(seq)) this.told = seq;
  }

  reset(): void {
    this.told = 0;
  }
}
