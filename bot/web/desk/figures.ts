/** Reads the lead's figures (`GET lead`). */
import { list, number, numberOrNull, object, oneOf, text } from "../shared/json.ts";
import type { LeadFigures } from "./protocol.ts";

export function readFigures(value: unknown): LeadFigures {
  const body = object(value);
  const now = object(body.now);
  const period = object(body.period);
  return {
    at: text(body.at),
    hours: number(body.hours, 24),
    now: {
      waiting: number(now.waiting),
      longest_wait: numberOrNull(now.longest_wait),
      active: number(now.active),
      online: number(now.online),
      away: number(now.away),
      capacity: number(now.capacity),
    },
    period: {
      asked: number(period.asked),
      closed: number(period.closed),
      returned: number(period.returned),
      tickets: number(period.tickets),
      cancelled: number(period.cancelled),
      first_reply: numberOrNull(period.first_reply),
      handling: numberOrNull(period.handling),
      satisfaction: numberOrNull(period.satisfaction),
      ratings: number(period.ratings),
    },
    agents: list(body.agents, (row) => ({
      id: number(row.id),
      name: text(row.name),
      status: oneOf(row.status, ["online", "away", "offline"] as const, "offline"),
      load: number(row.load),
      max_load: number(row.max_load),
      handled: number(row.handled),
      first_reply: numberOrNull(row.first_reply),
      handling: numberOrNull(row.handling),
      satisfaction: numberOrNull(row.satisfaction),
      ratings: number(row.ratings),
    })),
    by_hour: list(body.by_hour, (row) => ({
      from: text(row.from),
      asked: number(row.asked),
      handled: number(row.handled),
      longest_wait: numberOrNull(row.longest_wait),
      first_reply: numberOrNull(row.first_reply),
      handling: numberOrNull(row.handling),
      satisfaction: numberOrNull(row.satisfaction),
    })),
  };
}
