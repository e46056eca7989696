/** Whether the customer looks at the page: only then is a message read that stands in it. */

export class Attention {
  /** Of the page around us: a frame sees only its own focus, but who looks at the shop beside the chat reads, too. */
  private around = false;

  /** @param ask has the launcher tell about its page's focus anew (see `hear`). */
  constructor(
    private readonly onChange: () => void,
    ask: () => void,
  ) {
    window.addEventListener("focus", onChange);
    window.addEventListener("blur", () => {
      // To the shop's page or to another window? Only the launcher knows.
      this.around = false;
      ask();
    });
    document.addEventListener("visibilitychange", onChange);
  }

  hear(around: boolean): void {
    this.around = around;
    this.onChange();
  }

  get present(): boolean {
    return document.visibilityState === "visible" && (this.around || document.hasFocus());
  }
}
