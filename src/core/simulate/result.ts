// What a replay of the past comes to: how often each judgement became which other one, by which rules, and examples.
import type { Effect, PolicyDecision } from '../policy/decision.ts';
import type { Lost, RecordedAction } from './recorded-event.ts';

export type Counts = Readonly<Record<Effect, number>>;
/** From what it is to what it would be. */
export type Matrix = Readonly<Record<Effect, Counts>>;

export interface RuleChange {
  readonly rule: string;
  /** How many actions it decides, under the rules in force and under the changed ones. */
  readonly before: number;
  readonly after: number;
  readonly gained: number;
  readonly lost: number;
}

export interface ChangeGroup {
  readonly action: string;
  readonly from: Effect;
  readonly to: Effect;
  readonly ruleBefore: string;
  readonly ruleAfter: string;
  readonly count: number;
}

export interface Example extends Omit<RecordedAction, 'is' | 'subject' | 'waits'> {
  readonly before: PolicyDecision;
  readonly after: PolicyDecision;
  readonly content: Content;
}

/** What the action was about, as text: its payload or input, or the start of one that is long. */
export interface Content {
  readonly text: string;
  readonly isCut: boolean;
}

export interface TallyResult {
  readonly actions: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly recorded: Counts;
  readonly before: Counts;
  readonly after: Counts;
  readonly matrix: Matrix;
  readonly differences: number;
  readonly stricter: number;
  readonly looser: number;
  /** Judged otherwise by the rules in force than they were then: by other rules, or with facts that are no longer known. */
  readonly notAsRecorded: number;
  readonly lost: Readonly<Record<Lost, number>>;
  readonly rules: readonly RuleChange[];
  readonly groups: readonly ChangeGroup[];
  /** Some of each group, oldest first. */
  readonly examples: readonly Example[];
}

export interface Simulated extends TallyResult {
  /** There are actions before those that were asked about. */
  readonly isPart: boolean;
  /** What lies further back than was read is not in windows and budgets. */
  readonly isCutBefore: boolean;
}
