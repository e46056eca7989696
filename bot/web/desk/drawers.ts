/** On narrow screens a column becomes a drawer: closed it is out of reach, open it has the focus, Escape closes it. */
import { make } from "../shared/dom.ts";

export class Drawer {
  private readonly narrow: MediaQueryList;
  private readonly veil = make("div", { class: "veil", hidden: true });

  constructor(
    private readonly column: HTMLElement,
    private readonly button: HTMLButtonElement,
    /** Where the column is a drawer. */
    media: string,
    private readonly life: AbortSignal,
  ) {
    this.narrow = matchMedia(media);
    button.setAttribute("aria-controls", column.id);
    button.addEventListener("click", () => this.toggle());
    this.veil.addEventListener("click", () => this.close());
    column.before(this.veil);
    column.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !this.open) return;
      event.stopPropagation();
      this.close();
    });
    this.narrow.addEventListener("change", () => this.set(false), { signal: this.life });
    this.set(false);
  }

  /** Whether the column is a drawer now, and in view. */
  get open(): boolean {
    return this.narrow.matches && this.column.classList.contains("drawn");
  }

  get isDrawer(): boolean {
    return this.narrow.matches;
  }

  toggle(): void {
    if (this.open) this.close();
    else this.show();
  }

  show(): void {
    if (!this.narrow.matches) return;
    this.set(true);
    const first = this.column.querySelector<HTMLElement>("[aria-current=true], .packet-scroll, button, input");
    first?.focus();
  }

  close(): void {
    if (!this.open) return;
    this.set(false);
    this.button.focus();
  }

  /** Closed because something else was chosen: the focus goes there by itself. */
  leave(): void {
    if (this.open) this.set(false);
  }

  private set(open: boolean): void {
    const drawer = this.narrow.matches;
    this.column.classList.toggle("drawn", drawer && open);
    this.column.inert = drawer && !open;
    this.veil.hidden = !(drawer && open);
    this.button.hidden = !drawer;
    this.button.setAttribute("aria-expanded", String(open));
  }
}
