// Sums up a stretch of the record: what ran, what it cost, what was decided, and the near misses.
import type { RecordedEvent } from './each-event.ts';

export interface Brief {
  readonly runs: { readonly started: number; readonly ended: Readonly<Record<string, number>> };
  readonly spent_micro_usd: number;
  readonly tokens: number;
  readonly llm_calls: number;
  readonly decisions: Readonly<Record<string, number>>;
  readonly actions: Readonly<Record<string, number>>;
  readonly near_misses: readonly NearMiss[];
  readonly rules_accepted: number;
}

/** Something that governance stopped, or that a person should look at. */
export interface NearMiss {
  readonly seq: number;
  readonly ts: string;
  readonly event_type: string;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  readonly what: string;
}

const NEAR_MISS =
  /^(audit_flag_.*|tool_call_denied|budget_paused|budget_warning|watchdog_.*|agent_paused|agent_killed|kill_switch|action_failed|action_unknown)$/;

export function sumUp(events: Iterable<RecordedEvent>): Brief {
  const ended = new Map<string, number>();
  const decisions = new Map<string, number>();
  const actions = new Map<string, number>();
  const misses: NearMiss[] = [];
  const total = { started: 0, spent: 0, tokens: 0, calls: 0, accepted: 0 };
  for (const event of events) {
    const { type, payload } = event;
    total.spent += whole(payload['posted_micro_usd']);
    total.tokens += whole(payload['posted_tokens']);
    if (type === 'run_started') total.started += 1;
    if (type === 'run_ended') add(ended, payload['status']);
    if (type === 'llm_call_settled') total.calls += 1;
    if (type === 'proposal_decided') add(decisions, payload['status']);
    if (type === 'proposal_expired') add(decisions, 'expired');
    if (type.startsWith('action_')) add(actions, type.slice('action_'.length));
    if (type === 'rules_accepted') total.accepted += 1;
    if (NEAR_MISS.test(type)) misses.push(nearMiss(event));
  }
  return {
    runs: { started: total.started, ended: Object.fromEntries(ended) },
    spent_micro_usd: total.spent,
    tokens: total.tokens,
    llm_calls: total.calls,
    decisions: Object.fromEntries(decisions),
    actions: Object.fromEntries(actions),
    near_misses: misses,
    rules_accepted: total.accepted,
  };
}

function nearMiss({ seq, ts, type, agentId, runId, payload }: RecordedEvent): NearMiss {
  const what = payload['reason'] ?? payload['detail'] ?? payload['cap'] ?? payload['tool'] ?? '';
  return {
    seq,
    ts,
    event_type: type,
    agent_id: agentId,
    run_id: runId,
    what: typeof what === 'string' ? what : '',
  };
}

function add(counts: Map<string, number>, key: unknown): void {
  const name = String(key);
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
