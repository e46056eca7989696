/** What `widget.js` gives to the page it stands on: `window.shopChat`. */

/** For the shop's own buttons: `shopChat.open()`, `shopChat.ask("Is this linen?")`. */
export interface ShopChat {
  open(): void;
  close(): void;
  toggle(): void;
  /** Opens the chat with these words in its field; the customer sends them. */
  ask(text: string): void;
}

declare global {
  interface Window {
    shopChat?: ShopChat;
  }
}
