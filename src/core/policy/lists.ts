// What is said of an action without any conditions: by the policy's two lists, and by the agent itself, whose words only tighten.
import type { PolicyDecision } from './decision.ts';
import type { PolicyRules } from './policy-rules.ts';
import type { PolicyRequest } from './request.ts';

export function decideByLists(policy: PolicyRules, action: string): PolicyDecision | null {
  if (policy.neverAutoApprove.has(action)) {
    return held('never_auto_approve', `${action} is in never_auto_approve`, 'high');
  }
  if (!policy.autoApprove.has(action)) return null;
  const reasons = [`${action} is in auto_approve`];
  return { effect: 'allow', rule: 'auto_approve', reasons, severity: 'low' };
}

export function decideByWords(request: PolicyRequest): readonly PolicyDecision[] {
  const found: PolicyDecision[] = [];
  if (request.reversible === false) {
    found.push(held('irreversible', 'the agent calls this action irreversible', 'high'));
  }
  if (request.requiresApproval === true) {
    found.push(held('agent_asked', 'the agent asked for a person to decide', 'medium'));
  }
  return found;
}

function held(rule: string, reason: string, severity: PolicyDecision['severity']): PolicyDecision {
  return { effect: 'require_approval', rule, reasons: [reason], severity };
}
