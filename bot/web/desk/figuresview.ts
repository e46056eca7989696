/** The lead's figures: how it stands now, and how it went, per agent and per hour. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import { Chart, roundUpSeconds } from "./charts.ts";
import { select } from "./dialog.ts";
import { readFigures } from "./figures.ts";
import type { LeadFigures } from "./protocol.ts";
import { clock, duration, localeOf } from "./time.ts";

const EVERY_MS = 10_000;
const PERIODS = [8, 24, 72, 168];

export class FiguresView {
  readonly element = make("div", { class: "figures" });
  private readonly tiles = make("dl", { class: "tiles" });
  private readonly status = make("span", { class: "hint" });
  private readonly period: HTMLSelectElement;
  private readonly charts: Record<"load" | "handled" | "stars" | "hours" | "first" | "handling" | "starsHour", Chart>;
  private readonly table = make("table", {});
  private timer: ReturnType<typeof setInterval> | undefined;
  private asked: AbortController | null = null;

  constructor(private readonly app: App) {
    const words = app.words();
    this.period = select(PERIODS.map((hours) => [String(hours), words.lastHours(hours)] as const), "24");
    this.period.setAttribute("aria-label", words.period);
    this.period.addEventListener("change", () => void this.refresh());
    const columns = (title: string): Chart => new Chart(title, "columns", words.table);
    const bars = (title: string): Chart => new Chart(title, "bars", words.table);
    this.charts = {
      load: bars(words.chartLoad),
      handled: bars(words.chartHandledAgents),
      stars: bars(words.chartSatisfactionAgents),
      hours: columns(words.chartHours),
      first: columns(words.chartFirstReply),
      handling: columns(words.chartHandling),
      starsHour: columns(words.chartSatisfaction),
    };
    const { load, handled, stars, hours, first, handling, starsHour } = this.charts;
    this.element.append(
      make("div", { class: "figures-head" }, make("h2", {}, words.now), this.status, make("span", { class: "top-space" }), this.period),
      this.tiles,
      make("h2", {}, words.perAgent),
      make("div", { class: "charts" }, load.element, handled.element, stars.element, make("div", { class: "chart table-frame", tabindex: 0, role: "group", "aria-label": words.perAgent }, this.table)),
      make("h2", {}, words.perHour),
      make("div", { class: "charts" }, hours.element, first.element, handling.element, starsHour.element),
    );
  }

  start(): void {
    this.stop();
    void this.refresh();
    this.timer = setInterval(() => document.visibilityState === "visible" && void this.refresh(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.asked?.abort();
  }

  private async refresh(): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const figures = readFigures(await this.app.api.get("lead", { hours: this.period.value }, asked.signal));
      if (!asked.signal.aborted) this.draw(figures);
    } catch {
      if (!asked.signal.aborted) this.status.textContent = this.app.words().failed;
    }
  }

  private draw(figures: LeadFigures): void {
    const words = this.app.words();
    const language = this.app.language();
    const { now, period, agents, by_hour } = figures;
    const time = (seconds: number | null): string => (seconds === null ? words.none : duration(seconds, words));
    const stars = (value: number | null): string => (value === null ? words.none : value.toLocaleString(localeOf(language), { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
    const count = (value: number): string => value.toLocaleString(localeOf(language), { maximumFractionDigits: 0 });
    this.status.textContent = words.refreshed(clock(figures.at || new Date().toISOString(), language));
    const late = now.longest_wait !== null && now.longest_wait >= this.app.desk.settings.wait_warning;
    const tile = (name: string, value: string, detail = "", warn = false): HTMLElement =>
      make("div", { class: warn ? "tile warn" : "tile" }, make("dt", {}, name), make("dd", {}, make("strong", {}, value), detail ? make("span", {}, detail) : null));
    const outcomes = (Object.entries(words.outcome) as [keyof typeof words.outcome, string][]).map(([key, name]) => `${name} ${count(period[key])}`).join(" · ");
    this.tiles.replaceChildren(
      tile(words.waitingNow, count(now.waiting), "", late),
      tile(words.longestWait, time(now.longest_wait), "", late),
      tile(words.activeNow, count(now.active), words.freePlaces(Math.max(0, now.capacity - now.active))),
      tile(words.agentsOnline, count(now.online), now.away ? words.awayCount(now.away) : ""),
      tile(words.firstReply, time(period.first_reply), words.median),
      tile(words.handling, time(period.handling), words.median),
      tile(words.satisfaction, stars(period.satisfaction), words.ratings(period.ratings)),
      tile(words.asked, count(period.asked), outcomes),
    );
    const names = agents.map((agent) => agent.name);
    const seconds = (value: number): string => duration(value, words);
    const round = roundUpSeconds;
    const one = (name: string, values: (number | null)[]) => [{ name, values }];
    const perAgent = { labelName: words.agent, labels: names };
    this.charts.load.update({ ...perAgent, format: count, series: [{ name: words.loads, values: agents.map((agent) => agent.load) }, { name: words.ofMost, values: agents.map((agent) => agent.max_load) }] });
    this.charts.handled.update({ ...perAgent, format: count, series: one(words.handled, agents.map((agent) => agent.handled)) });
    this.charts.stars.update({ ...perAgent, format: stars, most: 5, series: one(words.satisfaction, agents.map((agent) => agent.satisfaction)) });
    const long = figures.hours > 24;
    const labels = by_hour.map((row) => (long ? `${new Date(row.from).getDate()}. ${clock(row.from, language)}` : clock(row.from, language)));
    const perHour = { labelName: words.hour, labels };
    this.charts.hours.update({ ...perHour, format: count, series: [{ name: words.asked, values: by_hour.map((row) => row.asked) }, { name: words.handled, values: by_hour.map((row) => row.handled) }] });
    this.charts.first.update({ ...perHour, format: seconds, round, series: [{ name: words.firstReply, values: by_hour.map((row) => row.first_reply) }, { name: words.longestWait, values: by_hour.map((row) => row.longest_wait) }] });
    this.charts.handling.update({ ...perHour, format: seconds, round, series: one(words.handling, by_hour.map((row) => row.handling)) });
    this.charts.starsHour.update({ ...perHour, format: stars, most: 5, series: one(words.satisfaction, by_hour.map((row) => row.satisfaction)) });
    const head = [words.agent, words.presence, words.handled, words.firstReply, words.handling, words.satisfaction];
    const rows = agents.map((agent) => [words.status[agent.status], count(agent.handled), time(agent.first_reply), time(agent.handling), agent.ratings ? `${stars(agent.satisfaction)} (${count(agent.ratings)})` : words.none]);
    this.table.replaceChildren(
      make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, ...agents.map((agent, index) => make("tr", {}, make("th", { scope: "row", dir: "auto" }, agent.name), ...rows[index]!.map((cell) => make("td", {}, cell))))),
    );
  }
}
