/** The deep-chat element as this page uses it: a list and nothing else. No field, no service, no Markdown, no web font. */
import "deep-chat";
import type { DeepChat } from "deep-chat";
import css from "./thread.inline.css";

const RENDER_SETTLES_MS = 40;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Puts the element into `holder`; resolves once it is drawn. */
export async function createDeepChat(holder: HTMLElement, mostMessages: number): Promise<DeepChat> {
  disableMarkdown();
  const chat = document.createElement("deep-chat");
  // No service of deep-chat's own is ever called: the line to the server is ours (line.ts).
  chat.connect = { websocket: true, handler: (_body, signals) => signals.onOpen() };
  chat.inputAreaStyle = { display: "none" };
  chat.chatStyle = { width: "100%", height: "100%", border: "none", backgroundColor: "transparent", fontFamily: FONT };
  chat.auxiliaryStyle = css;
  chat.maxVisibleMessages = mostMessages;
  // Inline too: deep-chat looks at this one before it decides to fetch a web font.
  Object.assign(chat.style, { fontFamily: FONT, display: "block", width: "100%", height: "100%", border: "none" });
  // It renders anew after its first rendering (it sets its own properties); only the last one stays.
  const rendered = new Promise<void>((done) => {
    let settled: ReturnType<typeof setTimeout> | undefined;
    chat.onComponentRender = () => {
      clearTimeout(settled);
      settled = setTimeout(done, RENDER_SETTLES_MS);
    };
  });
  holder.append(chat);
  await rendered;
  return chat;
}

/**
 * A second lock on the same door: should deep-chat ever render a text by itself (an error of its own, say), then as
 * plain text. It offers its Markdown parser to plugins in this global.
 */
function disableMarkdown(): void {
  const plugin = (markdown: { render: (text: string) => string }): void => {
    markdown.render = (text) => {
      const holder = document.createElement("div");
      holder.textContent = text;
      return holder.innerHTML;
    };
  };
  (window as unknown as { remarkable_plugins: unknown }).remarkable_plugins = [{ plugin }];
}
