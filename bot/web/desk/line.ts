/**
 * The line to the server. It comes back by itself (backoff with jitter, at once when the browser is online again); every
 * request gets its answer or an error, a request in flight when the line breaks fails with `offline`.
 */
import { newId } from "../shared/ids.ts";
import type { Frame, Handoff, Request } from "./protocol.ts";
import { readFrame } from "./reader.ts";

export type LineState = "connecting" | "open" | "waiting" | "closed";
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

export interface LineOptions {
  url: () => string;
  onFrame: (frame: Frame) => void;
  onState: (state: LineState) => void;
  /** Why the server does not let the page in now, in its words. */
  onTrouble?: (sentence: string) => void;
  /** The session has ended. */
  onSignedOut: () => void;
  /** Replaced in tests. */
  createSocket?: (url: string) => WebSocket;
  random?: () => number;
}

const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 10_000;
const PING_EVERY_MS = 20_000;
const ANSWER_WITHIN_MS = 12_000;
const SESSION_ENDED = 4401;

/** How long to wait before attempt `n` (0, 1, …): doubling, capped, spread. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.round(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + random() / 2));
}

interface Pending {
  resolve: (answer: Answer) => void;
  reject: (error: Refused) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Line {
  state: LineState = "closed";
  private socket: WebSocket | null = null;
  private attempt = 0;
  private welcomed = false;
  private readonly pending = new Map<string, Pending>();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private welcomeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LineOptions) {}

  get open(): boolean {
    return this.welcomed;
  }

  start(): void {
    if (this.state === "closed") this.connect();
  }

  stop(): void {
    clearTimeout(this.retryTimer);
    this.become("closed");
    this.drop();
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

  /** Something changed for the better (online again, page visible): do not sit out the delay, and test an open line. */
  nudge(): void {
    if (this.state === "waiting") {
      clearTimeout(this.retryTimer);
      this.attempt = 0;
      this.connect();
    } else if (this.state === "open") this.tell({ type: "ping" });
  }

  /** The browser says that the network is gone: an open socket would notice only after minutes. */
  lost(): void {
    if (this.state === "open" || this.state === "connecting") this.fail();
  }

  private become(state: LineState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onState(state);
  }

  private connect(): void {
    this.drop();
    this.become("connecting");
    let socket: WebSocket;
    try {
      socket = this.options.createSocket?.(this.options.url()) ?? new WebSocket(this.options.url());
    } catch {
      return this.fail();
    }
    this.socket = socket;
    this.welcomeTimer = setTimeout(() => socket === this.socket && this.fail(), ANSWER_WITHIN_MS);
    socket.onmessage = ({ data }) => socket === this.socket && this.receive(data);
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      if (code === SESSION_ENDED) {
        this.stop();
        this.options.onSignedOut();
      } else this.fail();
    };
  }

  private receive(data: unknown): void {
    const frame = readFrame(data);
    if (!frame) return;
    if (frame.type === "welcome") {
      clearTimeout(this.welcomeTimer);
      this.attempt = 0;
      this.welcomed = true;
      clearInterval(this.pingTimer);
      this.pingTimer = setInterval(() => this.tell({ type: "ping" }), PING_EVERY_MS);
      this.options.onFrame(frame);
      this.become("open");
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

  private settle(id: string): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  private drop(): void {
    clearInterval(this.pingTimer);
    clearTimeout(this.welcomeTimer);
    this.welcomed = false;
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState <= 1) socket.close();
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(new Refused("offline", ""));
  }

  private fail(): void {
    this.drop();
    if (this.state === "closed") return;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.connect(), backoff(this.attempt++, this.options.random));
    this.become("waiting");
  }
}
