// The approvals that wait to be carried out, in the order in which they come due. Looking for the next one never looks at the others,
// however many wait. Whether one really is stuck is asked of the store when its time has come.
import { LEVELS, type Level } from './escalation.ts';
import type { Escalation } from './watch-rules.ts';

export interface Approval {
  readonly proposalId: string;
  readonly runId: string | null;
  /** When it was approved, or first seen if that claims to be later: milliseconds since the epoch. */
  readonly sinceMs: number;
}

export interface DueApproval {
  readonly approval: Approval;
  readonly level: Level;
}

/** Mutable: a line for each level, since all of one level wait equally long. */
export class StuckQueue {
  readonly #lines: Record<Level, Approval[]> = { warn: [], pause: [], kill: [] };
  readonly #heads: Record<Level, number> = { warn: 0, pause: 0, kill: 0 };

  add(approval: Approval, escalation: Escalation): void {
    this.#enter(approval, escalation, LEVELS);
  }

  /** It was stuck at this level and goes on to the next, if the rules have one. */
  again({ approval, level }: DueApproval, escalation: Escalation): void {
    this.#enter(approval, escalation, LEVELS.slice(LEVELS.indexOf(level) + 1));
  }

  /** Milliseconds since the epoch; infinite when nothing waits. */
  nextDueMs(escalation: Escalation): number {
    const dues = LEVELS.map((level) => {
      const head = this.#lines[level][this.#heads[level]];
      const afterSeconds = escalation[level];
      return head === undefined || afterSeconds === undefined
        ? Number.POSITIVE_INFINITY
        : head.sinceMs + afterSeconds * 1_000;
    });
    return Math.min(...dues);
  }

  takeDue(escalation: Escalation, nowMs: number): DueApproval | null {
    for (const level of LEVELS) {
      const approval = this.#lines[level][this.#heads[level]];
      const afterSeconds = escalation[level];
      if (approval === undefined || afterSeconds === undefined) continue;
      if (approval.sinceMs + afterSeconds * 1_000 > nowMs) continue;
      this.#drop(level);
      return { approval, level };
    }
    return null;
  }

  clear(): void {
    for (const level of LEVELS) {
      this.#lines[level] = [];
      this.#heads[level] = 0;
    }
  }

  #enter(approval: Approval, escalation: Escalation, levels: readonly Level[]): void {
    const next = levels.find((level) => escalation[level] !== undefined);
    if (next !== undefined) this.#lines[next].push(approval);
  }

  #drop(level: Level): void {
    this.#heads[level] += 1;
    if (this.#heads[level] < 1_024) return;
    this.#lines[level].splice(0, this.#heads[level]);
    this.#heads[level] = 0;
  }
}
