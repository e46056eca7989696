/** What an agent does to a conversation: asked of the server, told in one line, and the page follows the answer. */
import { newId } from "../shared/ids.ts";
import type { App } from "./app.ts";
import { Refused, type Answer } from "./line.ts";
import type { Agreed, Card, Handoff, Outgoing, Request } from "./protocol.ts";

export class Actions {
  constructor(private readonly find: () => App) {}

  private get app(): App {
    return this.find();
  }

  /** Takes it and opens it for both sides at once. */
  async claim(handoff: Handoff): Promise<boolean> {
    const { claiming } = this.app.desk;
    claiming.add(handoff.id);
    try {
      const claimed = await this.change({ type: "claim", handoff: handoff.id, version: handoff.version });
      if (!claimed?.handoff) return claimed !== null;
      const after = claimed.handoff;
      if (after.state === "assigned") await this.change({ type: "accept", handoff: after.id, version: after.version });
      // Only now, because before this there is no field yet for the first words.
      this.app.show(after.conversation, "composer");
      // It is plain to see; those who do not see it hear it.
      this.app.announce(this.app.words().claimed);
      return true;
    } finally {
      claiming.delete(handoff.id);
    }
  }

  async accept(handoff: Handoff): Promise<boolean> {
    const accepted = await this.change({ type: "accept", handoff: handoff.id, version: handoff.version });
    if (accepted) this.app.announce(this.app.words().accepted);
    return accepted !== null;
  }

  async release(handoff: Handoff): Promise<boolean> {
    return this.changeAndSay({ type: "release", handoff: handoff.id, version: handoff.version }, this.app.words().released);
  }

  async stepIn(conversation: string): Promise<boolean> {
    return this.changeAndSay({ type: "step_in", conversation }, this.app.words().steppedIn);
  }

  async transfer(handoff: Handoff, to: { agent: number } | { group: string }, name: string): Promise<boolean> {
    return this.changeAndSay({ type: "transfer", handoff: handoff.id, version: handoff.version, ...to }, this.app.words().transferred(name));
  }

  async giveBack(handoff: Handoff, slots: Agreed, note: string | null): Promise<boolean> {
    return this.changeAndSay({ type: "return", handoff: handoff.id, version: handoff.version, slots, note }, this.app.words().givenBack);
  }

  async end(handoff: Handoff, reason: string, tags: string[]): Promise<boolean> {
    return this.changeAndSay({ type: "close", handoff: handoff.id, version: handoff.version, reason, tags }, this.app.words().ended);
  }

  async tags(handoff: Handoff, tags: string[]): Promise<boolean> {
    this.app.desk.put({ ...handoff, tags });
    return (await this.change({ type: "tags", handoff: handoff.id, tags })) !== null;
  }

  async note(handoff: Handoff, text: string): Promise<boolean> {
    return (await this.change({ type: "note", handoff: handoff.id, text, client_id: newId() })) !== null;
  }

  async presence(status: "online" | "away"): Promise<void> {
    const { desk } = this.app;
    const before = desk.status;
    desk.person(desk.me.id, { status });
    if ((await this.change({ type: "presence", status })) === null) desk.person(desk.me.id, { status: before });
    else this.app.say(this.app.words().status[status]);
  }

  /** Shown at once, sent when it can be, never doubled. */
  send(conversation: string, what: { text: string } | { photo: string } | { card: Card }): void {
    const base = { conversation, client_id: newId() };
    const outgoing: Outgoing =
      "text" in what
        ? { ...base, type: "say", text: what.text }
        : "photo" in what
          ? { ...base, type: "photo", photo: what.photo }
          : { ...base, type: "product", product: what.card.id };
    this.app.outbox.add(outgoing, new Date().toISOString(), "card" in what ? what.card : null);
    this.app.desk.touch("messages");
  }

  /** The open conversation if it waits, else the one that has waited longest. */
  async claimNext(): Promise<void> {
    const { desk } = this.app;
    const current = desk.current;
    const next = current?.state === "queued" ? current : desk.waiting[0];
    if (next) await this.claim(next);
    else this.app.say(this.app.words().noneWaiting);
  }

  private async changeAndSay(request: Request, done: string): Promise<boolean> {
    const answer = await this.change(request);
    if (answer) this.app.say(done);
    return answer !== null;
  }

  /** The answer, or null if it was refused (and the agent was told why). */
  private async change(request: Request): Promise<Answer | null> {
    const { app } = this;
    try {
      const answer = await app.line.request(request);
      if (answer.handoff) app.desk.put(answer.handoff);
      return answer;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { words } = app;
      if (error.handoff) app.desk.put(error.handoff);
      if (error.code === "offline" || error.code === "timeout") app.say(words().notHere, "problem");
      else app.say(error.sentence || (error.code === "conflict" ? words().changed : words().failed), "problem");
      return null;
    }
  }
}

