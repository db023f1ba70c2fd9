// Makes the form in which a replay takes the past out of what the store kept of it. What an older version recorded differently, or what
// was purged, is said to be missing and never guessed.
import { fieldsOf, type JsonObject } from '../../core/json-object.ts';
import type { Effect } from '../../core/policy/decision.ts';
import type { FollowingEvent, RecordedAction, RecordedEvent } from '../../core/simulate/recorded-event.ts';
import type { HistoryRow } from '../../store/read/history.ts';

/** Null for an event that says nothing a replay could use. */
export function toRecorded(row: HistoryRow): RecordedEvent | null {
  const facts = factsOf(row);
  switch (row.event_type) {
    case 'proposal_submitted':
      return row.is_held_call === 1 ? null : toProposal(row);
    case 'tool_call_allowed':
    case 'tool_call_held':
    case 'tool_call_denied':
      return toToolCall(row, facts);
    case 'llm_call_reserved':
      return toLlmCall(row, facts);
    case 'llm_call_denied':
      // Refused for its model, before any rule was asked.
      return 'code' in facts ? null : toLlmCall(row, facts);
    case 'run_started':
    case 'run_denied':
      return toRunStart(row, facts);
    default:
      return toFollowing(row, facts);
  }
}

function toProposal(row: HistoryRow): RecordedAction {
  const { action_type, effect, rule } = row;
  const judged = parsed(row.judged_payload);
  const isKept = judged !== null && action_type !== null && effect !== null && rule !== null;
  return {
    ...placeOf(row, row.proposal_id),
    action: action_type ?? 'a proposal that is not kept',
    recorded: { effect: effect ?? 'require_approval', rule: rule ?? '' },
    waits: effect === 'require_approval',
    subject: isKept
      ? {
          kind: 'proposal',
          payload: judged.value,
          reversible: asBoolean(row.reversible),
          requiresApproval: asBoolean(row.requires_approval),
          costUsd: row.expected_cost_micro_usd,
        }
      : { kind: 'lost', why: 'no_payload' },
  };
}

const EFFECT_OF_CALL: Readonly<Record<string, Effect>> = {
  tool_call_allowed: 'allow',
  tool_call_held: 'require_approval',
  tool_call_denied: 'deny',
};

/** A held call has a proposal: that says how it was judged, also when a standing approval let it go on at once. */
function toToolCall(row: HistoryRow, facts: Facts): RecordedAction {
  const tool = textOf(facts['tool']) ?? '';
  const byCall = EFFECT_OF_CALL[row.event_type] ?? 'deny';
  const base = {
    ...placeOf(row, textOf(facts['tool_call_id'])),
    action: tool === '' ? 'a tool call whose facts are gone' : `tool:${tool}`,
    recorded: { effect: row.effect ?? byCall, rule: row.rule ?? textOf(facts['rule']) ?? '' },
    waits: byCall === 'require_approval',
  };
  if (tool !== '' && 'input' in facts) {
    return { ...base, subject: { kind: 'tool_call', tool, input: facts['input'] } };
  }
  const judged = parsed(row.judged_payload);
  if (tool !== '' && judged !== null) {
    return { ...base, subject: { kind: 'tool_call', tool, input: judged.value } };
  }
  return { ...base, subject: { kind: 'lost', why: tool === '' ? 'no_payload' : 'no_input' } };
}

function toLlmCall(row: HistoryRow, facts: Facts): RecordedAction {
  const reservationId = textOf(facts['reservation_id']);
  const reserved = row.event_type === 'llm_call_reserved';
  const usd = wholeOf(facts[reserved ? 'reserved_micro_usd' : 'asked_micro_usd']);
  const tokens = (wholeOf(facts['input_tokens_bound']) ?? 0) + (wholeOf(facts['output_tokens_bound']) ?? 0);
  return {
    ...placeOf(row, reservationId),
    action: 'llm_call',
    recorded: recordedOf(facts, reserved),
    waits: false,
    subject:
      row.facts === null
        ? { kind: 'lost', why: 'no_payload' }
        : {
            kind: 'llm_call',
            model: textOf(facts['model']),
            asked: usd === null ? null : { reservationId, usd, tokens },
          },
  };
}

function toRunStart(row: HistoryRow, facts: Facts): RecordedAction {
  return {
    ...placeOf(row, row.run_id),
    action: 'run_start',
    recorded: recordedOf(facts, row.event_type === 'run_started'),
    waits: false,
    subject: { kind: 'run_start' },
  };
}

function recordedOf(facts: Facts, happened: boolean): RecordedAction['recorded'] {
  if (happened) return { effect: 'allow', rule: 'allow' };
  const effect = facts['effect'] === 'require_approval' ? 'require_approval' : 'deny';
  return { effect, rule: textOf(facts['rule']) ?? '' };
}

function toFollowing(row: HistoryRow, facts: Facts): FollowingEvent | null {
  const { at_ms: atMs, run_id: runId, proposal_id: proposalId } = row;
  const about = { atMs, runId };
  const reservationId = textOf(facts['reservation_id']);
  const usd = wholeOf(facts['posted_micro_usd']) ?? 0;
  const tokens = wholeOf(facts['posted_tokens']) ?? 0;
  switch (row.event_type) {
    case 'proposal_decided':
    case 'proposal_expired':
    case 'proposal_cancelled':
      if (proposalId === null) return null;
      return {
        ...about,
        is: 'decided',
        proposalId,
        approved: facts['status'] === 'approved' || facts['status'] === 'auto-approved',
        reservedUsd: wholeOf(facts['reserved_micro_usd']) ?? 0,
      };
    case 'action_executed':
    case 'action_failed':
      if (proposalId === null) return null;
      return { ...about, is: 'outcome', proposalId, usd: wholeOf(facts['cost_micro_usd']) ?? 0 };
    case 'llm_call_settled':
    case 'llm_call_voided':
      if (reservationId === null) return null;
      return {
        ...about,
        is: 'settled',
        reservationId,
        usd,
        tokens,
        calls: row.event_type === 'llm_call_settled' ? 1 : 0,
      };
    case 'budget_charge':
      // For an action whose run ended without an outcome it settles what was set aside; else it is a paid tool.
      return proposalId === null
        ? { ...about, is: 'charge', usd, tokens, calls: 1 }
        : { ...about, is: 'outcome', proposalId, usd };
    default:
      return null;
  }
}

type Facts = Readonly<JsonObject>;

function factsOf(row: HistoryRow): Facts {
  return fieldsOf(parsed(row.facts)?.value);
}

/** Null for what is not there, or was damaged: whether the record is whole is for `audit verify` to say. */
function parsed(text: string | null): { readonly value: unknown } | null {
  if (text === null) return null;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

function placeOf(
  row: HistoryRow,
  id: string | null,
): Pick<RecordedAction, 'is' | 'seq' | 'atMs' | 'agentId' | 'runId' | 'proposalId' | 'id'> {
  return {
    is: 'action',
    seq: row.seq,
    atMs: row.at_ms,
    agentId: row.agent_id,
    runId: row.run_id,
    proposalId: row.proposal_id,
    id,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function wholeOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function asBoolean(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}
