/** `localStorage` that never throws: browsers refuse it to frames of other sites, in private windows, or when it is full. */

export interface Store {
  get<T>(key: string, otherwise: T): T;
  set(key: string, value: unknown): void;
  remove(key: string): void;
}

/** Keeps values in `area` when that works and in memory all the same, so that one page visit works without storage. */
export function openStore(prefix: string, area: () => Storage): Store {
  const memory = new Map<string, string>();
  const attempt = <T>(action: (storage: Storage) => T): T | undefined => {
    try {
      return action(area());
    } catch {
      return undefined;
    }
  };
  return {
    get<T>(key: string, otherwise: T): T {
      const raw = attempt((storage) => storage.getItem(prefix + key)) ?? memory.get(key);
      if (raw == null) return otherwise;
      try {
        return JSON.parse(raw) as T;
      } catch {
        return otherwise;
      }
    },
    set(key, value) {
      const raw = JSON.stringify(value);
      memory.set(key, raw);
      attempt((storage) => storage.setItem(prefix + key, raw));
    },
    remove(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(prefix + key));
    },
  };
}
