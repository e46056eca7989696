/** The browser tab's title calls while a person waits for the customer: "New message · Shop" in turn with the page's own. */

const TURN_MS = 1_500;
/** Then the call stays, and stands still. */
const MOST_TURNS = 20;

export class TitleCall {
  private timer: ReturnType<typeof setInterval> | undefined;
  /** What the page calls itself. */
  private own = "";
  /** What we have written there; null while the page's own title stands. */
  private call: string | null = null;
  private turns = 0;

  constructor(
    private readonly words: () => string,
    private readonly still: () => boolean = () => matchMedia("(prefers-reduced-motion: reduce)").matches,
    private readonly page: { title: string } = document,
  ) {}

  start(): void {
    this.turns = 0;
    if (this.timer === undefined) {
      this.turn();
      this.timer = setInterval(() => this.turn(), TURN_MS);
    }
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.restore();
  }

  private turn(): void {
    if (this.call !== null && this.page.title === this.call) {
      if (this.still() || ++this.turns >= MOST_TURNS) return;
      return this.restore();
    }
    // The shop's page may have changed its title meanwhile: that one is its own now.
    this.own = this.page.title;
    this.page.title = `${this.words()} · ${this.own}`;
    // Read back, as browsers tidy up spaces.
    this.call = this.page.title;
  }

  private restore(): void {
    if (this.call !== null && this.page.title === this.call) this.page.title = this.own;
    this.call = null;
  }
}
