// Judges one tool call by the agent's tool lists; a held one becomes a proposal that a person decides. Every call is in the record.
import type { Actor } from '../../core/audit/event.ts';
import { canonicalJson, sha256Hex } from '../../core/canonical.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import type { ProposalRow } from '../../store/read/proposals.ts';
import { readRun } from '../../store/read/runs.ts';
import { insertToolCall } from '../../store/write/tool-calls.ts';
import { refuseAtCap } from '../ledger/at-cap.ts';
import { post } from '../ledger/post.ts';
import { countAction } from '../policy/window-use.ts';
import { submitProposal } from '../proposal/submit.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyRunMayNotAct } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';
import {
  type AskedCall,
  checkCallCaps,
  type JudgedCall,
  judgeToolCall,
  ONE_CALL,
} from './judge-tool-call.ts';

export interface ToolCallInput extends AskedCall {
  readonly runId: string;
  readonly actor: Actor;
}

export interface ToolCallChecked {
  readonly result: 'checked';
  readonly toolCallId: string;
  readonly decision: PolicyDecision;
  readonly proposalId: string | null;
}

export function checkToolCall(tx: Transaction, input: ToolCallInput): ToolCallChecked | Refused {
  const run = readRun(tx.store, input.runId);
  const stopped = whyRunMayNotAct(tx.store, run);
  if (run === null || stopped !== null) {
    return stopped ?? refused('unknown_run', 'this run is not known', 'start one with `governed-agents run`');
  }
  const inputHash = sha256Hex(canonicalJson(input.input));
  const judged = judgeToolCall(tx, run, input);
  let decision = judged.decision;
  const fit = decision.effect === 'deny' ? null : checkCallCaps(tx, run);
  if (fit !== null && fit.result !== 'fits') return refuseAtCap(tx, run, fit);
  let proposalId: string | null = null;
  if (decision.effect === 'require_approval') {
    const held = hold(tx, input, judged);
    if (held.result === 'refused') return held;
    proposalId = held.proposal.id;
    if (held.proposal.status === 'denied') decision = asDenied(held.proposal);
    if (held.proposal.status === 'approved') decision = asGranted(held.proposal);
  }
  if (decision.effect !== 'deny') {
    post(tx, run, ONE_CALL);
    countAction(tx, run.agent_id, `tool:${input.tool}`);
  }
  const id = tx.newId('tcl');
  insertToolCall(tx.store, {
    id,
    run_id: run.id,
    tool: input.tool,
    input_hash: inputHash,
    resource: judged.request.resource ?? null,
    verdict: decision.effect,
    proposal_id: proposalId,
    created_at_ms: tx.nowMs,
  });
  tx.emit({
    eventType: (
      { allow: 'tool_call_allowed', deny: 'tool_call_denied', require_approval: 'tool_call_held' } as const
    )[decision.effect],
    actor: input.actor,
    agentId: run.agent_id,
    runId: run.id,
    proposalId,
    tier: run.tier,
    payload: {
      tool_call_id: id,
      tool: input.tool,
      input_hash: inputHash,
      ...(tx.rules.includeContent ? { input: input.input } : {}),
      rule: decision.rule,
      reasons: decision.reasons,
    },
  });
  return { result: 'checked', toolCallId: id, decision, proposalId };
}

/** What the tool lists would have held, the policy (or a final rejection) denied at once. */
function asDenied(proposal: ProposalRow): PolicyDecision {
  const { rule, severity } = proposal;
  return { effect: 'deny', rule, reasons: JSON.parse(proposal.reasons) as string[], severity };
}

/** A standing approval answered for a person: the call goes on at once. */
function asGranted(proposal: ProposalRow): PolicyDecision {
  const { decided_by_id: grant, rule, severity } = proposal;
  return { effect: 'allow', rule: 'grant', reasons: [`${grant} approves what ${rule} would hold`], severity };
}

function hold(
  tx: Transaction,
  input: ToolCallInput,
  heldCall: JudgedCall,
): ReturnType<typeof submitProposal> {
  return submitProposal(tx, {
    runId: input.runId,
    actor: input.actor,
    actionType: `tool:${input.tool}`,
    payload: input.input,
    expectedOutcome: `${input.tool} runs with this input`,
    rationale: null,
    reversible: null,
    requiresApproval: null,
    expectedCostUsd: null,
    expiresAtMs: null,
    idempotencyKey: null,
    links: [],
    clientData: {},
    heldCall,
  });
}
