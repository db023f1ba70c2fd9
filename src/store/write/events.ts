// Appends to the record.
import type { SealedEvent } from '../../core/audit/event.ts';
import type { Store } from '../open.ts';

export function insertEvent(store: Store, sealed: SealedEvent): void {
  store
    .statement(
      `INSERT INTO events (seq, ts_ms, event_type, agent_id, run_id, proposal_id, event, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      sealed.seq,
      sealed.tsMs,
      sealed.eventType,
      sealed.agentId,
      sealed.runId,
      sealed.proposalId,
      sealed.event,
      sealed.hash,
    );
  store
    .statement('INSERT INTO event_payloads (seq, salt, payload) VALUES (?, ?, ?)')
    .run(sealed.seq, sealed.salt, sealed.payload);
}
