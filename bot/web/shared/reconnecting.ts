/**
 * A socket that comes back by itself: with growing, spread delays, and at once when the browser is online again. What is
 * said over it, and how the other side lets one in, is each page's own (its `line.ts`).
 */

export type LineState = "connecting" | "open" | "waiting" | "closed";

export interface ReconnectingOptions<Frame> {
  onFrame: (frame: Frame) => void;
  onState: (state: LineState) => void;
  /** Replaced in tests. */
  createSocket?: (url: string) => WebSocket;
  random?: () => number;
}

const FIRST_DELAY_MS = 400;
/** Mobile networks and proxies drop silent lines; a ping without an answer in time means that the line is dead. */
const PING_EVERY_MS = 20_000;

/** How long to wait before attempt `n` (0, 1, …): doubling, capped, and spread so that not all pages come at once. */
export function backoff(attempt: number, longestMs: number, random: () => number = Math.random): number {
  return Math.round(Math.min(longestMs, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + random() / 2));
}

export abstract class ReconnectingLine<Frame, Options extends ReconnectingOptions<Frame>> {
  state: LineState = "closed";
  protected socket: WebSocket | null = null;
  protected welcomed = false;
  private attempt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    protected readonly options: Options,
    private readonly longestDelayMs: number,
    private readonly answerWithinMs: number,
  ) {}

  /** Opens the socket by `dial`; may first have to ask for a token. */
  protected abstract connect(): void | Promise<void>;
  /** Something has come in. */
  protected abstract receive(data: unknown): void;
  /** The other side has closed the socket. */
  protected abstract closed(code: number): void;
  protected abstract ping(): void;

  start(): void {
    if (this.state === "closed") this.begin();
  }

  stop(): void {
    clearTimeout(this.retryTimer);
    this.become("closed");
    this.drop();
  }

  /** Something changed for the better (online again, page visible): do not sit out the delay, and test an open line. */
  nudge(): void {
    if (this.state === "waiting") {
      clearTimeout(this.retryTimer);
      this.attempt = 0;
      this.begin();
    } else if (this.state === "open") this.ping();
  }

  /** The browser says that the network is gone: an open socket would notice only after minutes. */
  lost(): void {
    if (this.state === "open" || this.state === "connecting") this.fail();
  }

  /** The socket, if it could be made; `receive` and `closed` hear of it until the line is given up. */
  protected dial(url: () => string): WebSocket | null {
    let socket: WebSocket;
    try {
      socket = this.options.createSocket?.(url()) ?? new WebSocket(url());
    } catch {
      this.fail();
      return null;
    }
    this.socket = socket;
    this.expectAnswer();
    socket.onmessage = ({ data }) => socket === this.socket && this.receive(data);
    socket.onclose = ({ code }) => socket === this.socket && this.closed(code);
    return socket;
  }

  /** The other side has let us in. */
  protected greet(welcome: Frame): void {
    this.attempt = 0;
    this.welcomed = true;
    clearInterval(this.pingTimer);
    this.pingTimer = setInterval(() => this.ping(), PING_EVERY_MS);
    this.options.onFrame(welcome);
    this.become("open");
  }

  /** From now on the line is dead unless `answered` is called in time. */
  protected expectAnswer(): void {
    this.answerTimer ??= setTimeout(() => this.fail(), this.answerWithinMs);
  }

  protected answered(): void {
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
  }

  protected drop(): void {
    clearInterval(this.pingTimer);
    this.answered();
    this.welcomed = false;
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState <= 1) socket.close();
  }

  protected fail(): void {
    this.drop();
    if (this.state === "closed") return;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.begin(), backoff(this.attempt++, this.longestDelayMs, this.options.random));
    this.become("waiting");
  }

  private begin(): void {
    this.drop();
    this.become("connecting");
    void this.connect();
  }

  private become(state: LineState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onState(state);
  }
}
