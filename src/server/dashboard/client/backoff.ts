// How long to wait before trying a lost connection again: doubling from half a second to fifteen, spread out so that
// several open pages do not return at the same instant.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** `attempt` counts from 0; `random` is in [0, 1). The wait lies between half and all of the step. */
export function backoffMs(attempt: number, random: number): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(step / 2 + (step / 2) * random);
}
