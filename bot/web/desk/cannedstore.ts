/** The shop's canned replies, asked for once and after every change. */
import { list, object } from "../shared/json.ts";
import type { Api } from "./api.ts";
import type { Canned } from "./protocol.ts";
import { readCanned } from "./reader.ts";

export class CannedStore {
  all: Canned[] = [];

  constructor(private readonly api: Api) {}

  /** Keeps what is known when the server does not answer. */
  async load(): Promise<void> {
    const body = await this.api.get("canned").catch(() => null);
    if (body !== null) this.all = list(object(body).canned, readCanned);
  }

  /** @throws ApiError */
  async save(id: number | null, canned: Omit<Canned, "id" | "filled">): Promise<void> {
    await (id === null ? this.api.call("POST", "canned", canned) : this.api.call("PUT", `canned/${id}`, canned));
    await this.load();
  }

  /** @throws ApiError */
  async remove(id: number): Promise<void> {
    await this.api.call("DELETE", `canned/${id}`);
    await this.load();
  }
}
