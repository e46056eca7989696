/** What calls an agent back to the page: a soft sound, a notification of the browser, a number in the title. */
import type { Prefs } from "./prefs.ts";

const QUIET_MS = 1_500;
const LOUDNESS = 0.08;

export class Alerts {
  private audio: AudioContext | null = null;
  private last = 0;

  constructor(private readonly prefs: Prefs) {
    // Browsers let a page sound only after the person has touched it.
    const wake = (): void => {
      if (this.prefs.all.sound) void this.context()?.resume();
    };
    document.addEventListener("pointerdown", wake, { passive: true });
    document.addEventListener("keydown", wake, { passive: true });
  }

  /** Something came: two rising notes for a conversation, one for a message. */
  sound(kind: "conversation" | "message"): void {
    const now = Date.now();
    if (!this.prefs.all.sound || now - this.last < QUIET_MS) return;
    this.last = now;
    this.play(kind);
  }

  play(kind: "conversation" | "message"): void {
    const audio = this.context();
    if (!audio) return;
    void audio.resume();
    const notes = kind === "conversation" ? [587, 784] : [698];
    notes.forEach((frequency, index) => this.note(audio, frequency, audio.currentTime + index * 0.14));
  }

  private note(audio: AudioContext, frequency: number, at: number): void {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = "sine";
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  }

  private context(): AudioContext | null {
    try {
      this.audio ??= new AudioContext();
    } catch {
      return null; // no sound device
    }
    return this.audio;
  }

  /** Asks the browser; false if it refuses. */
  async allowNotifications(): Promise<boolean> {
    if (!("Notification" in window)) return false;
    return (await Notification.requestPermission()) === "granted";
  }

  /** Only while the page is not in view. A newer one of the same `tag` takes the place of the older. */
  notify(title: string, body: string, tag: string, onClick: () => void): void {
    if (!this.prefs.all.notifications || document.visibilityState === "visible") return;
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const shown = new Notification(title, { body, tag, silent: true });
    shown.onclick = () => {
      window.focus();
      onClick();
      shown.close();
    };
  }
}
