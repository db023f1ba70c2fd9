// How many cases a test tries: a seeded few wherever it runs, the full count where `scripts/prove` asks for it.

export const isProving = process.env['GOVERNED_PROVE'] === '1';

export function counts(few: number, full: number): number {
  return isProving ? full : few;
}

/** The same cases every time; other ones at each full run, which prints the seed of what failed. */
export function seeded(
  seed: number,
  few: number,
  full: number,
): { readonly seed?: number; readonly numRuns: number } {
  return isProving ? { numRuns: full } : { seed, numRuns: few };
}
