// Reads resources again when something touched them: one request a resource at a time, never more often than its
// pace, and always once more after the last touch. A burst of a thousand events costs what one event a pace costs.

export interface Refresher<Name extends string> {
  readonly touch: (names: readonly Name[]) => void;
  readonly stop: () => void;
}

export function createRefresher<Name extends string>(
  readers: Readonly<Record<Name, () => Promise<void>>>,
  paceMsOf: (name: Name) => number,
): Refresher<Name> {
  const busy = new Set<Name>();
  const dirty = new Set<Name>();
  let stopped = false;

  async function run(name: Name): Promise<void> {
    busy.add(name);
    while (dirty.delete(name) && !stopped) {
      await readers[name]();
      await new Promise((resolve) => setTimeout(resolve, paceMsOf(name)));
    }
    busy.delete(name);
  }

  return {
    touch(names) {
      for (const name of names) {
        dirty.add(name);
        if (!busy.has(name) && !stopped) void run(name);
      }
    },
    stop() {
      stopped = true;
    },
  };
}
