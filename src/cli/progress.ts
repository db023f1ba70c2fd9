// How far something is that takes a while, in one line that goes away again; nothing where nobody watches, or when it is soon over.
const QUIET_MS = 400;
const EVERY_MS = 100;

export interface Progress {
  /** From 0 to 1. */
  show(done: number): void;
  clear(): void;
}

export function progressOn(stream: NodeJS.WriteStream, what: string): Progress {
  const startedMs = performance.now();
  let shownMs = startedMs + QUIET_MS - EVERY_MS;
  let isShown = false;
  return {
    show(done) {
      const nowMs = performance.now();
      if (stream.isTTY !== true || nowMs < shownMs + EVERY_MS) return;
      shownMs = nowMs;
      isShown = true;
      stream.write(`\r${what}: ${Math.floor(done * 100)} %\u001b[K`);
    },
    clear() {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
