// Goes through the events of the record from some time on, straight from the store.
import { fieldsOf } from '../../core/json-object.ts';
import { findEvents, type Store } from '../../store/entry.ts';

export interface RecordedEvent {
  readonly seq: number;
  readonly ts: string;
  readonly type: string;
  readonly actorKind: string | null;
  readonly tier: string | null;
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly proposalId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

const PAGE = 1_000;

/** Newest first. */
export function* eventsSince(store: Store, sinceMs: number): Generator<RecordedEvent> {
  let beforeSeq: number | undefined;
  for (;;) {
    const rows = findEvents(store, { sinceMs, beforeSeq, limit: PAGE });
    for (const row of rows) yield toEvent(row.event, row.payload);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    beforeSeq = last.seq;
  }
}

function toEvent(event: string, payload: string | null): RecordedEvent {
  const fields = fieldsOf(JSON.parse(event));
  const text = (name: string): string | null => {
    const value = fields[name];
    return typeof value === 'string' ? value : null;
  };
  const actor = fieldsOf(fields['actor']);
  return {
    seq: Number(fields['seq']),
    ts: text('ts') ?? '',
    type: text('event_type') ?? '',
    actorKind: typeof actor['kind'] === 'string' ? actor['kind'] : null,
    tier: text('tier'),
    agentId: text('agent_id'),
    runId: text('run_id'),
    proposalId: text('proposal_id'),
    payload: payload === null ? {} : fieldsOf(JSON.parse(payload)),
  };
}
