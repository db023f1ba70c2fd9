// What a replay of the past against changed rules comes to, as it travels: the answer of GET /admin/simulation, and what
// `policy simulate --json` prints.
import type { Effect, PolicyDecision, Severity } from '../../core/policy/decision.ts';
import type { Example, Simulated } from '../../core/simulate/result.ts';
import { toRfc3339 } from '../../core/time.ts';

export type WireEffectCounts = Readonly<Record<Effect, number>>;

export interface WireSimulated {
  /** Hashes of the rules in force, and of those that were tried. */
  readonly in_force: string;
  readonly changed: string;
  /** Null when nothing was done. */
  readonly from: string | null;
  readonly to: string | null;
  /** Actions before these were left out; they count in windows and budgets as they were decided then. */
  readonly is_part: boolean;
  /** Only some of those before were read: windows and budgets may have begun with less than there was. */
  readonly is_cut_before: boolean;
  readonly actions: number;
  readonly not_replayed: {
    readonly total: number;
    /** Tool calls whose input is not in the record. */
    readonly no_input: number;
    readonly no_payload: number;
  };
  readonly as_recorded: WireEffectCounts;
  readonly by_rules_in_force: WireEffectCounts;
  readonly by_changed_rules: WireEffectCounts;
  /** From what the rules in force say to what the changed ones would. */
  readonly matrix: Readonly<Record<Effect, WireEffectCounts>>;
  readonly differences: number;
  readonly stricter: number;
  readonly looser: number;
  /** Decided otherwise by the rules in force than they were then. */
  readonly not_as_recorded: number;
  readonly rules: readonly {
    readonly rule: string;
    readonly in_force: number;
    readonly changed: number;
    readonly gained: number;
    readonly lost: number;
  }[];
  /** Most frequent first. */
  readonly changes: readonly {
    readonly action: string;
    readonly from: Effect;
    readonly to: Effect;
    readonly rule_in_force: string;
    readonly rule_changed: string;
    readonly count: number;
  }[];
  readonly examples: readonly WireSimulatedExample[];
}

export interface WireEditSimulated extends WireSimulated {
  /** How far back it goes. */
  readonly bound: { readonly days: number; readonly actions: number };
}

export interface WireSimulatedExample {
  readonly seq: number;
  readonly ts: string;
  /** Of the proposal, tool call, reservation or run. */
  readonly id: string | null;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  readonly proposal_id: string | null;
  readonly action: string;
  /** JSON; when it is long, its beginning; empty when it is not in the record. */
  readonly content: string;
  readonly content_is_cut: boolean;
  readonly as_recorded: { readonly effect: Effect; readonly rule: string };
  readonly in_force: WireSimulatedDecision;
  readonly changed: WireSimulatedDecision;
}

export interface WireSimulatedDecision {
  readonly effect: Effect;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: Severity;
  readonly retry_after: number | null;
}

export function toWireSimulated(
  simulated: Simulated,
  rules: { readonly inForce: string; readonly changed: string },
): WireSimulated {
  const { lost } = simulated;
  return {
    in_force: rules.inForce,
    changed: rules.changed,
    from: simulated.firstMs === null ? null : toRfc3339(simulated.firstMs),
    to: simulated.lastMs === null ? null : toRfc3339(simulated.lastMs),
    is_part: simulated.isPart,
    is_cut_before: simulated.isCutBefore,
    actions: simulated.actions,
    not_replayed: { total: lost.no_input + lost.no_payload, ...lost },
    as_recorded: simulated.recorded,
    by_rules_in_force: simulated.before,
    by_changed_rules: simulated.after,
    matrix: simulated.matrix,
    differences: simulated.differences,
    stricter: simulated.stricter,
    looser: simulated.looser,
    not_as_recorded: simulated.notAsRecorded,
    rules: simulated.rules.map(({ rule, before, after, gained, lost: gone }) => ({
      rule,
      in_force: before,
      changed: after,
      gained,
      lost: gone,
    })),
    changes: simulated.groups.map(({ ruleBefore, ruleAfter, action, from, to, count }) => ({
      action,
      from,
      to,
      rule_in_force: ruleBefore,
      rule_changed: ruleAfter,
      count,
    })),
    examples: simulated.examples.map(toWireExample),
  };
}

function toWireExample(example: Example): WireSimulatedExample {
  const { seq, id, action, content } = example;
  return {
    seq,
    ts: toRfc3339(example.atMs),
    id,
    agent_id: example.agentId,
    run_id: example.runId,
    proposal_id: example.proposalId,
    action,
    content: content.text,
    content_is_cut: content.isCut,
    as_recorded: { effect: example.recorded.effect, rule: example.recorded.rule },
    in_force: toWireDecision(example.before),
    changed: toWireDecision(example.after),
  };
}

function toWireDecision(decision: PolicyDecision): WireSimulatedDecision {
  const { effect, rule, reasons, severity, retryAfterSeconds } = decision;
  return { effect, rule, reasons, severity, retry_after: retryAfterSeconds ?? null };
}
