/** What a message asks of the customer with more than words. */
import type { BubbleActions } from "./bubbles.ts";
import { EmailForm } from "./email.ts";
import type { ChatEvent } from "./protocol.ts";
import { Rating } from "./rating.ts";

export type Ask = EmailForm | Rating;

/** The fields under this message, or null. Whether an answer has been given already shows when they are drawn. */
export function makeAsk({ seq, form, rating }: ChatEvent, actions: BubbleActions): Ask | null {
  if (form === "email") return new EmailForm(seq, actions.words(), actions.onEmail);
  if (!rating) return null;
  const { handoff } = rating;
  const stars = rating.stars ?? actions.starsOf(handoff);
  return new Rating(handoff, stars, actions.words(), (given, comment) => actions.onRate(handoff, given, comment));
}
