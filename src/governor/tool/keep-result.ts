// Keeps what a tool brought back, once for each call. What a rule has against it stops the run until a person has looked; what a rule
// denies is not kept either.
import type { Actor } from '../../core/audit/event.ts';
import { sha256Hex } from '../../core/canonical.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { readToolCall, type ToolCallRow } from '../../store/read/tool-calls.ts';
import { countForAgent } from '../../store/write/agents.ts';
import { writeToolResult } from '../../store/write/tool-calls.ts';
import { raiseFlag } from '../flag.ts';
import { type Refused, refused } from '../refusal.ts';
import { pauseRun } from '../stop/pause-run.ts';
import type { Transaction } from '../transaction.ts';
import { judgeToolResult } from './judge-tool-call.ts';

export interface ToolResultInput {
  readonly runId: string;
  readonly toolCallId: string;
  readonly ok: boolean;
  readonly result: unknown;
  readonly actor: Actor;
}

export interface ToolResultTaken {
  readonly result: 'taken';
  /** False when a rule denies what came back: only its hash stays. */
  readonly isKept: boolean;
  /** What the rules have against it; null: nothing. */
  readonly against: PolicyDecision | null;
}

/** The result is the word of whoever ran the tool. */
export function keepToolResult(tx: Transaction, input: ToolResultInput): ToolResultTaken | Refused {
  const call = readToolCall(tx.store, input.toolCallId);
  const run = readRun(tx.store, input.runId);
  if (call === null || run === null || call.run_id !== run.id) {
    return refused(
      'not_found',
      'this run has no such tool call',
      'use the id that the call was answered with',
    );
  }
  const against = judgeToolResult(tx, run, { tool: call.tool, resource: call.resource }, input.result);
  const isKept = against?.effect !== 'deny';
  const text = JSON.stringify(input.result ?? null);
  if (!writeToolResult(tx.store, call.id, isKept ? text : null, tx.nowMs)) {
    return refused('already_reported', 'the result of this call is kept already', 'each call has one result');
  }
  tx.emit({
    eventType: 'tool_call_completed',
    actor: input.actor,
    agentId: run.agent_id,
    runId: run.id,
    proposalId: call.proposal_id,
    tier: run.tier,
    payload: {
      tool_call_id: call.id,
      tool: call.tool,
      ok: input.ok,
      result_hash: sha256Hex(text),
      ...(isKept ? {} : { withheld: true }),
    },
  });
  if (against !== null) stopRun(tx, run, call, against);
  return { result: 'taken', isKept, against };
}

function stopRun(tx: Transaction, run: RunRow, call: ToolCallRow, against: PolicyDecision): void {
  const { effect, rule, reasons, severity } = against;
  const facts = { tool_call_id: call.id, tool: call.tool, effect, reasons, severity };
  const actor: Actor = { kind: 'policy', id: rule };
  raiseFlag(tx, { flag: 'audit_flag_tool_result', actor, run, payload: { ...facts, rule } });
  const reason = `what ${call.tool} brought back: ${reasons.join('; ')}`;
  // By another key than the watchdog's own rules have: a rule of the policy may bear the name of one of them.
  const evidence = { ...facts, policy_rule: rule };
  const isPaused = pauseRun(tx, { runId: run.id, reason, source: 'watchdog', actor, evidence });
  if (isPaused) countForAgent(tx.store, run.agent_id, 'pauses', 1);
}
