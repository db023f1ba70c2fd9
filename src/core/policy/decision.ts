// What a judge says of one action, and how the words of many judges become one: the strictest wins, in whatever order they spoke.

export type Effect = 'allow' | 'require_approval' | 'deny';
export type Severity = 'low' | 'medium' | 'high' | 'critical';

export interface PolicyDecision {
  readonly effect: Effect;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: Severity;
  /** Only when waiting is enough: every rule that decided counts over a window of time. At least 1. */
  readonly retryAfterSeconds?: number;
  /** How long a person has, when a rule that decided says so; the shortest of several. */
  readonly approvalTimeoutMs?: number;
}

const STRICTNESS: Readonly<Record<Effect, number>> = { allow: 0, require_approval: 1, deny: 2 };
const SEVERITIES: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

export function isStricter(a: Effect, b: Effect): boolean {
  return STRICTNESS[a] > STRICTNESS[b];
}

export function stricter(a: PolicyDecision, b: PolicyDecision): PolicyDecision {
  return strictest([a, b]);
}

/**
 * The strictest effect of at least one decision. Of several with that effect, the one with the highest severity (then the rule first
 * in the alphabet) names the rule, and the reasons of all of them are given, sorted.
 */
export function strictest(decisions: readonly [PolicyDecision, ...PolicyDecision[]]): PolicyDecision {
  let [first] = decisions;
  for (const each of decisions) if (leads(each, first)) first = each;
  const winners = decisions.filter(({ effect }) => effect === first.effect);
  if (winners.length === 1) return first;
  const { effect, rule, severity } = first;
  const reasons = [...new Set(winners.flatMap((winner) => winner.reasons))].sort();
  return { effect, rule, reasons, severity, ...retryAfter(winners), ...approvalTimeout(winners) };
}

function leads(a: PolicyDecision, b: PolicyDecision): boolean {
  const byEffect = STRICTNESS[a.effect] - STRICTNESS[b.effect];
  if (byEffect !== 0) return byEffect > 0;
  const bySeverity = SEVERITIES[a.severity] - SEVERITIES[b.severity];
  return bySeverity > 0 || (bySeverity === 0 && a.rule < b.rule);
}

function retryAfter(winners: readonly PolicyDecision[]): Pick<PolicyDecision, 'retryAfterSeconds'> {
  let longest = 0;
  for (const { retryAfterSeconds } of winners) {
    if (retryAfterSeconds === undefined) return {};
    longest = Math.max(longest, retryAfterSeconds);
  }
  return { retryAfterSeconds: longest };
}

function approvalTimeout(winners: readonly PolicyDecision[]): Pick<PolicyDecision, 'approvalTimeoutMs'> {
  const given = winners.flatMap(({ approvalTimeoutMs }) => approvalTimeoutMs ?? []);
  return given.length === 0 ? {} : { approvalTimeoutMs: Math.min(...given) };
}
