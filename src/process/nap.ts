// Blocks this thread for a moment. Only for a freeze: giving up the processor lets the processes that were signalled
// reach their stop, and a timer would let other work run in between.
const never = new Int32Array(new SharedArrayBuffer(4));

export function napSync(durationMs: number): void {
  Atomics.wait(never, 0, 0, durationMs);
}
