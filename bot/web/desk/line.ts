/**
 * The line to the server. It comes back by itself (backoff with jitter, at once when the browser is online again); every
 * request gets its answer or an error, a request in flight when the line breaks fails with `offline`.
 */
import { newId } from "../shared/ids.ts";
import { ReconnectingLine, type ReconnectingOptions } from "../shared/reconnecting.ts";
import type { Frame, Handoff, Request } from "./protocol.ts";
import { readFrame } from "./reader.ts";

export type Answer = Extract<Frame, { type: "ok" }>;

/** The server's refusal; or `offline`, `timeout` of this page. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly sentence: string,
    /** The hand-over as it is now, for a change that came too late. */
    readonly handoff: Handoff | null = null,
  ) {
    super(sentence || code);
  }
}

export interface LineOptions extends ReconnectingOptions<Frame> {
  url: () => string;
  /** Why the server does not let the page in now, in its words. */
  onTrouble?: (sentence: string) => void;
  /** The session has ended. */
  onSignedOut: () => void;
}

const LONGEST_DELAY_MS = 10_000;
const ANSWER_WITHIN_MS = 12_000;
const SESSION_ENDED = 4401;

interface Pending {
  resolve: (answer: Answer) => void;
  reject: (error: Refused) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Line extends ReconnectingLine<Frame, LineOptions> {
  private readonly pending = new Map<string, Pending>();

  constructor(options: LineOptions) {
    super(options, LONGEST_DELAY_MS, ANSWER_WITHIN_MS);
  }

  get open(): boolean {
    return this.welcomed;
  }

  /** @throws Refused */
  request(request: Request): Promise<Answer> {
    const socket = this.socket;
    if (!socket || !this.welcomed || socket.readyState !== 1) return Promise.reject(new Refused("offline", ""));
    const id = newId();
    return new Promise((resolve, reject) => {
      // No answer in time means that the line is dead, whatever the browser thinks of it.
      const timer = setTimeout(() => socket === this.socket && this.fail(), ANSWER_WITHIN_MS);
      this.pending.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ ...request, id }));
    });
  }

  /** For what matters only now (typing, read marks): nobody waits for the answer. */
  tell(request: Request): void {
    void this.request(request).catch(() => undefined);
  }

  protected override connect(): void {
    this.dial(this.options.url);
  }

  protected override receive(data: unknown): void {
    const frame = readFrame(data);
    if (!frame) return;
    if (frame.type === "welcome") {
      this.answered();
      this.greet(frame);
    } else if (frame.type === "ok") this.settle(frame.id)?.resolve(frame);
    else if (frame.type === "error") {
      const refused = new Refused(frame.code, frame.text, frame.handoff);
      if (frame.id) this.settle(frame.id)?.reject(refused);
      // Before the welcome an error means: not now (its database is away, say). We come back.
      else if (!this.welcomed) {
        this.fail();
        if (frame.text) this.options.onTrouble?.(frame.text);
      }
    } else this.options.onFrame(frame);
  }

  protected override closed(code: number): void {
    if (code === SESSION_ENDED) {
      this.stop();
      this.options.onSignedOut();
    } else this.fail();
  }

  protected override ping(): void {
    this.tell({ type: "ping" });
  }

  protected override drop(): void {
    super.drop();
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(new Refused("offline", ""));
  }

  private settle(id: string): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }
}
