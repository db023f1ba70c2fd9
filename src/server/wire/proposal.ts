// The JSON shapes of proposals and tool calls as they travel over HTTP; the server produces them, the runner,
// the CLI and the dashboard read them. Names are public: add freely, rename nothing.
import type { ProposalStatus } from '../../core/proposal/status.ts';
import type { WireProblem } from './problem.ts';

export interface WireDecidedBy {
  readonly kind: 'operator' | 'policy' | 'grant' | 'timeout';
  readonly id: string | null;
  readonly via: string | null;
}

export interface WireOutcome {
  readonly outcome: 'executed' | 'failed' | 'unknown';
  readonly by: 'executor' | 'agent' | 'operator';
  readonly detail: unknown;
  readonly cost_micro_usd: number | null;
  readonly cost_usd: number | null;
  readonly at: string;
}

export interface WireProposal {
  readonly proposal_id: string;
  readonly run_id: string | null;
  readonly agent_id: string | null;
  readonly action_type: string;
  readonly payload: unknown;
  /** Only in a list that asked for short payloads: this one is longer, and asked for by the proposal's id. */
  readonly payload_left_out?: true;
  /** How long the one left out is, in bytes of its canonical form. */
  readonly payload_bytes?: number;
  readonly payload_hash: string;
  readonly expected_outcome: string;
  readonly rationale: string | null;
  readonly reversible: boolean | null;
  readonly requires_approval: boolean | null;
  readonly expected_cost_micro_usd: number | null;
  readonly expected_cost_usd: number | null;
  /** Set aside from its approval until its outcome is known. */
  readonly reserved_micro_usd: number | null;
  readonly reserved_usd: number | null;
  readonly links: readonly string[];
  /** Fields of older clients (agent_id, wave, submitted_at), kept as data and never believed. */
  readonly client_data: Record<string, unknown>;
  readonly status: ProposalStatus;
  readonly created_at: string;
  readonly expires_at: string;
  readonly decided_at: string | null;
  readonly decided_by: WireDecidedBy | null;
  readonly note: string | null;
  readonly final: boolean;
  readonly effect: 'allow' | 'require_approval' | 'deny';
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  /** The registered executor that will carry it out; null: an approval is advice to the agent. */
  readonly executor: string | null;
  readonly outcome: WireOutcome | null;
  readonly outcome_by: { readonly kind: 'executor' | 'agent' | 'operator' } | null;
  readonly tier: Tier | null;
  /** When the operator edited before approving: what was first proposed, and its hash. */
  readonly original_payload: unknown;
  readonly original_payload_hash: string | null;
  readonly review_url: string;
}

/** What became of one of several decisions sent together. */
export type WireDecided =
  | { readonly proposal_id: string; readonly decided: true; readonly proposal: WireProposal }
  | { readonly proposal_id: string; readonly decided: false; readonly problem: WireProblem };

export type Tier = 'confined' | 'advisory';

export interface WirePage<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export interface WireSubmitted {
  readonly proposal_id: string;
  readonly status: ProposalStatus;
  readonly payload_hash: string;
  readonly review_url: string;
  readonly expires_at: string;
  /** When a rule or a grant decided it at once. */
  readonly decided_by: WireDecidedBy | null;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  /** In seconds, when it was denied only for what was done in a window of time. */
  readonly retry_after: number | null;
}

export interface WireToolCall {
  readonly tool_call_id: string;
  readonly verdict: 'allow' | 'deny' | 'require_approval';
  readonly proposal_id: string | null;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly retry_after: number | null;
}

/** What the rules say of what a tool brought back; anything but `allow` has stopped the run until a person resumes it. */
export interface WireToolResult {
  readonly tool_call_id: string;
  /** False when a rule denies it: it was not kept. */
  readonly kept: boolean;
  readonly verdict: 'allow' | 'deny' | 'require_approval';
  readonly rule: string | null;
  readonly reasons: readonly string[];
  readonly severity: 'low' | 'medium' | 'high' | 'critical' | null;
}
