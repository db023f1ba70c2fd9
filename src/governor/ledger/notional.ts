// Marks money that nobody is billed by the call: the model calls of a run on an agent's own login are counted at list price all the same,
// so that its caps hold, and never as nothing.
import type { RunRow } from '../../store/read/runs.ts';

export function notional(run: Pick<RunRow, 'auth'>): { readonly notional?: true } {
  return run.auth === 'subscription' ? { notional: true } : {};
}
