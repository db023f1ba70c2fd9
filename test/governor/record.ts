// Looks at the record that a test left: the whole chain verified as `audit verify` does it, and the events of a kind.
import { formatLine, splitLine } from '../../src/core/audit/line.ts';
import { ChainWalk } from '../../src/core/audit/verify.ts';
import type { Store } from '../../src/store/open.ts';
import { lineParts, readEventsAfter } from '../../src/store/read/events.ts';

export interface RecordedEvent {
  readonly seq: number;
  readonly ts: string;
  readonly event_type: string;
  readonly host_id: string;
  readonly policy_hash: string | null;
  readonly actor: { readonly kind: string; readonly id: string | null };
  readonly agent_id: string | null;
  readonly run_id: string | null;
  readonly proposal_id: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Every event, oldest first; throws when the chain does not verify. */
export function verifiedEvents(store: Store): RecordedEvent[] {
  const walk = new ChainWalk();
  const events: RecordedEvent[] = [];
  for (
    let rows = readEventsAfter(store, 0, 1_000);
    rows.length > 0;
    rows = readEventsAfter(store, walk.seq, 1_000)
  ) {
    for (const row of rows) {
      const line = formatLine(lineParts(row));
      const fault = walk.check(splitLine(line));
      if (fault !== null) throw new Error(`event ${fault.seq}: ${fault.problem}: ${fault.detail}`);
      events.push(JSON.parse(line) as RecordedEvent);
    }
  }
  return events;
}

export function eventsOf(store: Store, eventType: string): RecordedEvent[] {
  return verifiedEvents(store).filter((event) => event.event_type === eventType);
}

export function typesOf(store: Store): string[] {
  return verifiedEvents(store).map((event) => event.event_type);
}
