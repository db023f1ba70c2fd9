// Decides what happens to an action: every list, rule and word that matches gives its own decision, and the strictest wins, whatever
// the order. Only what nothing matches follows [defaults].
import { isStricter, type PolicyDecision, strictest } from './decision.ts';
import { decideByLists, decideByWords } from './lists.ts';
import { Inquiry } from './match-rule.ts';
import type { PolicyRules } from './policy-rules.ts';
import type { PolicyContext, PolicyRequest } from './request.ts';
import { decideByMay, decideByRisk } from './risk-profile.ts';
import type { Rule } from './rule.ts';

/** Rules may not take these names: they stand for what is no rule. */
export const RESERVED_RULE_NAMES: ReadonlySet<string> = new Set([
  'agent_asked',
  'allow',
  'auto_approve',
  'defaults',
  'final_rejection',
  'grant',
  'irreversible',
  'never_auto_approve',
  'no_room',
]);

export function decide(policy: PolicyRules, request: PolicyRequest, context: PolicyContext): PolicyDecision {
  const matching: PolicyDecision[] = [];
  /** Restricts, but is no match: what nothing else matches still follows [defaults] if those are stricter. */
  const tightening: PolicyDecision[] = [...decideByWords(request)];
  const notAllowed: string[] = [];
  const byLists = decideByLists(policy, request.action);
  if (byLists !== null) matching.push(byLists);
  const inquiry = new Inquiry({ request, context });
  const judge = (rule: Rule): void => {
    const outcome = inquiry.judge(rule);
    if (outcome.result === 'holds') matching.push(outcome.decision);
    if (outcome.result !== 'unclear') return;
    if (rule.effect === 'allow') notAllowed.push(...outcome.decision.reasons);
    else tightening.push(outcome.decision);
  };
  for (const rule of policy.rules.byAction.get(request.action) ?? []) judge(rule);
  for (const rule of policy.rules.ofAny) judge(rule);
  const byMay = context.agent && decideByMay(context.agent.may, request);
  if (byMay) tightening.push(byMay);
  const base =
    request.base ?? (matching.length === 0 ? byDefault(policy, request, context, notAllowed) : null);
  if (base !== null) tightening.push(base);
  const [first, ...others] = [...matching, ...tightening];
  if (first === undefined) throw new Error('an action was decided by nothing');
  return strictest([first, ...others]);
}

function byDefault(
  policy: PolicyRules,
  request: PolicyRequest,
  { agent }: PolicyContext,
  notAllowed: readonly string[],
): PolicyDecision {
  const effect = policy.defaultEffect;
  const reasons = [`no rule matches ${request.action}; defaults.effect is ${effect}`, ...notAllowed];
  const byPolicy: PolicyDecision = { effect, rule: 'defaults', reasons, severity: 'medium' };
  const risk = agent?.risk ?? null;
  const byRisk = agent === null || risk === null ? null : decideByRisk(risk, agent.may, request);
  return byRisk !== null && isStricter(byRisk.effect, effect) ? byRisk : byPolicy;
}
