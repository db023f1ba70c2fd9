// A policy out of the text of a policy.toml, and requests and surroundings with what a test does not care about filled in.
import { proposalRequest } from '../../../src/core/policy/action-request.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { PolicyDecision } from '../../../src/core/policy/decision.ts';
import type { PolicyRules } from '../../../src/core/policy/policy-rules.ts';
import type { AgentFacts, PolicyContext, PolicyRequest } from '../../../src/core/policy/request.ts';
import { rulesOf } from '../../config/bundle-of.ts';

/** Nobody asks, at noon of a Wednesday in UTC, and nothing was done before. */
export const NO_CONTEXT: PolicyContext = {
  nowMs: Date.parse('2026-01-07T12:00:00Z'),
  agent: null,
  detector: null,
  use: () => ({ used: 0, fallsAtMs: null }),
};

export const AGENT: AgentFacts = { id: 'shop', risk: 'medium', labels: {}, may: {} };

export function policyOf(toml: string): PolicyRules {
  return rulesOf({ 'policy.toml': toml }).policy;
}

export function proposal(
  action: string,
  payload: unknown = {},
  over: Partial<PolicyRequest> = {},
): PolicyRequest {
  const silent = { costUsd: null, reversible: null, requiresApproval: null };
  return { ...proposalRequest({ action, payload, ...silent }), ...over };
}

/** By an agent of medium risk, unless the surroundings say otherwise. */
export function decided(
  toml: string | PolicyRules,
  request: PolicyRequest,
  over: Partial<PolicyContext> = {},
): PolicyDecision {
  const policy = typeof toml === 'string' ? policyOf(toml) : toml;
  return decide(policy, request, { ...NO_CONTEXT, agent: AGENT, ...over });
}
