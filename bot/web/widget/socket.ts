/**
 * The line to the server. It comes back by itself (backoff with jitter, at once when the browser is online again),
 * asks for what was missed since the last message seen, and sends again what was not acknowledged, under the same id.
 */
import type { Outbox } from "./outbox.ts";
import { readFrame, type Outgoing, type ServerFrame, type Signal } from "./protocol.ts";

export type LineState = "connecting" | "open" | "waiting" | "closed";

export interface LineOptions {
  url: string;
  /** A valid token; may ask the server. A rejection counts as a failed attempt. */
  token: () => Promise<string>;
  /** The server refused the token. */
  expire: () => void;
  /** The highest seq seen so far. */
  since: () => number;
  outbox: Outbox;
  onFrame: (frame: ServerFrame) => void;
  onState: (state: LineState) => void;
  /** Replaced in tests. */
  createSocket?: (url: string) => WebSocket;
  random?: () => number;
}

const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 15_000;
/** Mobile networks and proxies drop silent lines; a ping without an answer in time means that the line is dead. */
const PING_EVERY_MS = 20_000;
const ANSWER_WITHIN_MS = 8_000;
/** Codes of the server's `error` frame and of its close frame that mean: this token is not good (any more). */
const TOKEN_CODES = new Set(["unauthorized", "token", "bad_token", "expired", "session"]);
const TOKEN_CLOSES = new Set([1008, 4001, 4401, 4403]);

/** How long to wait before attempt `n` (0, 1, …): doubling, capped, and spread so that not all customers come at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.round(full * (0.5 + random() / 2));
}

export class Line {
  state: LineState = "closed";
  private socket: WebSocket | null = null;
  private attempt = 0;
  private welcomed = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LineOptions) {}

  start(): void {
    if (this.state === "closed") void this.connect();
  }

  stop(): void {
    this.drop();
    clearTimeout(this.retryTimer);
    this.become("closed");
  }

  /** Keeps the message until the server has it, and sends it now if the line is up. */
  send(message: Outgoing): void {
    this.options.outbox.add(message);
    if (this.welcomed) this.write(message);
  }

  /** Sends what is worth something only now; false if the line is down. */
  signal(signal: Signal): boolean {
    if (this.welcomed) this.write(signal);
    return this.welcomed;
  }

  /** Something changed for the better (online again, page visible): do not sit out the delay, and test an open line. */
  nudge(): void {
    if (this.state === "waiting") {
      clearTimeout(this.retryTimer);
      this.attempt = 0;
      void this.connect();
    } else if (this.state === "open") {
      this.ping();
    }
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

  private async connect(): Promise<void> {
    this.drop();
    this.become("connecting");
    let token: string;
    try {
      token = await this.options.token();
    } catch {
      return this.fail();
    }
    if (this.state !== "connecting" || this.socket) return;
    let socket: WebSocket;
    try {
      socket = this.options.createSocket?.(this.options.url) ?? new WebSocket(this.options.url);
    } catch {
      return this.fail();
    }
    this.socket = socket;
    this.expectAnswer();
    socket.onopen = () => this.write({ type: "hello", token, since: this.options.since() });
    socket.onmessage = (message) => this.receive(socket, message.data);
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      if (TOKEN_CLOSES.has(code)) this.options.expire();
      this.fail();
    };
  }

  private receive(socket: WebSocket, data: unknown): void {
    const frame = readFrame(data);
    if (socket !== this.socket || !frame) return;
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
    if (frame.type === "welcome") this.greet(frame);
    else if (frame.type === "error" && (TOKEN_CODES.has(frame.code) || !this.welcomed)) {
      // Before the welcome an error means: not now (its database is away, say). The banner tells; we come back.
      if (TOKEN_CODES.has(frame.code)) this.options.expire();
      this.fail();
    } else if (frame.type !== "pong") this.options.onFrame(frame);
  }

  private greet(frame: ServerFrame & { type: "welcome" }): void {
    this.attempt = 0;
    this.welcomed = true;
    this.pingTimer = setInterval(() => this.ping(), PING_EVERY_MS);
    // First what was missed, which also tells which of our messages did arrive; then the rest again.
    this.options.onFrame(frame);
    this.become("open");
    for (const message of this.options.outbox.all()) this.write(message);
  }

  private ping(): void {
    this.write({ type: "ping" });
    this.expectAnswer();
  }

  private expectAnswer(): void {
    this.answerTimer ??= setTimeout(() => this.fail(), ANSWER_WITHIN_MS);
  }

  private write(frame: unknown): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }

  private drop(): void {
    clearInterval(this.pingTimer);
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
    this.welcomed = false;
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState <= 1) socket.close();
  }

  private fail(): void {
    this.drop();
    if (this.state === "closed") return;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => void this.connect(), backoff(this.attempt++, this.options.random));
    this.become("waiting");
  }
}
