// How far a rule goes at a count: the strongest of warn, pause and kill whose threshold is reached.
import type { Escalation } from './watch-rules.ts';

export type Level = 'warn' | 'pause' | 'kill';

/** From the weakest to the strongest. */
export const LEVELS: readonly Level[] = ['warn', 'pause', 'kill'];

export function levelAt(escalation: Escalation, count: number): Level | null {
  return (
    LEVELS.findLast((level) => {
      const threshold = escalation[level];
      return threshold !== undefined && count >= threshold;
    }) ?? null
  );
}

export function isStronger(level: Level, than: Level | null | undefined): boolean {
  return than === null || than === undefined || LEVELS.indexOf(level) > LEVELS.indexOf(than);
}

/** The largest count that a rule looks for; 0 when it is off. */
export function largestThreshold(escalation: Escalation): number {
  return Math.max(0, ...LEVELS.map((level) => escalation[level] ?? 0));
}
