/** An id that no other message has. */
export function newId(): string {
  // Plain http on a LAN address has no randomUUID.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
