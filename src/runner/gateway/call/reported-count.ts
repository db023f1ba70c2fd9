// A count of tokens as a provider reports it. One that makes no sense makes the whole report worthless.

/** Above it a figure is no count of tokens of one call, and its cost could not be counted exactly. */
const MAX_TOKENS_REPORTED = 1_000_000_000;

/** Null: missing although it is needed, or no count. */
export function reportedCount(value: unknown, isNeeded: boolean): number | null {
  if (value === undefined || value === null) return isNeeded ? null : 0;
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isCount && value <= MAX_TOKENS_REPORTED ? value : null;
}
