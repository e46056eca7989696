/**
 * The line to the server. It comes back by itself (backoff with jitter, at once when the browser is online again),
 * asks for what was missed since the last message seen, and sends again what was not acknowledged, under the same id.
 */
import { ReconnectingLine, type ReconnectingOptions } from "../shared/reconnecting.ts";
import type { Outbox } from "./outbox.ts";
import { readFrame, type Outgoing, type ServerFrame, type Signal } from "./protocol.ts";

export interface LineOptions extends ReconnectingOptions<ServerFrame> {
  url: string;
  /** A valid token; may ask the server. A rejection counts as a failed attempt. */
  token: () => Promise<string>;
  /** The server refused the token. */
  expire: () => void;
  /** The highest seq seen so far. */
  since: () => number;
  outbox: Outbox;
}

export const LONGEST_DELAY_MS = 15_000;
const ANSWER_WITHIN_MS = 8_000;
/** Codes of the server's `error` frame and of its close frame that mean: this token is not good (any more). */
const TOKEN_CODES = new Set(["unauthorized", "token", "bad_token", "expired", "session"]);
const TOKEN_CLOSES = new Set([1008, 4001, 4401, 4403]);

export class Line extends ReconnectingLine<ServerFrame, LineOptions> {
  constructor(options: LineOptions) {
    super(options, LONGEST_DELAY_MS, ANSWER_WITHIN_MS);
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

  protected override async connect(): Promise<void> {
    let token: string;
    try {
      token = await this.options.token();
    } catch {
      return this.fail();
    }
    if (this.state !== "connecting" || this.socket) return;
    const socket = this.dial(() => this.options.url);
    if (socket) socket.onopen = () => this.write({ type: "hello", token, since: this.options.since() });
  }

  protected override receive(data: unknown): void {
    const frame = readFrame(data);
    if (!frame) return;
    this.answered();
    if (frame.type === "welcome") {
      // First what was missed, which also tells which of our messages did arrive; then the rest again.
      this.greet(frame);
      for (const message of this.options.outbox.all()) this.write(message);
    } else if (frame.type === "error" && (TOKEN_CODES.has(frame.code) || !this.welcomed)) {
      // Before the welcome an error means: not now (its database is away, say). The banner tells; we come back.
      if (TOKEN_CODES.has(frame.code)) this.options.expire();
      this.fail();
    } else if (frame.type !== "pong") this.options.onFrame(frame);
  }

  protected override closed(code: number): void {
    if (TOKEN_CLOSES.has(code)) this.options.expire();
    this.fail();
  }

  protected override ping(): void {
    this.write({ type: "ping" });
    this.expectAnswer();
  }

  private write(frame: unknown): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }
}
