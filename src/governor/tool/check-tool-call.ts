// Judges one tool call by the agent's tool lists; a held one becomes a proposal that a person decides. Every call is in the record.
import type { Actor } from '../../core/audit/event.ts';
import { canonicalJson, sha256Hex } from '../../core/canonical.ts';
import { checkCaps, NOTHING } from '../../core/ledger/caps.ts';
import { toolRequest } from '../../core/policy/action-request.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { toolArgument } from '../../core/policy/tool-argument.ts';
import { decideTool } from '../../core/policy/tool-pattern.ts';
import type { ProposalRow } from '../../store/read/proposals.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { readToolCall } from '../../store/read/tool-calls.ts';
import { insertToolCall, writeToolResult } from '../../store/write/tool-calls.ts';
import { refuseAtCap } from '../ledger/at-cap.ts';
import { post, statesOfRun } from '../ledger/post.ts';
import { judgeAction } from '../policy/judge-action.ts';
import { countAction } from '../policy/window-use.ts';
import { type HeldCall, submitProposal } from '../proposal/submit.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyRunMayNotAct } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';

export interface ToolCallInput {
  readonly runId: string;
  readonly actor: Actor;
  readonly tool: string;
  readonly input: unknown;
  /** Absolute path of the agent's folder, for patterns over paths. */
  readonly agentDir: string;
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
  const judged = judgeTool(tx, run, input);
  let decision = judged.decision;
  const over = decision.effect === 'deny' ? null : whyOverCap(tx, run);
  if (over !== null) return over;
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

function judgeTool(tx: Transaction, run: RunRow, input: ToolCallInput): HeldCall {
  const agent = tx.rules.agents.get(run.agent_id);
  const call = { tool: input.tool, input: input.input };
  const place = { agentDir: input.agentDir, cwd: agent?.cwd ?? '.' };
  if (agent === undefined) {
    const reasons = ['the agent is no longer in the accepted rules'];
    const decision = { effect: 'deny', rule: 'tools.default', reasons, severity: 'high' } as const;
    return { decision, request: toolRequest({ ...call, resource: null, base: decision }), call, place };
  }
  const base = decideTool(agent.tools, call, place);
  const argument = toolArgument(call, place);
  const resource = argument.kind === 'json' || argument.kind === 'unreadable' ? null : argument.text;
  const request = toolRequest({ ...call, resource, base });
  return { decision: judgeAction(tx, run, request), request, call, place };
}

const ONE_CALL = { ...NOTHING, tool_calls: 1 };

function whyOverCap(tx: Transaction, run: RunRow): Refused | null {
  const check = checkCaps(statesOfRun(tx, run), ONE_CALL);
  return check.result === 'fits' ? null : refuseAtCap(tx, run, check);
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

function hold(tx: Transaction, input: ToolCallInput, heldCall: HeldCall): ReturnType<typeof submitProposal> {
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

export interface ToolResultInput {
  readonly runId: string;
  readonly toolCallId: string;
  readonly ok: boolean;
  readonly result: unknown;
  readonly actor: Actor;
}

export interface ToolResultKept {
  readonly result: 'kept';
}

/** Once for each call; what came back is the word of whoever ran the tool. */
export function keepToolResult(tx: Transaction, input: ToolResultInput): ToolResultKept | Refused {
  const call = readToolCall(tx.store, input.toolCallId);
  const run = readRun(tx.store, input.runId);
  if (call === null || run === null || call.run_id !== run.id) {
    return refused(
      'not_found',
      'this run has no such tool call',
      'use the id that the call was answered with',
    );
  }
  const text = JSON.stringify(input.result ?? null);
  if (!writeToolResult(tx.store, call.id, text, tx.nowMs)) {
    return refused('already_reported', 'the result of this call is kept already', 'each call has one result');
  }
  tx.emit({
    eventType: 'tool_call_completed',
    actor: input.actor,
    agentId: run.agent_id,
    runId: run.id,
    proposalId: call.proposal_id,
    tier: run.tier,
    payload: { tool_call_id: call.id, tool: call.tool, ok: input.ok, result_hash: sha256Hex(text) },
  });
  return { result: 'kept' };
}
