/** Messages that this page makes itself. */
import type { ChatEvent } from "./protocol.ts";

/** The customer's message as it looks before the server has it; `shown` says what is in it. */
export function makeOwn(id: string, shown: Partial<ChatEvent>): ChatEvent {
  return {
    seq: 0,
    at: new Date().toISOString(),
    from: "customer",
    id,
    reply_to: null,
    text: null,
    photo: null,
    cards: [],
    buttons: [],
    picture: null,
    agent: null,
    form: null,
    rating: null,
    ...shown,
  };
}
