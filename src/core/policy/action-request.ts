// Puts an action into the form in which the rules are asked. What does not exist for a sort of action is left out here, once: a
// proposal has no model, the start of a run no payload.
import { fieldOf } from '../json-object.ts';
import type { MicroUsd } from '../ledger/money.ts';
import type { PolicyDecision } from './decision.ts';
import type { PolicyRequest } from './request.ts';

export interface ProposedAction {
  readonly action: string;
  readonly payload: unknown;
  readonly costUsd: MicroUsd | null;
  readonly reversible: boolean | null;
  readonly requiresApproval: boolean | null;
}

/** Its resource is the `resource` of its payload, when that is text. */
export function proposalRequest(proposed: ProposedAction): PolicyRequest {
  return { ...proposed, resource: resourceOf(proposed.payload) };
}

export interface ToolAction {
  readonly tool: string;
  readonly input: unknown;
  /** What the call acts on: its command, path or address. */
  readonly resource: string | null;
  /** The judgement of the agent's tool lists. */
  readonly base: PolicyDecision;
}

export function toolRequest({ tool, input, resource, base }: ToolAction): PolicyRequest {
  return { action: `tool:${tool}`, tool, resource, payload: input, ...SILENT, base };
}

export function llmCallRequest(model: string | null, costUsd: MicroUsd | null): PolicyRequest {
  return { action: 'llm_call', model, costUsd, ...SILENT, base: UNOPPOSED };
}

export function runStartRequest(model: string | null): PolicyRequest {
  return { action: 'run_start', model, ...SILENT, base: UNOPPOSED };
}

const SILENT = { reversible: null, requiresApproval: null } as const;

/** For what other checks (tool lists, caps, supervision) allow or refuse: [defaults] does not speak of it. */
export const UNOPPOSED: PolicyDecision = {
  effect: 'allow',
  rule: 'allow',
  reasons: ['no rule speaks against it'],
  severity: 'low',
};

function resourceOf(payload: unknown): string | null {
  const resource = fieldOf(payload, 'resource');
  return typeof resource === 'string' ? resource : null;
}
