// What an agent may do by itself, by how risky it is: whether it may write, send, execute and pay, and up to how much. The profile of
// its risk stands behind the policy and only tightens [defaults]; what [may] in agent.toml says itself is as strict as any rule.
import { formatUsdLimit, type MicroUsd, microUsd } from '../ledger/money.ts';
import type { Risk } from '../rules/rules.ts';
import { type ActionKind, kindOfAction } from './action-kind.ts';
import type { Effect, PolicyDecision } from './decision.ts';
import type { PolicyRequest } from './request.ts';

export type Autonomy = Readonly<Record<ActionKind, Effect>> & {
  /** For what is allowed to pay: above it, or when the cost is not known, a person decides. Null: no limit. */
  readonly payUpTo: MicroUsd | null;
};

/** What one agent is given instead of its profile's own, from [may]. */
export type AutonomyOverride = Partial<Autonomy>;

const USD = 1_000_000;

const RISK_PROFILES: Readonly<Record<Risk, Autonomy>> = {
  low: { write: 'allow', send: 'allow', execute: 'allow', pay: 'allow', payUpTo: microUsd(100 * USD) },
  medium: {
    write: 'allow',
    send: 'require_approval',
    execute: 'allow',
    pay: 'allow',
    payUpTo: microUsd(10 * USD),
  },
  high: {
    write: 'allow',
    send: 'require_approval',
    execute: 'require_approval',
    pay: 'require_approval',
    payUpTo: null,
  },
  critical: {
    write: 'require_approval',
    send: 'require_approval',
    execute: 'require_approval',
    pay: 'deny',
    payUpTo: null,
  },
};

/** What the profile of a risk says of an action that no rule speaks of; null when it has nothing against it. */
export function decideByRisk(
  risk: Risk,
  may: AutonomyOverride,
  request: PolicyRequest,
): PolicyDecision | null {
  const kind = kindOfAction(request.action);
  if (kind === null) {
    if (risk !== 'critical') return null;
    return said(
      'require_approval',
      `risk.${risk}`,
      'an agent of critical risk does nothing unknown by itself',
    );
  }
  const profile = RISK_PROFILES[risk];
  const source = `risk.${risk}`;
  const effect = may[kind] ?? profile[kind];
  if (effect !== 'allow') {
    // What [may] forbids, [may] says: the profile has nothing to add.
    return may[kind] === undefined
      ? said(effect, source, `an agent of ${risk} risk may not ${kind} by itself`)
      : null;
  }
  return kind === 'pay' && may.payUpTo === undefined ? overLimit(source, profile.payUpTo, request) : null;
}

/** What the agent's own [may] restricts, whatever the policy allows. */
export function decideByMay(may: AutonomyOverride, request: PolicyRequest): PolicyDecision | null {
  const kind = kindOfAction(request.action);
  if (kind === null) return null;
  const effect = may[kind];
  if (effect !== undefined && effect !== 'allow') {
    return said(effect, `may.${kind}`, `[may] ${kind} = "${effect}" in its agent.toml`);
  }
  return kind === 'pay' && may.payUpTo !== undefined
    ? overLimit('may.pay_up_to_usd', may.payUpTo, request)
    : null;
}

function overLimit(rule: string, limit: MicroUsd | null, { costUsd }: PolicyRequest): PolicyDecision | null {
  if (limit === null) return null;
  if (costUsd === undefined || costUsd === null) {
    return said(
      'require_approval',
      rule,
      `it may pay ${formatUsdLimit(limit)} by itself, and expected_cost_usd is missing`,
    );
  }
  if (costUsd <= limit) return null;
  return said(
    'require_approval',
    rule,
    `${formatUsdLimit(costUsd)} is over the ${formatUsdLimit(limit)} it may pay by itself`,
  );
}

function said(effect: Effect, rule: string, reason: string): PolicyDecision {
  return { effect, rule, reasons: [`${rule}: ${reason}`], severity: effect === 'deny' ? 'high' : 'medium' };
}
