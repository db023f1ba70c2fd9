// While a run is paused nothing new goes through its gateway: requests wait, without an answer, until it goes on. How many may wait
// is bounded.

export interface PauseGate {
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
  /** `full`: too many wait already. `gone`: who asked has left. */
  pass(gone: AbortSignal): Promise<'open' | 'full' | 'gone'>;
  /** Told on every change; gives back how to stop being told. */
  onChange(listener: () => void): () => void;
}

const MAX_WAITING = 256;

export function pauseGate(maxWaiting = MAX_WAITING): PauseGate {
  const waiting = new Set<() => void>();
  const listeners = new Set<() => void>();
  let isPaused = false;
  const change = (to: boolean): void => {
    if (isPaused === to) return;
    isPaused = to;
    for (const listener of [...listeners]) listener();
    if (to) return;
    for (const letThrough of [...waiting]) letThrough();
  };
  const turn = (gone: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        waiting.delete(done);
        gone.removeEventListener('abort', done);
        resolve();
      };
      waiting.add(done);
      gone.addEventListener('abort', done);
    });
  return {
    get isPaused() {
      return isPaused;
    },
    pause: () => change(true),
    resume: () => change(false),
    async pass(gone) {
      while (isPaused && !gone.aborted) {
        if (waiting.size >= maxWaiting) return 'full';
        await turn(gone);
      }
      return gone.aborted ? 'gone' : 'open';
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
