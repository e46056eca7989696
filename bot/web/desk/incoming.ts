/** What the line brings: to what the page knows, and where it matters to the agent's eyes and ears. */
import { customerName, type App } from "./app.ts";
import { isOpen } from "./desk.ts";
import type { Frame, Handoff, Message } from "./protocol.ts";
import { oneLine } from "./texts.ts";
import { spoken } from "./toasts.ts";

export class Incoming {
  constructor(private readonly app: App) {}

  take(frame: Frame): void {
    const { desk, outbox, line } = this.app;
    switch (frame.type) {
      case "welcome":
        this.welcome(frame);
        if (desk.open) line.tell({ type: "watch", conversation: desk.open });
        outbox.flush();
        break;
      case "queue":
        desk.remove(frame.removed);
        for (const handoff of frame.handoffs) this.takeHandoff(handoff);
        break;
      case "handoff":
        this.takeHandoff(frame.handoff);
        break;
      case "event":
        this.takeMessage(frame.conversation, frame.message);
        break;
      case "typing":
        if (frame.who === "customer") desk.typing(frame.conversation, frame.on);
        break;
      case "read":
        desk.read(frame.conversation, frame.who, frame.seq);
        break;
      case "presence":
        desk.person(frame.agent, { status: frame.status });
        break;
      case "load":
        desk.person(frame.agent, { load: frame.load, max_load: frame.max_load });
        break;
      case "note":
        if (desk.talk(frame.conversation).addNote(frame.note) && frame.conversation === desk.open) desk.touch("messages", "packet");
        break;
      case "erased":
        desk.erased(frame.conversation, frame.before);
        if (frame.conversation === desk.open) this.app.say(this.app.words().erased);
        break;
    }
  }

  /** After a break, what came meanwhile calls the agent as it would have then; the first time it is all there already. */
  private welcome(frame: Extract<Frame, { type: "welcome" }>): void {
    const { desk } = this.app;
    const before = new Map([...desk.handoffs.values()].map((handoff) => [handoff.conversation, handoff]));
    const first = desk.colleagues.size === 0;
    desk.welcome(frame);
    if (first) return;
    for (const handoff of [...frame.queue, ...frame.mine]) this.callFor(handoff, before.get(handoff.conversation) ?? null);
  }

  private takeHandoff(handoff: Handoff): void {
    const { desk } = this.app;
    const before = desk.handoffOf(handoff.conversation);
    if (desk.put(handoff) && isOpen(handoff)) this.callFor(handoff, before);
  }

  /** Calls the agent for somebody who waits now, or was given to him by another hand than his own. */
  private callFor(handoff: Handoff, before: Handoff | null): void {
    const { desk, alerts } = this.app;
    const words = this.app.words();
    if (desk.claiming.has(handoff.id)) return;
    const name = customerName(handoff, handoff.conversation, words);
    const call = (text: string): void => {
      this.app.announce(text);
      alerts.sound("conversation");
      alerts.notify(text, handoff.last?.text ? oneLine(handoff.last.text, 80) : "", `handoff-${handoff.id}`, () => this.app.show(handoff.conversation, "composer"));
    };
    const same = before?.id === handoff.id ? before : null;
    if (handoff.state === "queued" && same?.state !== "queued") call(words.newWaiting(name));
    else if (handoff.state === "assigned" && handoff.agent === desk.me.id && same?.agent !== desk.me.id) call(words.newAssigned(name));
  }

  private takeMessage(conversation: string, message: Message): void {
    const { desk, outbox, alerts } = this.app;
    const words = this.app.words();
    const taken = desk.message(conversation, message);
    if (message.id) outbox.remove(message.id);
    // What is missing is asked for when the conversation is drawn.
    if (taken === "gap" && conversation === desk.open) desk.touch("open");
    if (taken === "known") return;
    const handoff = desk.handoffOf(conversation);
    const mine = isOpen(handoff) && handoff.agent === desk.me.id;
    if (!mine || message.from !== "customer") return;
    const away = document.visibilityState !== "visible" || conversation !== desk.open;
    this.app.announce(spoken(this.app, conversation, message));
    if (!away) return;
    alerts.sound("message");
    const name = customerName(handoff, conversation, words);
    alerts.notify(words.newMessage(name), message.text ? oneLine(message.text, 80) : words.photo, `message-${conversation}`, () => this.app.show(conversation, "composer"));
  }
}
