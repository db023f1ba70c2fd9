// What the newest try to escape from a jail found on this machine, as it travels: the record keeps each finding that differs from the last.
import { toRfc3339 } from '../../core/time.ts';
import type { Store } from '../../store/open.ts';
import { findEvents } from '../../store/read/events.ts';
import type { WireStatus } from '../wire/record.ts';

export function presentConfinement(store: Store): WireStatus['confinement'] {
  const [row] = findEvents(store, { eventType: 'confinement_probed', limit: 1 });
  if (row === undefined) return null;
  const found: Readonly<Record<string, unknown>> =
    row.payload === null ? {} : (JSON.parse(row.payload) as Readonly<Record<string, unknown>>);
  const { tier, attempts, why, hint } = found;
  return {
    tier: tier === 'confined' ? 'confined' : 'advisory',
    attempts: typeof attempts === 'number' ? attempts : 0,
    why: typeof why === 'string' ? why : null,
    hint: typeof hint === 'string' ? hint : null,
    tried_at: toRfc3339(row.ts_ms),
  };
}
