/** The right column: what one should know of this customer before answering. */
import { make } from "../shared/dom.ts";
import { labelOf, wordFor, type App } from "./app.ts";
import { cardLine, cartLine } from "./cards.ts";
import { photoButton } from "./lightbox.ts";
import type { Change, Earlier, Fact, Handoff, Note, Packet } from "./protocol.ts";
import { Tags } from "./tags.ts";
import { oneLine, textBlock, visible } from "./texts.ts";
import { dayAndClock } from "./time.ts";

export class PacketView {
  readonly element: HTMLElement;
  private readonly facts = make("dl", { class: "facts" });
  private readonly parts = make("div", { class: "packet-parts" });
  private readonly notes = make("div", { class: "packet-parts" });
  private readonly tags: Tags;
  private readonly tagsPart: HTMLElement;
  /** What is drawn: parts that are the same objects are left alone. */
  private drawn: { packet: Packet | null; notes: Note[] | null; history: Earlier[] | null; audit: Change[] | null } = { packet: null, notes: null, history: null, audit: null };
  private conversation: string | null = null;

  constructor(private readonly app: App) {
    const words = app.words();
    this.tags = new Tags(words, app.desk.settings.tags, (tags) => {
      const handoff = app.desk.current;
      if (handoff) void app.actions.tags(handoff, tags);
    });
    this.tagsPart = this.part(words.tags, this.tags.element);
    this.element = make("aside", { class: "packet", id: "context", "aria-label": words.context, tabindex: -1 }, make("div", { class: "packet-scroll", tabindex: 0, role: "group", "aria-label": words.context }, this.facts, this.parts, this.tagsPart, this.notes));
    app.desk.on("packet", () => this.draw());
    app.desk.on("open", () => this.draw());
  }

  focus(): void {
    this.element.querySelector<HTMLElement>(".packet-scroll")?.focus();
  }

  focusTags(): void {
    this.tags.focus();
  }

  draw(): void {
    const { desk } = this.app;
    const handoff = desk.current;
    const talk = desk.open ? desk.talk(desk.open) : null;
    this.element.classList.toggle("is-empty", !talk);
    if (desk.open !== this.conversation) {
      this.conversation = desk.open;
      this.element.querySelector(".packet-scroll")!.scrollTop = 0;
      this.drawn = { packet: null, notes: null, history: null, audit: null };
      this.parts.replaceChildren();
      this.notes.replaceChildren();
    }
    this.tagsPart.hidden = !handoff;
    if (handoff) this.drawHandoff(handoff);
    else this.facts.replaceChildren();
    if (!talk?.loaded) return;
    const { drawn } = this;
    if (talk.packet !== drawn.packet && talk.packet) this.drawPacket(talk.packet, talk.id);
    if (talk.notes !== drawn.notes || talk.history !== drawn.history || talk.audit !== drawn.audit) this.drawPast(talk.notes, talk.history, talk.audit, handoff);
    this.drawn = { packet: talk.packet, notes: talk.notes, history: talk.history, audit: talk.audit };
  }

  private part(title: string, ...body: (Node | null)[]): HTMLElement {
    return make("section", { class: "part" }, make("h3", {}, title), ...body);
  }

  private drawHandoff(handoff: Handoff): void {
    const { app } = this;
    const words = app.words();
    const language = app.language();
    const rows: [string, string | number | null][] = [
      [words.facts.reason, [wordFor(words.reason, handoff.reason), handoff.detail && oneLine(handoff.detail)].filter(Boolean).join(words.colon)],
      [words.facts.channel, wordFor(words.channel, handoff.channel)],
      [words.facts.language, handoff.language && wordFor(words.languageName, handoff.language)],
      [words.facts.mood, handoff.mood && wordFor(words.mood, handoff.mood)],
      [words.facts.group, labelOf(app.desk.settings.groups, handoff.group, language)],
      [words.satisfaction, handoff.rating && [words.rated(handoff.rating), handoff.rating_comment && oneLine(handoff.rating_comment, 300)].filter(Boolean).join(words.colon)],
      [words.facts.waited, dayAndClock(handoff.asked, language, words)],
    ];
    const shown = rows.filter(([, value]) => value);
    const key = shown.map((row) => row.join("=")).join("\n");
    if (this.facts.dataset.key !== key) {
      this.facts.dataset.key = key;
      this.facts.replaceChildren(...shown.flatMap(([name, value]) => [make("dt", {}, name), make("dd", { dir: "auto" }, String(value))]));
    }
    if (this.tags.tags.join("\n") !== handoff.tags.join("\n")) this.tags.show(handoff.tags);
  }

  private drawPacket(packet: Packet, conversation: string): void {
    const { app } = this;
    const words = app.words();
    const factList = (facts: Fact[]): HTMLElement =>
      make("dl", { class: "facts" }, ...facts.flatMap(({ name, value }) => [make("dt", { dir: "auto" }, oneLine(name, 60)), make("dd", { dir: "auto" }, oneLine(value, 300))]));
    const parts: HTMLElement[] = [];
    if (packet.summary) parts.push(this.part(words.summary, textBlock(packet.summary, "summary", words)));
    if (packet.photos.length) {
      const photos = packet.photos.map((photo) => {
        const saw = photo.saw ? `${words.saw} ${visible(photo.saw)}` : "";
        return make(
          "li",
          {},
          photoButton(app.api.photo(photo.id, conversation), saw || words.photo, saw, words, "photo large"),
          saw ? make("p", { class: "saw", dir: "auto" }, saw) : null,
          photo.facts.length ? factList(photo.facts) : null,
        );
      });
      parts.push(this.part(words.photos, make("ul", { class: "packet-photos" }, ...photos)));
    }
    if (packet.cart?.lines.length) parts.push(this.part(words.cart, make("ul", {}, ...packet.cart.lines.map((line) => cartLine(line, words))), this.total(packet.cart.total)));
    if (packet.order) {
      const { order } = packet;
      const when = order.placed ? dayAndClock(order.placed, app.language(), words) : null;
      parts.push(
        this.part(
          words.order,
          make("p", { class: "order-head", dir: "auto" }, [words.orderNumber(order.id), wordFor(words.orderStatus, order.status), when].filter(Boolean).join(" · ")),
          order.lines.length ? make("ul", {}, ...order.lines.map((line) => cartLine(line, words))) : null,
          this.total(order.total),
        ),
      );
    }
    if (packet.products.length) parts.push(this.part(words.shown, make("ul", {}, ...packet.products.map((card) => make("li", {}, cardLine(card))))));
    if (packet.profile.length) parts.push(this.part(words.profile, factList(packet.profile)));
    this.parts.replaceChildren(...parts);
  }

  private total(total: string | null): HTMLElement | null {
    return total ? make("p", { class: "total" }, make("span", {}, this.app.words().total), make("span", {}, total)) : null;
  }

  private drawPast(notes: Note[], history: Earlier[], audit: Change[], handoff: Handoff | null): void {
    const { app } = this;
    const words = app.words();
    const language = app.language();
    const when = (at: string): HTMLElement => make("span", { class: "when" }, dayAndClock(at, language, words));
    const noteItems = notes.map((note) => make("li", { class: "note-line" }, make("p", { class: "note-head" }, make("span", { dir: "auto" }, visible(note.agent.name)), " ", when(note.at)), textBlock(note.text, "note-text", words, true)));
    const past = history.filter((one) => one.id !== handoff?.id);
    const pastItems = past.map((one) => {
      const lines = [
        make("span", {}, [wordFor(words.reason, one.reason), words.state[one.state]].filter(Boolean).join(" · ")),
        make("span", { class: "when", dir: "auto" }, [dayAndClock(one.asked, language, words), one.agent && visible(one.agent), one.rating ? words.rated(one.rating) : null, ...one.tags.map((tag) => oneLine(tag, 40))].filter(Boolean).join(" · ")),
      ];
      // An earlier hand-over of this very conversation: it stands in the messages already.
      if (one.conversation === app.desk.open) return make("li", { class: "past" }, ...lines);
      const button = make("button", { type: "button", class: "past" }, ...lines);
      button.addEventListener("click", () => app.show(one.conversation));
      return make("li", {}, button);
    });
    const actor = (name: string): string => (name.startsWith("rule:") ? words.rule(name.slice(5)) : wordFor(words.actor, name));
    const changes = audit.map((change) => make("li", {}, make("span", { dir: "auto" }, `${visible(actor(change.actor))}${words.colon}${wordFor(words.event, change.event)}`), " ", when(change.at)));
    this.notes.replaceChildren(
      this.part(words.notes, noteItems.length ? make("ul", { class: "note-lines" }, ...noteItems) : make("p", { class: "empty" }, words.noNotes)),
      this.part(words.history, pastItems.length ? make("ul", {}, ...pastItems) : make("p", { class: "empty" }, words.noHistory)),
      ...(changes.length ? [make("details", { class: "part" }, make("summary", {}, words.log), make("ul", { class: "audit" }, ...changes))] : []),
    );
  }
}
