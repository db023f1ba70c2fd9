// Gives calls that wait a signal of their own, which ends when the caller goes away or the server stops. Nothing of a call is kept after
// it: `AbortSignal.any` over a signal that lives as long as the server would keep a little of each.

export interface OpenCalls {
  /** `release` is called when the answer is made, unless it goes on as a stream. */
  open(caller: AbortSignal): { readonly signal: AbortSignal; readonly release: () => void };
}

export function trackCalls(closing: AbortSignal): OpenCalls {
  const open = new Set<AbortController>();
  closing.addEventListener('abort', () => {
    for (const controller of open) controller.abort();
  });
  return {
    open(caller) {
      const controller = new AbortController();
      const release = (): void => {
        open.delete(controller);
      };
      const end = (): void => {
        release();
        controller.abort();
      };
      if (caller.aborted || closing.aborted) controller.abort();
      else {
        open.add(controller);
        caller.addEventListener('abort', end, { once: true });
      }
      return { signal: controller.signal, release };
    },
  };
}
