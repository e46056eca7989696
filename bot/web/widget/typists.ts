/** Who is writing to the customer right now: the assistant, a person, or nobody. */

export type Who = "bot" | "agent";
export interface Typist {
  who: Who;
  name: string;
}

/**
 * "Typing" is said, and then nothing more, when a server dies or a colleague closes his laptop: dots must not dance for
 * ever. A desk repeats it every few seconds while somebody writes; the assistant says it once for a whole answer.
 */
const AT_MOST_MS: Record<Who, number> = { bot: 45_000, agent: 10_000 };

export class Typists {
  private readonly names = new Map<Who, string>();
  private readonly timers = new Map<Who, ReturnType<typeof setTimeout>>();

  constructor(private readonly onChange: (typist: Typist | null) => void) {}

  start(who: Who, name = ""): void {
    clearTimeout(this.timers.get(who));
    this.timers.set(who, setTimeout(() => this.stop(who), AT_MOST_MS[who]));
    this.names.set(who, name);
    this.tell();
  }

  /** Without an argument: everybody. */
  stop(...whos: Who[]): void {
    for (const who of whos.length ? whos : (["bot", "agent"] as const)) {
      clearTimeout(this.timers.get(who));
      this.names.delete(who);
    }
    this.tell();
  }

  private tell(): void {
    // Where both write (a hand-over in this very moment), the person counts.
    const who = (["agent", "bot"] as const).find((each) => this.names.has(each));
    this.onChange(who ? { who, name: this.names.get(who)! } : null);
  }
}
