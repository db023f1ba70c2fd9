// The policy's two lists and its default: which action types pass by themselves, which never do, and what happens to the rest.
// An agent's own words ("irreversible", "ask for approval") only tighten. The rule language joins here later as one more judge.

export type Effect = 'allow' | 'require_approval' | 'deny';
export type Severity = 'low' | 'medium' | 'high' | 'critical';

export interface PolicyRules {
  readonly defaultEffect: Effect;
  /** How long a proposal waits before it expires, in milliseconds. */
  readonly timeoutMs: number;
  readonly autoApprove: ReadonlySet<string>;
  readonly neverAutoApprove: ReadonlySet<string>;
}

export interface PolicyRequest {
  readonly action: string;
  /** False when the agent calls the action irreversible. */
  readonly reversible: boolean | null;
  /** True when the agent asks for a person. */
  readonly requiresApproval: boolean | null;
}

export interface PolicyDecision {
  readonly effect: Effect;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: Severity;
}

const STRICTNESS: Record<Effect, number> = { allow: 0, require_approval: 1, deny: 2 };

const SEVERITIES: Record<Severity, number> = { low: 0, medium: 1, high: 2, critical: 3 };

/**
 * The stricter effect wins. Of two with the same effect, the one with the higher severity (then the rule first in the alphabet) names
 * the rule, and the reasons of both are given, sorted: the answer for many is the same in whatever order they are compared.
 */
export function stricter(a: PolicyDecision, b: PolicyDecision): PolicyDecision {
  const byEffect = STRICTNESS[a.effect] - STRICTNESS[b.effect];
  if (byEffect !== 0) return byEffect > 0 ? a : b;
  const bySeverity = SEVERITIES[a.severity] - SEVERITIES[b.severity];
  const first = bySeverity > 0 || (bySeverity === 0 && a.rule <= b.rule) ? a : b;
  return { ...first, reasons: [...new Set([...a.reasons, ...b.reasons])].sort() };
}

/** Every list and word that applies gives its own decision; the strictest wins, whatever the order. */
export function decide(policy: PolicyRules, request: PolicyRequest): PolicyDecision {
  const found = [listed(policy, request.action)];
  if (request.reversible === false) {
    found.push(held('irreversible', 'the agent calls this action irreversible', 'high'));
  }
  if (request.requiresApproval === true) {
    found.push(held('agent_asked', 'the agent asked for a person to decide', 'medium'));
  }
  return found.reduce(stricter);
}

function listed(policy: PolicyRules, action: string): PolicyDecision {
  if (policy.neverAutoApprove.has(action)) {
    return held('never_auto_approve', `${action} is in never_auto_approve`, 'high');
  }
  if (policy.autoApprove.has(action)) {
    return {
      effect: 'allow',
      rule: 'auto_approve',
      reasons: [`${action} is in auto_approve`],
      severity: 'low',
    };
  }
  const reason = `no rule matches ${action}; defaults.effect is ${policy.defaultEffect}`;
  return { effect: policy.defaultEffect, rule: 'defaults', reasons: [reason], severity: 'medium' };
}

function held(rule: string, reason: string, severity: Severity): PolicyDecision {
  return { effect: 'require_approval', rule, reasons: [reason], severity };
}
